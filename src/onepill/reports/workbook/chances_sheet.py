"""The sheet of chances: what each gate does, and how likely it is, from the inputs."""

from __future__ import annotations

from onepill.reports.catalogue import Catalogue
from onepill.reports.workbook.cases import Cases
from onepill.reports.workbook.formula import Num, product, total
from onepill.reports.workbook.inputs_sheet import Inputs
from onepill.reports.workbook.model import WorkbookModel
from onepill.reports.workbook.sheets import Book
from onepill.sim.plan import FAILED
from onepill.sim.ways import Case

SHEET = "Chances"


class Chances:
    """The chance of each outcome of each gate, and of being in a case with some gates passed."""

    def __init__(self, cells: dict[tuple[str, str], Num]) -> None:
        self._cells = cells

    @property
    def gates(self) -> float:
        """How many gates there are: what the chances of all their outcomes add up to."""
        return float(len({activity for activity, _ in self._cells}))

    def total(self) -> Num:
        """All chances added up."""
        return total(list(self._cells.values()))

    def of(self, case: Case, gates: tuple[str, ...]) -> Num:
        """The product over the outcomes of the case and over the gates that are passed."""
        passed = [
            next(cell for (id_, name), cell in self._cells.items() if id_ == gate and name != FAILED) for gate in gates
        ]
        return product([*passed, *(self._cells[item] for item in case)])


def add_chances(book: Book, model: WorkbookModel, cases: Cases, inputs: Inputs, words: Catalogue) -> Chances:
    sheet = book.add(SHEET)
    sheet.put(0, 0, words("sheet.chances.title"), "title")
    sheet.put(1, 0, words("sheet.chances.help"), "small")
    sheet.put_all(
        3, 0, [words(f"sheet.chances.{name}") for name in ("gate", "outcome", "chance", "role", "id")], "head"
    )
    sheet.widths |= {0: 56, 1: 18, 2: 12, 3: 46, 4: 40}
    sheet.freeze = (4, 1)
    cells: dict[tuple[str, str], Num] = {}
    row = 4
    for activity in model.plan.activities:
        if activity.gate is None or activity.outcome is not None:
            continue
        label = words.text(model.steps[activity.id].label)
        place = (
            words.either("jurisdiction", model.steps[activity.id].jurisdiction)
            if model.steps[activity.id].jurisdiction
            else ""
        )
        role = words("sheet.chances.fork" if activity.id in cases.forks else "sheet.chances.factor")
        for name, _ in activity.gate.outcomes:
            factors = [
                1 - inputs[path] if is_other else inputs[path] for path, is_other in model.gates[activity.id][name]
            ]
            sheet.put(row, 0, f"{place}: {label}" if place else label)
            sheet.put(row, 1, words.either("sheet_outcome", name))
            chance = sheet.put(row, 2, product(factors), "share")
            sheet.put(row, 3, role, "small")
            sheet.put(row, 4, activity.id, "small")
            cells[activity.id, name] = book.define(f"chance.{activity.id}.{name}", chance)
            row += 1
    return Chances(cells)


def branch_name(case: Case, model: WorkbookModel, words: Catalogue) -> str:
    """A case in words: "United States: decision resubmit"."""
    named = []
    for activity, outcome in case:
        step = model.steps[activity]
        place = f"{words.either('jurisdiction', step.jurisdiction)} " if step.jurisdiction else ""
        named.append(f"{place}{words.text(step.label)}: {words.either('sheet_outcome', outcome)}")
    return "; ".join(named)
