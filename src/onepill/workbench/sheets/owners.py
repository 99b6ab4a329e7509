"""Whose an input is: the stage, the place, the payer state or the contract that a path begins with, for people."""

from __future__ import annotations

import re
from collections.abc import Mapping

from onepill.model.names import place
from onepill.model.payer_path import shape_of
from onepill.model.schema import Market, Programme
from onepill.workbench.plan.assemble import Assembled

Text = dict[str, str]
LANGUAGES = ("en", "zh")
_NUMBERED = re.compile(r"\w+\.\w+\.(?:payers|price_steps|competition\.entrants)\.(\d+)\.")
_TIER = re.compile(r"rights\.upstream\.(\d+)\.royalty\.(\d+)\.")
_PAYER = re.compile(r"markets\.\w+\.access\.(states|transitions)\.(\w+)\.")


class Owners:
    """The words before a field: "China: national reimbursement list", say."""

    def __init__(self, programme: Programme, base: Assembled) -> None:
        self._programme, self._stages = programme, {s.id: dict(s.label) for s in base.filled.stages if s.label}
        self._steps: dict[str, Text] = {}
        for info in base.network.activities:
            words = _joined(place(info.jurisdiction) if info.jurisdiction else {}, info.label)
            self._steps |= {name: words for name in (info.path, info.id) if name}
        self._markets = {key.lower(): market for key, market in programme.markets.items()}
        self._filings = {key.lower(): filing.jurisdiction or key.upper() for key, filing in programme.filings.items()}

    def of(self, path: str) -> Text:
        """The words for a path; none for what belongs to the programme as a whole."""
        head, _, rest = path.partition(".")
        name = rest.partition(".")[0]
        if head == "development" and name in self._programme.development:
            return self._stages.get(name) or _plain(name)
        if path.startswith("capital.exchange_rates."):
            return _plain(path.split(".")[2])
        if head == "filings" and name in self._filings:
            return _place(name, self._filings)
        if head == "markets" and name in self._markets:
            return self._market(name, path)
        tier = _TIER.match(path)
        if tier:
            licensor = self._programme.rights.upstream[int(tier[1])].licensor
            return _plain(f"{licensor} {int(tier[2]) + 1}")
        if head in ("capital", "as_of"):
            return {}
        before = path.rpartition(".")[0]
        return self._steps.get(before) or _plain(before)

    def _market(self, name: str, path: str) -> Text:
        market = self._markets[name]
        owner = _place(name, {key: m.jurisdiction or key.upper() for key, m in self._markets.items()})
        found = _PAYER.match(path)
        if found and market.access is not None:
            return _joined(owner, _payer_words(market, found[1], found[2]))
        numbered = _NUMBERED.match(path)
        return {lang: f"{text} {int(numbered[1]) + 1}" for lang, text in owner.items()} if numbered else owner


def _payer_words(market: Market, kind: str, name: str) -> Text:
    """A payer state by its title; a transition by the state that it leads to."""
    assert market.access is not None
    shape = shape_of(market.access)
    target = name if kind == "states" else shape.moves[name].target if name in shape.moves else ""
    if target not in shape.states:
        return _plain(name)
    title = shape.states[target].title
    return {lang: title[lang] if kind == "states" else f"→ {title[lang]}" for lang in LANGUAGES}


def _place(name: str, codes: Mapping[str, str]) -> Text:
    owner, own = place(codes[name]), list(codes.values())
    if own.count(codes[name]) > 1:
        return {lang: f"{text} ({name})" for lang, text in owner.items()}
    return dict(owner)


def _joined(owner: Mapping[str, str], words: Mapping[str, str]) -> Text:
    return {lang: f"{owner[lang]}: {words[lang]}" if owner else words[lang] for lang in LANGUAGES}


def _plain(text: str) -> Text:
    return dict.fromkeys(LANGUAGES, text)
