"""Which files go first where several workers share the suite (`make test`); a single process keeps its own order.

A worker that meets a kernel which nobody has compiled yet compiles it, and so does the other worker if it comes to the
same one meanwhile: in a fresh checkout that costs each some forty seconds. So the first files compile one kernel each,
and those that follow need none until they are done; browsers come later, since they wait half a minute for a page at
most. Then come the files that take longest, so that no worker begins one when the other has nothing left to do. The
order saves time and decides nothing else: a file that is missing from the list, or takes longer than it did, is no
mistake.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

COMPILING = (
    "tests/deals/test_own_ends.py",  # the simulation
    "tests/deals/test_vehicle.py",  # companies and their rounds
    "tests/evidence/learned/test_train.py",
    "tests/workbench/test_landscape_evidence.py",
    "tests/deals/test_legs.py",  # contracts
    "tests/workbench/test_landscape_burden.py",
    "tests/web/test_sso.py",
)
LONGEST = (
    "tests/browser/test_page_flows.py",
    "tests/workbench/test_workbook.py",
    "tests/workbench/test_faces.py",
    "tests/store/workspace/test_killed.py",
    "tests/browser/test_programme_flows.py",
    "tests/cli/test_commands.py",
    "tests/web/test_schema.py",
    "tests/web/test_team.py",
    "tests/web/test_access_matrix.py",
    "tests/browser/test_deal_flows.py",
    "tests/browser/test_engine_flows.py",
    "tests/browser/test_team_flows.py",
    "tests/workbench/test_access.py",
    "tests/house/test_wheel.py",
    "tests/workbench/test_watch.py",
    "tests/reports/test_landscape_page.py",
    "tests/reports/test_browser.py",
    "tests/workbench/test_negotiation.py",
    "tests/web/test_engine_pages.py",
    "tests/web/test_many_workers.py",
    "tests/web/test_figures.py",
    "tests/workbench/test_workbook_features.py",
    "tests/workbench/test_import_workbook.py",
    "tests/registries/test_fetch.py",
    "tests/pathway/test_monotone.py",
    "tests/workbench/test_return_risk.py",
    "tests/workbench/test_workbook_payers.py",
    "tests/workbench/test_competitor_table.py",
    "tests/workbench/test_examples.py",
)
PLACES = {file: place for place, file in enumerate((*COMPILING, *LONGEST))}
Item = TypeVar("Item")


def ordered(items: Iterable[tuple[str, Item]]) -> list[Item]:
    """Items by the place of their file; what is in no list keeps its order after those that are."""
    return [item for _, item in sorted(items, key=lambda pair: PLACES.get(pair[0], len(PLACES)))]
