"""What the paths and codes of a programme's file are called on a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from onepill.reports.catalogue import capital
from onepill.web.speaking import Speaking, Words

Row = dict[str, Any]
OF_MANY = ("development", "filings", "markets")
"""Parts of a file that hold several, each a group of its own."""
UNSAID = frozenset({"access", "states", "transitions", "calendars", "patients", "loss_of_exclusivity", "done"})
"""Keys between a group and its field that a reader does not miss."""
FAMILIES = {
    "kind": "stage",
    "route": "route",
    "convention": "convention",
    "base_rates": "base_rates",
    "cost_timing": "cost_timing",
    "path": "payer_path",
    "comparator": "comparator",
    "endpoints": "trial_endpoint",
    "regions": "jurisdiction",
    "held": "jurisdiction",
    "calendar": "jurisdiction",
    "jurisdiction": "jurisdiction",
    "designations": "designation",
}
"""Which words the codes of a field have, by the last part of its path."""
OF_RESULT = ("value", "milestones", "success", "answer")
"""Parts of a passport that are computed."""


def place_words(name: str, t: Words) -> str:
    """A market or a filing by its jurisdiction, with what tells it from others there: `cn_conversion`."""
    code, _, rest = name.partition("_")
    return f"{t.base.either('jurisdiction', code.upper())} {rest.replace('_', ' ')}".strip()


@dataclass(frozen=True)
class PathWords:
    """The words of one programme: `titles` are what its file calls its stages and filings, by their paths.

    `labels` are what a passport calls activities and milestones, by their ids.
    """

    titles: Mapping[str, Row]
    asked: Speaking
    labels: Mapping[str, Row] = field(default_factory=dict)

    def group(self, path: str) -> str:
        """The part of the file that a path lies in, as a heading."""
        t, parts = self.asked.words, path.split(".")
        if len(parts) < 3 or parts[0] not in OF_MANY:
            return t.either("part_of_file", parts[0])
        if parts[0] == "development":
            return capital(self.stage(parts[1]))
        return t("live.filing_in", place=self.filing(parts[1])) if parts[0] == "filings" else self.place(parts[1])

    def place(self, name: str) -> str:
        """A market or a filing by its jurisdiction, with what tells it from others there."""
        return place_words(name, self.asked.words)

    def filing(self, name: str) -> str:
        title = self.titles.get(f"filings.{name.lower()}")
        if not title:
            return self.place(name)
        t, code = self.asked.words, name.partition("_")[0].upper()
        return t("live.input_within", part=t.base.either("jurisdiction", code), name=t.text(title))

    def stage(self, name: str) -> str:
        """The file's own title, else the word for a stage that is named as its kind."""
        title = self.titles.get(f"development.{name.lower()}")
        return self.asked.words.text(title) if title else self.asked.words.either("stage", name)

    def input(self, path: str) -> str:
        """An input beneath the heading of its group: its field, after the part that it belongs to."""
        t, parts = self.asked.words, path.split(".")
        inner = [one for one in parts[2 if parts[0] in OF_MANY else 1 : -1] if one not in UNSAID]
        if inner == ["exchange_rates"] or (parts[-1] == "per_usd" and len(parts) > 2):
            code = parts[-1] if parts[-1] != "per_usd" else parts[-2]
            return t("path.rate_of", code=code.upper())
        leaf = t(f"input.{parts[-1]}") if t.has(f"input.{parts[-1]}") else t.base.either("field", parts[-1])
        if not inner:
            return capital(leaf)
        around = t("live.input_sep").join(self._part(one) for one in inner)
        return capital(t("live.input_within", part=around, name=leaf))

    def _part(self, code: str) -> str:
        t = self.asked.words
        return t.base.either("jurisdiction", code.upper()) if len(code) == 2 else t.either("input_part", code)

    def full(self, path: str) -> str:
        """A path in words of its own, without a heading around it."""
        t, parts = self.asked.words, path.split(".")
        if parts[0] in OF_RESULT:
            found = self._result(parts)
            return found if found.startswith("rNPV") else capital(found)
        label = self.labels.get(path.partition(".")[2].lower())
        name = capital(t.text(label)) if label else self.input(path)
        group = self.group(path)
        is_whole = not group or len(parts) < 2 or name.startswith(group)
        return name if is_whole else t("live.input_within", part=group, name=name)

    def _result(self, parts: list[str]) -> str:
        t, last = self.asked.words, parts[-1]
        what = t.either("path_part", last)
        if parts[:2] == ["value", "by_market"]:
            name = t("part_of_file.development") if parts[2] == "development" else self.place(parts[2])
            return t("live.input_within", part=name, name=t("path.rnpv"))
        if parts[0] == "value":
            return t("live.input_within", part=t(f"path.{parts[1]}"), name=what) if t.has(f"path.{parts[1]}") else what
        if parts[0] == "milestones":
            return t("live.input_within", part=self.milestone(".".join(parts[1:-1])), name=what)
        if parts[:2] == ["success", "gates"]:
            return t("live.input_within", part=self.activity(".".join(parts[2:-1])), name=t("path.gate"))
        if parts[:2] == ["success", "markets"]:
            return t("live.input_within", part=t("live.approval_in", place=self.filing(parts[2].lower())), name=what)
        return what

    def milestone(self, name: str) -> str:
        """`us.approval` as the approval there; another by the place and the passport's own word."""
        t = self.asked.words
        code, _, event = name.partition(".")
        if event == "approval":
            return t("live.approval_in", place=self.filing(code))
        label = self.labels.get(name.lower())
        event = t.text(label) if label else t.either("milestone_kind", event.rpartition(".")[2])
        owner = self.stage(code) if f"development.{code}" in self.titles else self.place(code)
        return t("live.input_within", part=owner, name=event)

    def activity(self, code: str) -> str:
        """A stage, a filing (`filings.cn`) or its gate, or an event of one (`phase_3:failed`)."""
        t = self.asked.words
        owner, _, event = code.partition(":")
        if owner.endswith(".approval"):
            shown = t("live.approval_in", place=self.filing(owner.removesuffix(".approval")))
        elif owner.startswith("filings."):
            shown = t("live.filing_in", place=self.filing(owner.removeprefix("filings.")))
        else:
            shown = capital(self.stage(owner))
        return t("path.event", what=shown, event=t.either("input", event)) if event else shown

    def code(self, path: str, code: str, name: Row | None = None) -> str:
        """A word that stands at an input: by its name, else as its field's family says it."""
        t, leaf = self.asked.words, path.rpartition(".")[2]
        if name:
            return t.text(name)
        if leaf in ("after", "stops_on", "ends_on"):
            return self.activity(code)
        if leaf == "filing":
            return self.filing(code)
        if code in ("true", "false"):
            return t("engine.yes" if code == "true" else "engine.no")
        return t.either(FAMILIES.get(leaf, "word"), code)
