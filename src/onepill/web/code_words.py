"""Codes of an answer that are put together of parts, in words: milestones, terms that are solved for, what binds."""

from __future__ import annotations

from collections.abc import Callable

from onepill.reports.catalogue import capital
from onepill.web.path_words import place_words
from onepill.web.speaking import Words

RANGE = "range."
IDENTIFIER = "identifier"
"""The family of codes that stand for themselves, beside columns that say what they mean."""


def milestone(code: str, t: Words) -> str:
    """`cn_conversion.approval` as the approval there, with what tells the filing from others of the place."""
    owner, _, event = code.rpartition(".")
    return t("live.input_within", part=place_words(owner, t), name=t.either("milestone_kind", event)) if owner else code


def solved_term(code: str, t: Words) -> str:
    """`royalty.rate` as the number of that leg, `stake.pool.share` as a party's part of the vehicle."""
    owner, _, number = code.rpartition(".")
    section, _, name = owner.partition(".")
    if not name:
        part = t.either("deal_term", owner)
    elif section == "stake":
        part = t.either("party_role", name)
    else:
        part = t("deal_term.round", name=name)
    return capital(t("live.input_within", part=part, name=t.either("solved_number", number)))


def binding(code: str, t: Words) -> str:
    """What holds solved terms: a party's wish or limit, or the end of a term's range."""
    if code.startswith(RANGE):
        return t("solved.end_of_range", term=solved_term(code.removeprefix(RANGE), t))
    party, _, limit = code.rpartition(".")
    return t("live.input_within", part=t.either("party_role", party), name=t.either("solved_limit", limit))


def itself(code: str, _: Words) -> str:
    """The code."""
    return code


SAID: dict[str, Callable[[str, Words], str]] = {
    IDENTIFIER: itself,
    "milestone": milestone,
    "solved_term": solved_term,
    "binding": binding,
}
"""By the family of a table's column, how its codes are said."""
