"""Commands made from the list of operations: a question's fields become arguments and options."""

from __future__ import annotations

import inspect
import sys
import types
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

import typer

from onepill.cli import export_cells, show, show_pictures, show_workbook
from onepill.cli.secrets import typed_secret
from onepill.cli.servers import add_servers
from onepill.core.errors import Finding, InputError
from onepill.workbench.common.documents import read_bytes, read_passport, read_text, to_json, write_file, write_page
from onepill.workbench.operations import OPERATIONS, Operation

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

OPTION_NAMES = {
    "disabled": "--disabled/--enabled",
    "scenarios": "--scenario",
    "policies": "--policy",
    "conditions": "--condition",
    "routes": "--route",
    "start": "--from",
    "targets": "--target",
    "accounts": "--account",
    "indications": "--indication",
    "modalities": "--modality",
    "origins": "--origin",
    "areas": "--area",
    "from_year": "--from",
    "to_year": "--to",
    "versus": "--with",
    "hs_codes": "--hs",
    "groups": "--group",
    "endpoints": "--endpoint",
    "kept": "--list",
    "export": "--out",
    "with_factors": "--with",
    "without_factors": "--without",
    "folder": "--out",
    "changes": "--change",
    "versions": "--with",
    "jurisdictions": "--jurisdiction",
    "programmes": "--programme",
    "unknowns": "--for",
    "kept_deals": "--deal",
    "stages": "--stage",
    "structures": "--structure",
    "territories": "--territory",
}
FILE_OPTIONS = {
    "cases": "--cases",
    "trade": "--trade",
    "take": "--take",
    "competitors": "--competitors",
    "deal": "--deal",
    "deals": "--deal",
    "own_table": "--table",
}
"""Fields whose text stands in a file that an option names; a field that is a list takes the option several times."""
WORKBOOKS = {"workbook": "WORKBOOK.xlsx"}
"""Fields whose content is a file that comes before the document."""
BESIDE = {"competitors": ("{stem}.competitors.csv", "competitors.csv")}
"""Fields that are read from beside the document where no option names a file: the first of these that is there."""
SECRETS = ("password", "current_password")
"""Fields that are never words of a command, which other users of the machine can read: the terminal or stdin gives the
first of them."""
DOCUMENT = "document"
"""The parameter of a file whose text is part of the question."""
COUNTS_TO_TODAY = ("registry status", "world", "brief")
"""Questions whose day `on` is today where none is given."""
CHECKS = ("check", "registry verify", "audit verify")
"""What answers with findings, and ends as bad input does where one is an error."""
ARGUMENTS = {"id": "ID", "source": "SOURCE", "path": "PATH", "name": "NAME", "operation": "OPERATION"}
MOST_WORDS = max(len(found.name.split()) for found in OPERATIONS)
JSON_OPTION = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
LANG_OPTION = Annotated[str, typer.Option("--lang", help="Language of the page: en or zh.")]
LANGS_OPTION = Annotated[str, typer.Option("--lang", help="Languages of the page: en, zh or en,zh.")]
OUT_OPTION = Annotated[Path | None, typer.Option("--out", help="Folder for the page and the JSON document.")]
PASSPORT_OUT_OPTION = Annotated[
    Path | None, typer.Option("--out", help="Folder for the page and the JSON document, or a file .pdf.")
]
PAGES = ("passport", "poc plan", "design enrichment", "deal compare", "success evaluate")
"""Answers that are pages too."""
PICTURES_OUT_OPTION = Annotated[
    Path | None, typer.Option("--out", help="Folder for landscape.<language>.html and landscape.json.")
]
PICTURES = "landscape page"
EXPORT_OPTION = Annotated[
    Path | None, typer.Option("--out", help="File .csv or .json for all filled cells, counts by stage.")
]
DEALS_OUT_OPTION = Annotated[
    Path | None, typer.Option("--out", help="File .csv, with the columns that --table reads, or .json.")
]
EXPORTS = {"landscape matrix": (EXPORT_OPTION, 1_000_000), "deal comps": (DEALS_OUT_OPTION, 100_000)}
"""Questions whose rows `--out` writes to a file, and how many those are unless `--limit` says fewer."""
IMPORTS = ("import-workbook",)
"""Answers with the text of a changed programme file, which `--out` writes."""
CHANGED_OPTION = Annotated[Path | None, typer.Option("--out", help="File for the programme with the changes.")]
WORKBOOK_OF = ("value",)
"""Answers whose deterministic model is a spreadsheet too."""
WORKBOOK_OPTION = Annotated[
    Path | None, typer.Option("--workbook", help="File .xlsx for the deterministic model with live formulas.")
]
YEARS_OPTION = Annotated[Path | None, typer.Option("--csv", help="File .csv for every year of every market.")]
SHEETS_OPTION = Annotated[str, typer.Option("--lang", help="Language of the workbook: en or zh.")]
POSITIONAL_OR_KEYWORD = inspect.Parameter.POSITIONAL_OR_KEYWORD


