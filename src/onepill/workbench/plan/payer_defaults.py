"""The numbers of the named payer paths where a file leaves them out: from the rulebook, or called an assumption.

A key is `state.field` or `transition.field`. A filler gets the path's context and the value path to note, and returns a
draw (a share, or days for a lag).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from onepill.core.dates import DAYS_PER_MONTH
from onepill.core.distributions import Distribution, fixed, triangular
from onepill.sim.plan import Draw
from onepill.workbench.common import ledger as notes
from onepill.workbench.plan.payer_fill import PathContext
from onepill.workbench.plan.payer_medicare import negotiated_price, selection_prob
from onepill.workbench.plan.payer_ranges import (
    AVAILABILITY,
    EXPANSION,
    GERMAN_AVAILABILITY,
    GROUP_BUYING,
    LISTING,
    german_price,
    price_after,
    wait,
)

Filler = Callable[[PathContext, str], Draw | None]

ROUNDS: Mapping[str, tuple[int, str]] = {
    "listing": (5, "a drug can apply for five years after its approval (rule cn.nrdl.eligible_approved_from)"),
    "commercial_listing": (5, "as for the national list"),
    "selection": (5, "five yearly selections, by when generics are near"),
}
"""Rounds in which a transition is tried, with the reason; one for every other."""
UPTAKE_YEARS: Mapping[tuple[str, str], tuple[float, str]] = {
    ("cn_national", "listed"): (
        3.0,
        "hospitals take a listed drug up over three years; they are told to decide within two months of the list (rule "
        "cn.hospital_committee_deadline), and no rate of uptake was found",
    ),
}
"""Years from entry into a state to its peak, with the reason; the market's own for every other state."""
GERMANY_SHARE = 0.19
"""Germany's part of the patients of the European Union where no part of the population was known: an assumption."""
PREMIUM_YEARS = 10.0
"""Years of deferred cuts in Japan where no protection from approval is known: an assumption."""


def _assume(distribution: Distribution, why: str, unit: str = "share") -> Filler:
    return lambda ctx, path: ctx.assumed(path, distribution, why, unit)


def _months(low: float, mode: float, high: float, why: str) -> Filler:
    days = triangular(low * DAYS_PER_MONTH, mode * DAYS_PER_MONTH, high * DAYS_PER_MONTH)
    return _assume(days, why, "days")


def _listing_prob(ctx: PathContext, path: str) -> Draw:
    """Past the expert review, and then past the talks."""
    rules = ("cn.nrdl.invited_share", "cn.nrdl.negotiation_success")
    found = ctx.from_rules(path, rules, "share invited to the talks x share that succeeds there", lambda a, b: a * b)
    return found or ctx.assumed(path, fixed(0.5), "no round with published chances was known on the day")


def _commercial_prob(ctx: PathContext, path: str) -> Draw:
    rule = ("cn.commercial_list.listed_share",)
    found = ctx.from_rules(path, rule, "share of the drugs past the formal review that were listed", lambda x: x)
    return found or ctx.assumed(path, fixed(0.0), "no commercial list was known on the plan's day")


def _german_prob(ctx: PathContext, path: str) -> Draw:
    rule = ("eu.reimbursement.availability.germany",)
    found = ctx.from_rules(path, rule, "share of new medicines that are available", lambda x: x)
    return found or ctx.assumed(path, fixed(0.9), "no survey was known on the day")


def _german_patients(ctx: PathContext, path: str) -> Draw:
    formula = "share of the population, taken as that of the patients"
    found = ctx.from_rules(path, ("eu.population.germany_share",), formula, lambda x: x)
    why = "Germany's part of the patients, as of the population: no count was known on the day"
    return found or ctx.assumed(path, fixed(GERMANY_SHARE), why)


def _other_patients(ctx: PathContext, path: str) -> Draw:
    """Countries apart, each of which may have the drug or not: their mean is a share of the patients."""
    rest = _german_patients(ctx, f"{path}.germany")
    patients = 1 - rest.distribution.mean()
    rule = ("eu.reimbursement.availability",)
    known = ctx.from_rules(f"{path}.availability", rule, "mean availability of the countries", lambda x: x)
    found = known or ctx.assumed(f"{path}.availability", fixed(0.46), "no survey was known on the day")
    number = patients * found.distribution.mean()
    formula = "(1 - Germany's part of the patients) x mean availability of the countries"
    return ctx.derived(path, number, formula, (rest.stream, found.stream))


