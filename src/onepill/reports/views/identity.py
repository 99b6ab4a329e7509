"""What the drug is, in one line and in a table."""

from __future__ import annotations

from collections.abc import Sequence

from onepill.reports.catalogue import capital
from onepill.reports.context import Context, Row
from onepill.reports.numerals import percent
from onepill.reports.said_values import printed_value


def names(context: Context) -> tuple[str, str]:
    """The drug's name in the page's language, and in the other one ("" if they are the same)."""
    asset = (context.passport.get("identity") or {}).get("asset") or {}
    label = (
        asset.get("names") or context.passport.get("title") or asset.get("name") or context.passport.get("programme")
    )
    own = capital(context.words.text(label))
    other = label.get("zh" if context.words.lang == "en" else "en") if isinstance(label, dict) else ""
    return own, "" if str(other).lower() == own.lower() else other or ""


def what_line(context: Context) -> str:
    """One sentence on the molecule and its use, one on its originator."""
    words = context.words
    identity = context.passport.get("identity") or {}
    asset = identity.get("asset") or {}
    parts = [_alias(asset, names(context)), _kind(context, asset)]
    uses = [words.text(row.get("name")) for row in identity.get("indications") or ()]
    molecule = words("list.comma").join(p for p in parts if p)
    first = (
        words("what.for", molecule=molecule, use=words.enumerate(uses)) if uses else words("what.is", molecule=molecule)
    )
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
    place = context.words.place(originator["country"])
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
    return [(context.words(f"asset.{name}"), context.told(text, FACTS[name])) for name, text in rows if text]


FACTS = {
    **{name: f"/identity/asset/{name}" for name in ("modality", "targets", "conjugate")},
    **{name: f"/identity/rights/{name}" for name in ("owner", "patents", "upstream", "granted")},
}
"""Where each fact stands in the document."""


def _conjugate(context: Context, conjugate: Row) -> str:
    parts = [
        context.words(f"conjugate.{name}", value=printed_value(conjugate[name]))
        for name in ("antigen", "linker", "payload", "ratio")
        if conjugate.get(name) not in (None, "")
    ]
    return _assumed(context, context.words("list.comma").join(parts), conjugate)


def _assumed(context: Context, text: str, row: Row) -> str:
    """A text with the reason of its assumption, where it is one."""
    why = context.words.text(row.get("assumption")).rstrip(".。")
    return context.words("asset.assumed", text=text, why=why) if text and why else text


def _patents(context: Context, patents: Sequence[Row]) -> str:
    return context.words("list.semicolon").join(_patent(context, patent) for patent in patents)


def _patent(context: Context, patent: Row) -> str:
    extension = float(patent.get("extension_years") or 0)
    said = context.words(
        "patent.extended" if extension else "patent.plain",
        family=patent.get("family", ""),
        country=context.place(patent.get("country")),
        expiry=patent.get("expiry") or "–",
        years=printed_value(extension),
    )
    return _assumed(context, said, patent)


def _agreements(context: Context, rows: Sequence[Row]) -> str:
    return context.words("list.semicolon").join(_agreement(context, row) for row in rows)


def _agreement(context: Context, row: Row) -> str:
    """An agreement in a line: with whom, where, for what, since when, on which terms."""
    words = context.words
    places = [context.place(str(code)) for code in row.get("territories") or ()]
    days = [words(f"agreement.{name}", day=row[name]) for name in ("since", "until") if row.get(name)]
    named = [words.text(row.get(name)) for name in ("licensor", "to", "territory", "field")]
    parties = words("list.comma").join([part for part in (*named, *places, *days) if part])
    terms = words.text(row.get("terms")) or _royalty(context, row.get("royalty") or ())
    said = words("agreement.terms", parties=parties, terms=terms.rstrip(".。")) if terms else parties
    return _assumed(context, said, row)


def _royalty(context: Context, tiers: Sequence[Row]) -> str:
    """Royalty tiers on yearly net sales: "5.0% from USD 0, 8.0% from USD 100 million"."""
    words = context.words
    said = [
        words(
            "asset.tier",
            share=percent(tier.get("rate"), 1),
            amount=context.numerals.money(tier.get("above_usd") or 0.0),
        )
        for tier in tiers
    ]
    return words("list.comma").join(said)