def build_app(words: frozenset[str]) -> typer.Typer:
    """All commands; a name of two words is a command in a group.

    Only the commands whose words are all among `words` (those typed) get their parameters: reading a question's
    model imports pydantic, for which `onepill --help` has no time.
    """
    app = typer.Typer(
        help="One innovative drug through its full cycle, every number traced to its source.",
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )
    groups: dict[str, typer.Typer] = {}
    for found in (operation for operation in OPERATIONS if "cli" in operation.faces):
        group, _, name = command_name(found).rpartition(" ")
        if group and group not in groups:
            groups[group] = typer.Typer(no_args_is_help=True, help=f"Ask about {group}.", rich_markup_mode=None)
            app.add_typer(groups[group], name=group)
        target = groups.get(group, app)
        is_asked = words.issuperset(command_name(found).split())
        target.command(name, help=found.summary)(_command(found) if is_asked else _unasked)
    add_servers(app)
    return app


def command_name(found: Operation) -> str:
    """The words of an operation; where its first words are a command themselves (`path`), all are joined:
    `path-compare`, `landscape-watch-save`.
    """
    is_command = any(found.name.startswith(f"{operation.name} ") for operation in OPERATIONS)
    return found.name.replace(" ", "-") if is_command else found.name


def joined(words: list[str]) -> list[str]:
    """The words typed, with `path compare` as the command `path-compare`, of several such the longest."""
    names = {command_name(found) for found in OPERATIONS if " " in found.name}
    for count in range(MOST_WORDS, 1, -1):
        one = "-".join(words[:count])
        if len(words) >= count and one in names:
            return [one, *words[count:]]
    return words


def refuse_unfinished(words: list[str]) -> None:
    """Refuse words that only begin a command's name, and name the commands that begin so.

    Raises:
        InputError: `command.unfinished`.
    """
    start = "-".join(word for word in words[:MOST_WORDS] if not word.startswith("-"))
    meant = [found.name for found in OPERATIONS if "-" in start and command_name(found).startswith(f"{start}-")]
    if meant:
        said = f"`onepill {start.replace('-', ' ')}` alone asks nothing"
        hint = f"one of: {', '.join(f'onepill {name}' for name in meant)}"
        raise InputError.single("command.unfinished", said, hint=hint, value=start)


def _unasked() -> None:
    """A command that was not typed, which only has its summary shown."""


def _command(found: Operation) -> Callable[..., None]:
    """A function whose signature is the question's fields plus `--json`."""
    fields = found.question.model_fields
    parameters = [_file_parameter(fields)] if _takes_file(fields) else []
    parameters += [
        _parameter(name, field) for name, field in fields.items() if name not in ("text", "file", "passport", *SECRETS)
    ]
    if found.name in PAGES:
        parameters += [_keyword("lang", LANG_OPTION, "en"), _keyword("out", _out_option(found), None)]
    if found.name == PICTURES:
        parameters += [_keyword("lang", LANGS_OPTION, "en,zh"), _keyword("out", PICTURES_OUT_OPTION, None)]
    if found.name in WORKBOOK_OF:
        parameters += [_keyword("out", WORKBOOK_OPTION, None), _keyword("lang", SHEETS_OPTION, "en")]
        parameters.append(_keyword("years", YEARS_OPTION, None))
    if found.name in IMPORTS:
        parameters.append(_keyword("out", CHANGED_OPTION, None))
    if found.name in EXPORTS:
        parameters.append(_keyword("out", EXPORTS[found.name][0], None))
    parameters.append(_keyword("as_json", JSON_OPTION, False))

    def run(**given: Any) -> None:
        _answer(found, given)

    ordered = sorted(parameters, key=lambda p: (p.default is not inspect.Parameter.empty, p.name not in WORKBOOKS))
    run.__signature__ = inspect.Signature(ordered)  # type: ignore[attr-defined]  # typer reads it from here
    run.__annotations__ = {p.name: p.annotation for p in ordered}
    return run