def japanese_cut(ctx: PathContext, path: str) -> Draw:
    """The cut of one yearly revision."""
    rules = ("jp.nhi.discrepancy", "jp.nhi.adjustment")
    found = ctx.from_rules(path, rules, "mean discrepancy - part that is left", lambda gap, left: gap - left)
    return found or ctx.assumed(path, fixed(0.05), "no survey of prices was known on the day")


def has_premium(ctx: PathContext) -> bool:
    """Whether Japan's price maintenance premium defers cuts: as the file says, else for a new active substance."""
    if ctx.access.price_maintenance is not None:
        return ctx.access.price_maintenance
    found = ctx.known("jp.nhi.price_maintenance")
    if found is not None:
        notes.note_rule(
            ctx.filled.ledger, f"{ctx.path}.price_maintenance", found, note="taken for a new active substance"
        )
    return found is not None and "new_active_substance" in ctx.terms


def _after_premium(ctx: PathContext, path: str) -> Draw:
    """All deferred cuts at once; without the premium they have been made already."""
    if not has_premium(ctx):
        return ctx.assumed(path, fixed(1.0), "no premium defers cuts: the yearly ones have been made")
    cut = japanese_cut(ctx, f"{path}.yearly_cut")
    years, parents = ctx.exclusivity_years or PREMIUM_YEARS, [cut.stream]
    if not ctx.exclusivity_years:
        field = f"{path.removeprefix(f'{ctx.path}.')}.deferred_years"
        ctx.plainly_assumed(field, years, "no protection from approval is known: cuts are deferred as long", "years")
        parents.append(f"{ctx.path}.{field}")
    formula = f"(1 - yearly cut) to the power of {years:g} years of deferred cuts"
    return ctx.derived(path, (1 - cut.distribution.mean()) ** years, formula, tuple(parents))


DEFAULTS: Mapping[str, Mapping[str, Filler]] = {
    "cn_national": {
        "self_pay.patient_share": _assume(
            triangular(0.2, 0.4, 0.6), "part of the patients reached after national listing who pay themselves"
        ),
        "city_insurance.patient_share": _assume(
            triangular(0.25, 0.45, 0.65), "city schemes reach few more patients than self-pay does"
        ),
        "commercial_list.patient_share": _assume(
            triangular(0.25, 0.5, 0.7), "commercial insurers reach more patients than self-pay, fewer than the state"
        ),
        "commercial_list.price_factor": _assume(
            triangular(0.5, 0.8, 0.95), "prices of the commercial list are not published; milder than the national cut"
        ),
        "listed.price_factor": price_after(LISTING, missing_cut=0.6),
        "listed.renewal_cut": _assume(
            fixed(0.05), "mean cut of a renewal; most drugs renew at their price, no published mean was read"
        ),
        "group_buying.price_factor": price_after(GROUP_BUYING, missing_cut=0.55),
        "listing.prob": _listing_prob,
        "commercial_listing.prob": _commercial_prob,
        "city_listing.lag": _months(3, 9, 18, "city schemes renew their lists of drugs once a year"),
        "city_listing.prob": _assume(fixed(0.5), "city schemes choose some of the new cancer and rare-disease drugs"),
        "bid.lag": _months(12, 30, 60, "group buying begins once several generics have passed their evaluation"),
        "bid.prob": _assume(fixed(0.3), "originators have won few bids"),
    },
    "us_medicare": {"negotiated.price_factor": negotiated_price, "selection.prob": selection_prob},
    "eu_reimbursement": {
        "reimbursement.lag": wait(AVAILABILITY, missing_days=504.0),
        "reimbursement.prob": _assume(fixed(0.9), "one positive decision for Europe as a whole"),
        "reimbursed.yearly_cut": _assume(fixed(0.02), "reference pricing: no published mean was read"),
    },
    "eu_country_groups": {
        "launch_germany.lag": wait(GERMAN_AVAILABILITY, missing_days=127.0),
        "launch_germany.prob": _german_prob,
        "germany.patient_share": _german_patients,
        "launch_others.lag": wait(AVAILABILITY, missing_days=504.0),
        "others.patient_share": _other_patients,
        "germany.price_factor": german_price,
        "germany.yearly_cut": _assume(fixed(0.02), "reference pricing: no published mean was read"),
        "others.yearly_cut": _assume(fixed(0.02), "reference pricing: no published mean was read"),
    },
    "jp_nhi": {
        "generic.price_factor": _after_premium,
        "generic.yearly_cut": japanese_cut,
        "repriced.price_factor": price_after(EXPANSION, missing_cut=0.25),
        "market_expansion.prob": _assume(fixed(0.0), "off unless the file gives a chance"),
    },
    "custom": {},
}  # fmt: skip
