"""What a programme's file knows of the effect, where the options of assurance leave it open."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from onepill.core.errors import InputError

if TYPE_CHECKING:
    from onepill.core.provenance import Source
    from onepill.model.schema import Programme
    from onepill.workbench.questions.assurance import AssuranceAsk

HINT = "write indication.evidence.phase_2_effect or response_rate, or --effect with --se"


def with_file(ask: AssuranceAsk) -> tuple[AssuranceAsk, dict[str, Any] | None]:
    """The question with the effect that the file knows and the one that it plans phase 3 for, and where it stands.

    Options go first: the file fills the effect only where neither `--effect` nor `--prior` is told, and the endpoint
    only where none is named.

    Raises:
        InputError: the file is wrong, has no such indication, or knows no effect that could be taken.
    """
    if not ask.text:
        if ask.indication is not None:
            message, hint = "--indication goes with a programme file", "name FILE, or leave it out"
            raise InputError.single("prior.unused", message, hint=hint, path="indication", value=ask.indication)
        return ask, None
    from onepill.model import load_programme
    from onepill.workbench.plan.chances import known_of

    programme = load_programme(ask.text, file=ask.file, as_of=ask.as_of).programme
    indication = _indication(programme, ask.indication)
    if ask.effect is not None or ask.prior is not None:
        return ask, None
    known = known_of(programme, indication)
    if known.phase_2_effect is not None:
        update = _by_effect(programme, ask, known.phase_2_effect.path)
        found: Any = known.phase_2_effect
    elif known.response_rate is not None:
        found = known.response_rate
        update = {
            "rates": [found.target_share, found.control_share],
            "effect": found.share - found.control_share,
            "se": math.sqrt(found.share * (1 - found.share) / found.n),
        }
    else:
        message = f"{ask.file or 'the file'} knows no effect of phase 2 and no response rate as of {programme.as_of}"
        raise InputError.single("prior.file", message, hint=HINT, path="indication.evidence", file=ask.file)
    named = ask.rates or ask.hazard_ratio is not None or ask.difference is not None
    kept = {key: value for key, value in update.items() if not named or key in ("effect", "se")}
    _check_endpoint(ask, update, found.path)
    return ask.model_copy(update=kept), {"path": found.path, "source": _row(found.source)}


def _by_effect(programme: Programme, ask: AssuranceAsk, path: str) -> dict[str, Any]:
    """The fields of a phase 2 effect: the file's own numbers, with the standard error that its interval has."""
    from onepill.workbench.plan.chances import Z95

    effect = programme.all_indications()[_indication(programme, ask.indication)].evidence.phase_2_effect
    if effect is None or effect.scale == "odds_ratio":
        message = "assurance takes hazard ratios, differences and response rates, not odds ratios"
        raise InputError.single("prior.scale", message, hint="write --rates with --effect and --se", path=path)
    if effect.scale == "difference":
        se = abs(effect.high - effect.low) / (2 * Z95)
        return {"difference": effect.target, "effect": effect.estimate, "se": se}
    se = abs(math.log(effect.high / effect.low)) / (2 * Z95)
    return {"hazard_ratio": effect.target, "effect": effect.estimate, "se": se}


def _check_endpoint(ask: AssuranceAsk, update: dict[str, Any], path: str) -> None:
    """An endpoint that is named must be the one whose effect the file knows."""
    named = [name for name in ("difference", "rates", "hazard_ratio") if getattr(ask, name) not in (None, [])]
    if named and named[0] not in update:
        told = next(name for name in ("difference", "rates", "hazard_ratio") if name in update)
        message = f"--{named[0].replace('_', '-')} is named, and the file knows an effect of {told.replace('_', ' ')}"
        raise InputError.single("prior.endpoint", message, hint="write --effect with --se too", path=path)


def _indication(programme: Programme, name: str | None) -> str:
    names = list(programme.all_indications())
    if name is not None and name not in names:
        hint = f"one of: {', '.join(names)}"
        raise InputError.single("indication.unknown", f"there is no indication {name!r}", hint=hint, path="indication")
    return name or names[0]


def _row(source: Source | None) -> dict[str, str] | None:
    if source is None:
        return None
    return {key: str(getattr(source, key) or "") for key in ("title", "url", "date", "retrieved")}
