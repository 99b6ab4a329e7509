"""A scenario saved into the programme's own file, whose comments and order stay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from onepill.core.documents import read_document
from onepill.core.errors import InputError
from onepill.workbench.workspace.programmes_answers import checked_programme, file_name, programme, save_programme

if TYPE_CHECKING:
    from onepill.workbench.asking.context import Context
    from onepill.workbench.questions.workspace import ScenarioAsk

Row = dict[str, Any]


def save(ask: ScenarioAsk, *, context: Context) -> Row:
    """Write changes into a programme's file as a scenario, as a new version of it."""
    programme(context, ask.id)
    base = context.workspace.documents.get(ask.id, version=ask.expected_version)
    text = with_scenario(base.text, ask)
    loaded = checked_programme(text, file_name(ask.id))
    return save_programme(
        loaded, text, context, expected_version=ask.expected_version, reason=ask.reason, scenario=ask.name
    )


def with_scenario(text: str, ask: ScenarioAsk) -> str:
    """The file with the scenario in its block `scenarios`.

    Raises:
        InputError: `scenario.exists`, `scenario.change`, `edit.value`.
    """
    from onepill.core.document_edits import with_value

    present = read_document(text).data.get("scenarios")
    if ask.name in (present or {}) and not ask.replace:
        hint = "give it another name, or say that it is to be replaced"
        message = f"the file has a scenario {ask.name} already"
        raise InputError.single("scenario.exists", message, hint=hint, path="name", value=ask.name)
    summaries = {"en": ask.summary, "zh": ask.summary_zh}
    summary = {lang: said for lang, said in summaries.items() if said}
    scenario: Row = {"summary": summary} if summary else {}
    scenario["changes"] = [_change(one, ask.reason) for one in ask.changes]
    if not present:
        return with_value(text, ("scenarios",), {ask.name: scenario})
    return with_value(text, ("scenarios", ask.name), scenario)


def _change(written: str, reason: str) -> Row:
    """`path=value` as a change; the value is YAML, so that numbers, lists and distributions can be given."""
    path, sign, value = written.partition("=")
    if not sign or not path.strip():
        hint = "write PATH=VALUE, such as markets.US.peak_share=0.2"
        raise InputError.single("scenario.change", f"{written[:200]!r} is no change", hint=hint, path="changes")
    return {"path": path.strip(), "value": written_value(value), "reason": reason}


def written_value(text: str) -> Any:
    """A value as it is written in a file: `18 months`, `0.2`, `[fast_track]`, `{low: 1, mode: 2, high: 3}`.

    Raises:
        InputError: `yaml.…`.
    """
    return read_document(f"value: {text.strip()}").data["value"]