def _out_option(found: Operation) -> Any:
    return PASSPORT_OUT_OPTION if found.name == "passport" else OUT_OPTION


def _takes_file(fields: dict[str, FieldInfo]) -> bool:
    return "text" in fields or "passport" in fields


def _file_parameter(fields: dict[str, FieldInfo]) -> inspect.Parameter:
    label = "FILE" if "text" in fields else "PASSPORT.json"
    mark = typer.Argument(metavar=label, show_default=False)
    if "text" in fields and not fields["text"].is_required():
        return _keyword(DOCUMENT, _marked(Path | None, mark), None)
    return inspect.Parameter(DOCUMENT, POSITIONAL_OR_KEYWORD, annotation=_marked(Path, mark))


def _keyword(name: str, kind: Any, default: Any) -> inspect.Parameter:
    return inspect.Parameter(name, POSITIONAL_OR_KEYWORD, default=default, annotation=kind)


def _parameter(name: str, field: FieldInfo) -> inspect.Parameter:
    """A field as an argument or an option; what is required and has no option stays positional."""
    kind = _plain_type(field)
    if name in ARGUMENTS:
        argument = typer.Argument(metavar=ARGUMENTS[name], show_default=False)
        return inspect.Parameter(name, POSITIONAL_OR_KEYWORD, annotation=_marked(kind, argument))
    if name in WORKBOOKS:
        mark = typer.Argument(metavar=WORKBOOKS[name], show_default=False)
        return inspect.Parameter(name, POSITIONAL_OR_KEYWORD, annotation=_marked(Path, mark))
    if name in FILE_OPTIONS:
        option = typer.Option(FILE_OPTIONS[name], help=field.description, show_default=False)
        return _keyword(name, _marked(list[Path] if _is_list(field) else Path | None, option), None)
    flag = OPTION_NAMES.get(name, f"--{name.replace('_', '-')}")
    help_text = field.description or ("YYYY-MM-DD" if "Day" in str(field.annotation) or _is_day(field) else "")
    marked = _marked(kind, typer.Option(flag, help=help_text, show_default=bool(field.default)))
    if field.is_required():
        return inspect.Parameter(name, POSITIONAL_OR_KEYWORD, annotation=marked)
    return _keyword(name, marked, field.get_default(call_default_factory=True))


def _marked(kind: Any, mark: Any) -> Any:
    """`Annotated[kind, mark]` of a type that is only known now."""
    return Annotated.__class_getitem__((kind, mark))  # type: ignore[attr-defined]  # a special form, not a class


def _is_list(field: FieldInfo) -> bool:
    return get_origin(field.annotation) is list


def _is_day(field: FieldInfo) -> bool:
    return "date" in str(field.annotation)


def _plain_type(field: FieldInfo) -> Any:
    """The type that a terminal can give: days, choices, documents and lists of numbers as text, for pydantic."""
    kind: Any = field.annotation
    optional = get_origin(kind) in (Union, types.UnionType) and type(None) in get_args(kind)
    if optional:
        kind = next(arg for arg in get_args(kind) if arg is not type(None))
    if get_origin(kind) is Literal or _is_day(field):
        kind = str
    if get_origin(kind) is dict:
        kind = str
    if kind == list[float] or (get_origin(kind) is list and get_origin(get_args(kind)[0]) is Literal):
        kind = list[str]
    return kind | None if optional else kind


