"""Writes down what the worth of a deal to each party was computed from: its flows, their terms, and the programme."""

from __future__ import annotations

from typing import Any

from onepill.core.provenance import Ledger
from onepill.workbench.common import ledger as notes

Row = dict[str, Any]
FLOW = "expected sum of the item over all years, not discounted; mean over the drawn futures"
VALUE = (
    "expected cash of the items below by year, discounted at the party's own rate from the programme's day; "
    "mean over the drawn futures"
)
OWN = "value on the futures that the party believes in, at its own rate"
WITHOUT = "what the party has without the deal, at its own rate"
GAIN = "value with the deal less value without it, path by path"
LOSS = "share of the drawn futures with a value below 0"
TAIL = "mean of the worst twentieth of the drawn futures"
FIRST = "median over the drawn futures with cash"
SHARE = "gain of the party by its own view over the gain of all that share"
PROGRAMME = "value of the programme in one hand at its own rate"
RATE = "capital.discount_rate_per_year"
WORK = {"development": ("development.",), "filing": ("filings.",), "fees": ("filings.",), "dossier": ("dossiers.",)}
"""Where a file holds what the owner's outlays rest on, by the item of the flow."""


def is_deal(document: Row) -> bool:
    """Whether a document is the answer of `deal value`."""
    return all(name in document for name in ("deal", "parties", "inputs", "shares", "programme_npv_usd"))


def deal_provenance(document: Row) -> list[Row]:
    """The rows of `deal value`'s inputs, and those of what it computes from them, each with its `from`."""
    inputs = document["inputs"]
    ledger, paths = Ledger(), [row["path"] for row in inputs]
    note_programme(ledger, document, paths)
    note_results(ledger, document, paths)
    return [*inputs, *(entry.as_row() for entry in ledger)]


def note_results(ledger: Ledger, deal: Row, paths: list[str], *, at: str = "") -> None:
    """What a deal brings each party, and their shares of it, under paths that begin with `at`."""
    for party in deal["parties"]:
        _party(ledger, party, f"deals.{deal['deal']}", paths, at)
    _shares(ledger, deal, at)


def note_programme(ledger: Ledger, document: Row, paths: list[str]) -> None:
    parts = under(paths, "development.", "filings.", "markets.", "capital.")
    value = document["programme_npv_usd"]["mean"]
    notes.note_derived(ledger, "programme_npv_usd.mean", value, unit="USD", formula=PROGRAMME, derived_from=parts)


def _party(ledger: Ledger, party: Row, head: str, paths: list[str], top: str) -> None:
    terms, at = f"{head}.parties.{party['id']}", f"{top}parties.{party['id']}"
    rate = under(paths, f"{terms}.discount_rate_per_year") or under(paths, RATE)
    flows = []
    for flow in party["flows"]:
        path = f"{at}.flows.{flow['kind']}.{flow['item']}"
        found = _flow_inputs(flow, head, paths)
        notes.note_derived(ledger, path, sum(flow["usd"]), unit="USD", formula=FLOW, derived_from=found)
        flows.append(path)
    value = (*flows, *rate)
    for key in ("mean", "p5", "p50", "p95"):
        shown = party["npv_usd"][key]
        notes.note_derived(ledger, f"{at}.npv_usd.{key}", shown, unit="USD", formula=VALUE, derived_from=value)
    npv, without = f"{at}.npv_usd.mean", f"{at}.without_usd.mean"
    kept = ("programme_npv_usd.mean",) if party["is_owner"] else ()
    believed = (npv, *under(paths, f"{terms}.believes."))
    rows = (
        (without, party["without_usd"]["mean"], "USD", WITHOUT, kept),
        (f"{at}.gain_usd.mean", party["gain_usd"]["mean"], "USD", GAIN, (npv, without)),
        (f"{at}.own_npv_usd.mean", party["own_npv_usd"]["mean"], "USD", OWN, believed),
        (f"{at}.prob_loss", party["prob_loss"], "share", LOSS, (npv,)),
        (f"{at}.tail_mean_usd", party["tail_mean_usd"], "USD", TAIL, (npv,)),
        (f"{at}.months_to_first_cash", party["months_to_first_cash"], "months", FIRST, tuple(flows)),
    )
    for path, shown, unit, formula, parts in rows:
        notes.note_derived(ledger, path, shown, unit=unit, formula=formula, derived_from=parts)


def _flow_inputs(flow: Row, head: str, paths: list[str]) -> tuple[str, ...]:
    """The term of a payment, the market of a profit, the work of an outlay."""
    kind, item = flow["kind"], flow["item"]
    if kind in ("leg", "withholding"):
        return under(paths, f"{head}.terms.{item}.") or under(paths, f"{head}.vehicle.{item}", f"{head}.{item}")
    if kind in ("profit", "launch_cost", "tax"):
        return under(paths, f"markets.{item.lower()}.")
    if item.endswith(".launch_cost"):
        return under(paths, f"markets.{item.lower()}")
    if kind == "vehicle":
        return under(paths, f"{head}.vehicle.")
    outlays = under(paths, *WORK.get(item, ("rights.upstream.",)))
    return tuple(path for path in outlays if any(part in path for part in (".cost", "_cost", ".fee", ".royalty")))


def _shares(ledger: Ledger, deal: Row, at: str) -> None:
    views = ("own_npv_usd.mean", "without_usd.mean")
    gains = tuple(f"{at}parties.{party['id']}.{view}" for party in deal["parties"] for view in views)
    for name, shown in deal["shares"].items():
        notes.note_derived(ledger, f"{at}shares.{name}", shown, unit="share", formula=SHARE, derived_from=gains)


def under(paths: list[str], *heads: str) -> tuple[str, ...]:
    """The paths that begin with one of `heads`."""
    return tuple(path for path in paths if path.startswith(heads)) if heads else ()
