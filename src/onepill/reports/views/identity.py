"""What the drug is, in one line and in a table."""

from __future__ import annotations

from typing import Any

from onepill.reports.context import Context, Row
from onepill.reports.numerals import number, percent


def names(context: Context) -> tuple[str, str]:
    """The drug's name in the page's language, and in the other one ("" if they are the same)."""
    asset = (context.passport.get("identity") or {}).get("asset") or {}
    label = asset.get("names") or context.passport.get("title") or asset.get("name") or context.passport.get("programme")
    own = context.words.text(label)
    other = label.get("zh" if context.words.lang == "en" else "en") if isinstance(label, dict) else ""
    return own, "" if other == own else other or ""


def what_line(context: Context) -> str:
    """One sentence on the molecule and its use, one on its originator."""
    words = context.words
    identity = context.passport.get("identity") or {}
    asset = identity.get("asset") or {}
    parts = [_alias(asset, names(context)), _kind(context, asset)]
    uses = [words.text(row.get("name")) for row in identity.get("indications") or ()]
    molecule = words("list.comma").join(p for p in parts if p)
    first = words("what.for", molecule=molecule, use=words.enumerate(uses)) if uses else words("what.is", molecule=molecule)
    return words.join([first if molecule else "", _originator(context, asset)])


def _alias(asset: Row, shown: tuple[str, str]) -> str:
    taken = {name.lower() for name in (*shown, str(asset.get("name", "")))}
    return next((str(a) for a in asset.get("aliases") or () if str(a).lower() not in taken), "")


def _kind(context: Context, asset: Row) -> str:
    words = context.words
    modality = words.either("modality", asset.get("modality") or "") if asset.get("modality") else ""
    if asset.get("mechanism"):
        return words("what.mechanism", mechanism=words.text(asset["mechanism"]), modality=modality).strip(" ，,")
    targets = words.enumerate([str(t) for t in asset.get("targets") or ()])
    return words("what.against", modality=modality, targets=targets) if modality and targets else modality


def _originator(context: Context, asset: Row) -> str:
    originator = asset.get("originator") or {}
    if not originator.get("name"):
        return ""
    name = context.words.text(originator["name"])
    if not originator.get("country"):
        return context.words("what.is", molecule=name)
    place = context.words.either("place", originator["country"])
    return context.words("what.originator", name=name, place=place)


def asset_rows(context: Context) -> list[tuple[str, str]]:
    """The asset and its rights as label and text, only what the document has."""
    identity = context.passport.get("identity") or {}
    asset, rights = identity.get("asset") or {}, identity.get("rights") or {}
    rows = [
        ("modality", context.words.either("modality", asset.get("modality") or "")),
        ("targets", context.words("list.comma").join(map(str, asset.get("targets") or ()))),
        ("conjugate", _conjugate(context, asset.get("conjugate") or {})),
        ("owner", context.words.text(rights.get("owner"))),
        ("patents", _patents(context, rights.get("patents") or ())),
        ("upstream", _agreements(context, rights.get("upstream") or ())),
        ("granted", _agreements(context, rights.get("granted") or ())),
    ]
    return [(context.words(f"asset.{name}"), text) for name, text in rows if text]


def _conjugate(context: Context, conjugate: Row) -> str:
    parts = [
        context.words(f"conjugate.{name}", value=conjugate[name])
        for name in ("antigen", "linker", "payload", "ratio")
        if conjugate.get(name) not in (None, "")
    ]
    return context.words("list.comma").join(parts)


def _patents(context: Context, patents: Any) -> str:
    said = []
    for patent in patents:
        extension = patent.get("extension_years")
        key = "patent.extended" if extension else "patent.plain"
        said.append(context.words(key, family=patent.get("family", ""), country=context.place(patent.get("country")),
                                  expiry=patent.get("expiry") or "–", years=number(extension, 0 if float(extension or 0).is_integer() else 1)))
    return context.words("list.semicolon").join(said)


def _agreements(context: Context, rows: Any) -> str:
    return context.words("list.semicolon").join(_agreement(context, row) for row in rows)


def _agreement(context: Context, row: Any) -> str:
    """An agreement in a line: whatever the document says of it, names first."""
    if not isinstance(row, dict):
        return str(row)
    named = [context.words.text(row.get(k)) for k in ("party", "licensor", "licensee", "partner", "to", "from", "name")]
    royalty = row.get("royalty_share") or row.get("royalty")
    share = [percent(royalty, 1)] if isinstance(royalty, int | float) else []
    places = [context.place(t) for t in row.get("territory") or () if isinstance(t, str)] if isinstance(
        row.get("territory"), list) else []
    return context.words("list.comma").join([*filter(None, named), *places, *share]) or ", ".join(map(str, row.values()))
