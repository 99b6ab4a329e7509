"""A number and where it comes from, as text."""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]


def explained_number(answer: Row) -> None:
    """The number, what was asked, its sources and rules, and what the whole answer rests on."""
    error = "" if answer["standard_error"] is None else f" ± {answer['standard_error']}"
    print(f"{answer['name']} = {_text(answer['value'])}{error} {answer['unit'] or ''}".rstrip())
    print(f"  {BASES[answer['basis']]}")
    print(f"  asked: onepill {answer['operation']} ({answer['summary'].rstrip('.')})")
    for one in answer["question"]:
        if one["value"] not in (None, [], "", {}):
            print(f"    {one['key']} = {_text(one['value'])}{' (default)' if one['stated'] == 'default' else ''}")
    for one in answer["documents"]:
        print(f"    {one['field']}: {one['file'] or 'a text'}, sha256 {one['sha256'][:16]}")
    for name in answer["methods"]:
        print(f"  method: {name}")
    print(f"  at: {answer['path'] or '/'}")
    for step in answer["way"]:
        if step["named"] is not None:
            print(f"    {step['path']}  {_text(step['named'])}")
    if answer["error_formula"]:
        print(f"  standard error: {FORMULAS[answer['error_formula']]}")
    _marks(answer)
    for one in answer["inputs"]:
        value = "" if one["value"] is None else f" = {_text(one['value'])} {one['unit'] or ''}".rstrip()
        cited = f"  {one['source']['title']}" if one["source"] else ""
        print(f"  {one['role']}: {one['key'] or _text(one['name'])}{value}{cited}")
    for row in answer["chain"][1:] or answer["kin"]:
        if not row["repeated"]:
            print(f"  {'  ' * row['depth']}{row['path']} = {row['value']} {row['unit']}  [{row['source_grade']}]")


def _marks(answer: Row) -> None:
    for one in answer["sources"]:
        grade = f"  [{one['grade']}]" if one["grade"] else ""
        print(
            f"  source of {one['path'] or 'the answer'}: {one['title']} {one['url']} {one['retrieved']}".rstrip()
            + grade
        )
    for one in answer["rules"]:
        value = "" if one["value"] is None else f" = {one['value']} {one['unit'] or ''}".rstrip()
        since = f", in force from {one['from']}" if one["from"] else ""
        print(f"  rule of {one['path'] or 'the answer'}: {one['rule']}{value}{since}")
    for one in (*answer["remarks"], *answer["made_with"]):
        print(f"  {one['key']}: {_text(one['value'])}")
    for one in answer["assumptions"]:
        print(f"  assumption: {_text(one)}")


def _text(value: Any) -> str:
    if isinstance(value, dict) and "en" in value:
        return str(value["en"])
    return ", ".join(_text(one) for one in value) if isinstance(value, list) else str(value)


BASES = {
    "chain": "computed by onepill from the inputs below, each with its source",
    "row": "its own row names what it rests on",
    "kin": "the number whose row it stands in, or that it is a part of, is computed from the inputs below",
    "around": "what it is a part of names what it rests on",
    "computed": "computed by onepill from the question; the answer names no source for it",
}
"""How far a number is traced."""
FORMULAS = {
    "mean_of_draws": "standard deviation over the drawn futures, by the root of their number",
    "paired_difference": "of the differences future by future, by the root of their number",
}
"""How a standard error is computed."""
