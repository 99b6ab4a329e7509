"""The operations on learned models: tables of trials in, a model folder out, measures beside the base rate."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from onepill.core.errors import Finding, InputError, MissingExtra

if TYPE_CHECKING:
    from onepill.evidence.learned import LearnedModel, Trial
    from onepill.workbench.questions.learned import EvaluateAsk, ScoreAsk, TrainAsk

Row = dict[str, Any]
Tell = Callable[[str, int, int], None]
MODEL, REPORT = "model.json", "report.json"


def train(ask: TrainAsk, *, progress: Tell | None = None) -> Row:
    """Train a model on labelled trials, judged by the trials registered last."""
    from onepill.evidence import learned
    from onepill.store.files import write_all_whole
    from onepill.store.places import named_path
    from onepill.workbench.common.documents import to_json

    _check_extra()
    folder = named_path(ask.folder)
    model, report = learned.train(_labelled(ask.labels), ask.features, seed=ask.seed, tell=progress)
    answer = {
        "model": str(folder),
        "kind": model.kind,
        "features": list(model.inputs.fields),
        "trained_on": {name: value for name, value in model.trained_on.items() if name != "ids"},
        "forward_log_loss": report.forward_log_loss,
        "held_out": {kind: _plain(held) for kind, held in report.held_out.items()},
        "base": _plain(report.base),
        "verdict": report.verdict,
        "findings": [finding.as_row() for finding in _of_verdict(report.verdict)],
    }
    write_all_whole({folder / MODEL: to_json(model.to_document()), folder / REPORT: to_json(answer)})
    return answer


def evaluate(ask: EvaluateAsk) -> Row:
    """Measure a model on labelled trials, beside the base rates."""
    from onepill.evidence import learned
    from onepill.evidence.learned.measures import gain, measure
    from onepill.evidence.learned.train import verdict_of

    _check_extra()
    model, trials = read_model(ask.model), _labelled([ask.input])
    labels = [float(trial.label or 0) for trial in trials]
    probs, base = model.probs(trials), model.base_rates(trials)
    better = gain(labels, probs, base, seed=ask.seed)
    verdict, seen = verdict_of(better), model.learned_from(trials)
    findings = [*_of_verdict(verdict), *_of_seen(sum(seen), len(trials))]
    return {
        **_plain(measure(labels, probs, seed=ask.seed)),
        "base": _plain(measure(labels, base, seed=ask.seed)),
        "gain": asdict(better),
        "verdict": verdict,
        "learned_from": sum(seen),
        "published": [asdict(row) for row in learned.PUBLISHED],
        "findings": [finding.as_row() for finding in findings],
    }


def score(ask: ScoreAsk) -> Row:
    """The chance of success of each trial of a table, by a trained model."""
    from onepill.evidence.learned import read_trials
    from onepill.store.places import named_path
    from onepill.workbench.common.documents import read_text

    _check_extra()
    model, path = read_model(ask.model), named_path(ask.input)
    trials = read_trials(read_text(path), str(path), labelled=False)
    told = zip(trials, model.probs(trials), model.base_rates(trials), model.learned_from(trials), strict=True)
    rows = [{"id": t.id, "prob": float(p), "base_prob": float(b), "learned_from": seen} for t, p, b, seen in told]
    verdict = model.held_out["verdict"]
    return {"rows": rows, "verdict": verdict, "findings": [finding.as_row() for finding in _of_verdict(verdict)]}


def read_model(folder: str) -> LearnedModel:
    """The model of a folder.

    Raises:
        InputError: `file.missing`, `learned.model`.
    """
    from onepill.evidence.learned import LearnedModel
    from onepill.store.places import named_path
    from onepill.workbench.common.documents import read_text

    path = named_path(folder) / MODEL
    try:
        found = json.loads(read_text(path))
    except json.JSONDecodeError as error:
        hint = "train the model again"
        message = f"{path} is no JSON: {error.msg}"
        raise InputError.single("learned.model", message, hint=hint, file=str(path), line=error.lineno) from None
    return LearnedModel.from_document(found)


def _labelled(paths: Sequence[str]) -> list[Trial]:
    from onepill.evidence.learned import read_trials
    from onepill.store.places import named_path
    from onepill.workbench.common.documents import read_text

    found: dict[str, Path] = {}
    trials = []
    for path in map(named_path, paths):
        for trial in read_trials(read_text(path), str(path), labelled=True):
            if trial.id in found:
                message = f"{trial.id} stands in {found[trial.id]} too"
                raise InputError.single(
                    "trials.twice", message, hint="keep one row a trial", file=str(path), value=trial.id
                )
            found[trial.id] = path
            trials.append(trial)
    return trials


def _check_extra() -> None:
    try:
        import sklearn  # noqa: F401  # its absence is told before any work is done
    except ImportError:
        raise MissingExtra("learning needs scikit-learn: pip install 'onepill[evidence]'") from None


def _plain(found: Any) -> Row:
    row = asdict(found)
    for measures in (row, row.get("measures", {})):
        if "bins" in measures:
            measures["bins"] = list(measures["bins"])
    return row


def _of_verdict(verdict: str) -> list[Finding]:
    if verdict == "better":
        return []
    said = "is not better than" if verdict == "worse" else "is not shown to be better than"
    message = f"by log-loss the model {said} the base rate of the phase on these later trials"
    return [
        Finding("learned.not_better", "warning", message, "use the base rate; train on more trials or other features")
    ]


def _of_seen(seen: int, n: int) -> list[Finding]:
    if not seen:
        return []
    message = f"{seen} of {n} trials are among those the model learned from: these measures flatter it"
    return [Finding("learned.seen", "warning", message, "evaluate on trials that it has not seen")]