def _answer(found: Operation, given: dict[str, Any]) -> None:
    as_json = given.pop("as_json")
    document, lang, out = given.pop(DOCUMENT, None), given.pop("lang", "en"), given.pop("out", None)
    years = given.pop("years", None) if found.name in WORKBOOK_OF else None
    langs = _languages(lang) if found.name == PICTURES else [lang]
    if unknown := [one for one in langs if one not in ("en", "zh")]:
        message = f"--lang: {unknown[0]!r} is no language of the page"
        raise InputError.single("lang.unknown", message, hint="en or zh", value=lang)
    is_export = found.name in EXPORTS and out is not None
    if is_export:
        export_cells.check_export(out)
        given["limit"] = given["limit"] or EXPORTS[found.name][1]
    question = _question(found, given, document)
    if found.name == "passport":
        show.passport(found, question, lang=lang, out=out, as_json=as_json)
        return
    if found.name == PICTURES:
        show_pictures.show_page(found, question, langs=langs, out=out, as_json=as_json)
        return
    sheets = show_workbook.sheets_of(question, out, lang=lang) if found.name in WORKBOOK_OF and out else None
    answer = show.with_steps(found, question, quiet=as_json)
    if is_export:
        export_cells.write_export(found.name, answer, out)
    written = write_page(found.name, answer, lang=lang, out=out) if found.name in PAGES and out is not None else []
    is_changed = found.name in IMPORTS and out is not None
    if is_changed or sheets is not None:
        write_file(out, answer["text"] if sheets is None else sheets[0])
    if years is not None:
        write_file(years, export_cells.years_as_csv(answer))
    if as_json or found.name not in show.SHOW:  # an operation that has no view as text yet
        sys.stdout.write(to_json(answer))
    else:
        show.SHOW[found.name](answer)
        if sheets is not None:
            show_workbook.show_written(out, answer, sheets[1], lang=lang)
        print(f"written: {out}") if is_export or is_changed else None
    if written and not as_json:
        print(f"\nOpen {written[0]}" if lang == "en" else f"\n请打开 {written[0]}")
    if found.name in CHECKS and answer["errors"]:
        raise typer.Exit(InputError.exit_code)


def _languages(text: str) -> list[Any]:
    """The languages of `en,zh`, each once."""
    return list(dict.fromkeys(part.strip() for part in text.split(",")))


def _question(found: Operation, given: dict[str, Any], document: Path | None) -> Any:
    from pydantic import ValidationError

    fields = found.question.model_fields
    if document is not None and "text" in fields:
        given |= {"text": read_text(document), "file": str(document)}
    elif document is not None:
        given |= {"passport": read_passport(document)}
    if found.name in COUNTS_TO_TODAY and given.get("on") is None:
        given["on"] = date.today()
    if "password" in fields:
        given["password"] = typed_secret()
    for name in (name for name in BESIDE if name in fields and given.get(name) is None):
        given[name] = _beside(document, BESIDE[name]) if document is not None else None
    for name in (name for name in FILE_OPTIONS if given.get(name) is not None):
        named = given[name]
        given[name] = [_file(path) for path in named] if isinstance(named, list) else _file(named)
    given = {name: value for name, value in given.items() if not (name in FILE_OPTIONS and value is None)}
    for name in (name for name in WORKBOOKS if name in fields):
        given[name] = {"content": read_bytes(given[name]), "file": str(given[name])}
    try:
        return found.question.model_validate(given)
    except ValidationError as error:
        findings = [_option_finding(item) for item in error.errors()]
        raise InputError("; ".join(finding.message for finding in findings), findings=findings) from None


def _file(path: Path) -> dict[str, str]:
    """The text of a file and its name in messages."""
    return {"text": read_text(path), "file": str(path)}


def _beside(document: Path, names: tuple[str, ...]) -> Path | None:
    """The first of the files that stands in the document's folder."""
    files = [document.with_name(name.format(stem=document.stem)) for name in names]
    return next((file for file in files if file.exists()), None)


def _option_finding(item: Any) -> Finding:
    name = str(item["loc"][0]) if item["loc"] else ""
    flag = {**OPTION_NAMES, **FILE_OPTIONS, **ARGUMENTS}.get(name, f"--{name.replace('_', '-')}")
    is_secret = isinstance(item.get("input"), dict)  # the whole question: a password may be among it
    value = None if is_secret else str(item.get("input"))
    return Finding("option.value", "error", f"{flag}: {item['msg']}", "see --help", value=value)
