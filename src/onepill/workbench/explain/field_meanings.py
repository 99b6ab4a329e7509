"""What the fields of questions mean to who cannot look at a command's help: programs and agents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from onepill.workbench.operations import Operation

FIELDS = {
    "text": "the whole YAML text of a file, not its path",
    "file": "what messages call the text; any name",
    "as_of": "day YYYY-MM-DD from which the programme is looked at; later events and announcements are hidden",
    "on": "day YYYY-MM-DD on which rules are looked up",
    "known_on": "day YYYY-MM-DD whose knowledge is used; later announcements are hidden",
    "start": "the day YYYY-MM-DD from which is counted",
    "draws": "number of simulated futures; more make the standard error smaller by the root of their number",
    "seed": "the same seed gives the same answer to the bit",
    "threads": "processor threads; they change nothing but the time",
    "id": "the id, as the tool that lists them names it",
    "jurisdiction": "ISO code, EU, or a region such as CN-SH",
    "scenarios": "names of scenarios of the file, applied in order",
    "policies": "ids of policies, as policy_list names them",
    "conditions": "conditions that hold, in the rule's own words",
    "markets": "codes of markets, or `all`",
    "routes": "FILING=ROUTE pairs to compare",
    "optimise": "what the order of filings is to be best for",
    "of": "which document the schema is of",
    "workbook": "the workbook: its content in base64, and the file's name",
    "inclusive": "whether the first day counts",
    "roll": "where a due day goes that falls on a day off",
    "passport": "a whole passport document",
    "path": "dotted path of a value in it, such as value.rnpv_usd.mean",
}
"""What fields mean that a command's own help needs no word for."""


def question_schema(found: Operation) -> dict[str, Any]:
    """The JSON Schema of what may be asked from elsewhere, every field with its meaning."""
    schema = found.remote_question.model_json_schema()
    for name, told in schema.get("properties", {}).items():
        if "description" not in told and name in FIELDS:
            told["description"] = FIELDS[name]
    return schema
