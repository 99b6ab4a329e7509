"""What the numbers of a deal are called, and the way of each back to its terms and to the programme."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from onepill.reports.catalogue import capital
from onepill.web.path_words import PathWords

Row = dict[str, Any]


@dataclass(frozen=True)
class DealWords(PathWords):
    """Words for the paths of one deal beside those of its programme.

    `parties` are the names of its parties and `items` those of its terms and flows, by their ids.
    """

    parties: dict[str, Row] = field(default_factory=dict)
    items: dict[str, Row] = field(default_factory=dict)

    def full(self, path: str) -> str:
        parts = path.split(".")
        if parts[0] == "deals":
            return self.term(".".join(parts[2:]))
        if parts[0] in ("parties", "shares"):
            return self._result(parts)
        if parts[0] in ("open_terms", "solved", "before", "counter", "shared_usd", "gap"):
            return self._solved(parts)
        if parts[0] == "risk":
            return self._return(parts)
        return self.asked.words("path.programme_npv") if parts[0] == "programme_npv_usd" else super().full(path)

    def is_result(self, parts: list[str]) -> bool:
        """Whether a path is of what the deal brings, and not of its terms."""
        of_party = parts[0] == "parties" and (parts[2] == "flows" or self.asked.words.has(f"deal_result.{parts[2]}"))
        return of_party or parts[0] == "shares"

    def term(self, path: str) -> str:
        """A number of the terms: the term or party that it stands in, then its field."""
        t, parts = self.asked.words, path.split(".")
        leaf = t.either("deal_field", parts[-1])
        if len(parts) == 1:
            return capital(leaf)
        if "believes" in parts:
            at = parts.index("believes")
            name = t("path.believes", name=super().full(".".join(parts[at + 1 :])))
            return t("live.input_within", part=self.party(parts[1]), name=name)
        if parts[-1] in self.parties:
            leaf = self.party(parts[-1])
        number = next((int(part) + 1 for part in parts if part.isdigit()), None)
        if number is not None:
            leaf = t("path.tier" if "tiers" in parts else "path.numbered", name=leaf, number=number)
        owner = self.party(parts[1]) if parts[0] == "parties" else self._item(parts[0], parts[1])
        named = [self.party(part) for part in parts[2:-1] if part in self.parties]
        around = t("live.input_sep").join([owner, *named])
        return capital(t("live.input_within", part=around, name=leaf) if len(parts) > 2 else leaf)

    def party(self, name: str) -> str:
        t = self.asked.words
        return t.text(self.parties[name]) if name in self.parties else t.either("party_role", name)

    def _item(self, section: str, name: str) -> str:
        t = self.asked.words
        if section == "terms":
            return capital(t.text(self.items[name]) if name in self.items else t.either("deal_term", name))
        if section == "funds":
            return t("path.fund", name=name)
        return capital(t.either("deal_part", section if name.isdigit() else name))

    def _solved(self, parts: list[str]) -> str:
        t = self.asked.words
        if parts[0] == "shared_usd":
            return t("deal_result.shared_usd")
        if parts[0] == "open_terms":
            return t("live.input_within", part=".".join(parts[1:-1]), name=t(f"deal_result.term_{parts[-1]}"))
        if parts[0] == "gap":
            part = t("path.seen", of=self.party(parts[1]), by=self.party(parts[2]))
            return t("live.input_within", part=part, name=t(f"deal_result.gap_{parts[3]}"))
        part = t(f"path.terms_{parts[0]}", party=self.party(parts[1]))
        return t("live.input_within", part=part, name=t(f"deal_result.{parts[2]}"))

    def _return(self, parts: list[str]) -> str:
        t = self.asked.words
        part = self.party(parts[2]) if parts[1] == "parties" else t("path.within_years", years=parts[2])
        return t("live.input_within", part=part, name=t(f"deal_result.{parts[3]}"))

    def _result(self, parts: list[str]) -> str:
        t, party = self.asked.words, self.party(parts[1])
        if parts[0] == "shares":
            return t("live.input_within", part=party, name=t("path.share"))
        if parts[2] == "flows":
            name = t.text(self.items.get(".".join(parts[3:])))
            return t("live.input_within", part=party, name=name)
        what = t(f"deal_result.{parts[2]}")
        return t("live.input_within", part=party, name=what)


@dataclass(frozen=True)
class ComparedWords(PathWords):
    """Words for the paths of several deals, each after the deal's title, by their ids."""

    deals: dict[str, tuple[str, DealWords]] = field(default_factory=dict)

    def full(self, path: str) -> str:
        t, (head, *rest) = self.asked.words, path.split(".")
        if head == "frontier":
            title = self.deals[rest[0]][0] if rest[0] in self.deals else t("path.no_deal")
            return t("live.input_within", part=title, name=self._of_side(rest[1].removesuffix("_usd"), "npv_usd"))
        if head == "deals" and rest[0] in self.deals:
            title, words = self.deals[rest[0]]
            return t("live.input_within", part=title, name=self._of_deal(words, rest[1:]))
        return t("path.programme_npv") if head == "programme_npv_usd" else super().full(path)

    def _of_deal(self, words: DealWords, parts: list[str]) -> str:
        if parts[0] == "sides":
            return self._of_side(parts[1], parts[2])
        if parts[0] == "differences":
            return self._of_side(parts[2], f"better_{parts[1]}" if parts[3] == "better_prob" else parts[1])
        path = ".".join(parts)
        return words.full(path) if words.is_result(parts) else words.term(path)

    def _of_side(self, side: str, what: str) -> str:
        t = self.asked.words
        return t("live.input_within", part=t(f"deals.side_{side}"), name=t(f"deal_result.{what}"))


def compared_words(words: PathWords, deals: Sequence[tuple[Row, Row]]) -> ComparedWords:
    """The words of deals against each other, each as it is shown and as it is valued."""
    text = words.asked.words.text
    told = {value["deal"]: (text(value["deal_title"]), deal_words(words, shown, value)) for shown, value in deals}
    return ComparedWords(words.titles, words.asked, words.labels, deals=told)


def return_words(words: PathWords, shown: Row, answer: Row) -> DealWords:
    """The words of a deal that may come back."""
    named = {name: party["name"] for name, party in (answer["risk"] or {"parties": {}})["parties"].items()}
    return replace(deal_words(words, shown, None), parties=named)


def deal_words(words: PathWords, shown: Row, value: Row | None) -> DealWords:
    """The words of a deal as it is shown; `value` names the flows of terms without a title."""
    items: dict[str, Row] = {}
    for party in value["parties"] if value else ():
        items |= {flow["item"]: flow["label"] for flow in party["flows"] if flow["kind"] == "leg"}
        items |= {f"{flow['kind']}.{flow['item']}": flow["label"] for flow in party["flows"]}
    parties = {party["id"]: party["name"] for party in value["parties"]} if value else {}
    titled = {row["path"].split(".")[1]: row["title"] for row in shown["terms"] if row["title"] and "." in row["path"]}
    return DealWords(words.titles, words.asked, words.labels, parties=parties, items={**items, **titled})
