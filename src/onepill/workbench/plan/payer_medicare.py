"""Medicare's price negotiation: is the drug in it, by how much, and how does the ceiling fall with its age?

Sources: 42 USC 1320f, 1320f-1 and 1320f-3, in the rulebook as `us.medicare_negotiation.*`.
"""

from __future__ import annotations

from onepill.access import Mix, PriceAge, less_product, moving
from onepill.core.distributions import fixed, triangular
from onepill.sim.plan import Draw
from onepill.workbench.plan.payer_fill import PathContext
from onepill.workbench.plan.payer_ranges import between

RULES = "us.medicare_negotiation"
CALENDAR = "calendars.medicare_negotiation"
NO_LAW = "no law was known on the plan's day"
EXTENDED_YEARS, LONG_YEARS, PUBLISHED_AHEAD = 12, 16, 2
"""Years from approval at which the ceiling falls (42 USC 1320f-3(c)(4) and (5)); the price applies two years after the
selection."""
YEARLY_SELECTION = 0.2


def medicare_share(ctx: PathContext) -> Draw:
    """Medicare's part of the net sales."""
    path = f"{ctx.path}.medicare_share"
    given = ctx.given(path, ctx.access.medicare_share)
    return given or ctx.assumed(path, triangular(0.3, 0.45, 0.6), "Medicare's part of the sales of a drug of adults")


def gross_to_net(ctx: PathContext) -> Draw:
    """By how much the net price is below the list price."""
    path = f"{ctx.path}.gross_to_net_share"
    given = ctx.given(path, ctx.access.gross_to_net_share)
    if given is not None:
        return Draw(path, fixed(ctx.filled.tabled(given)))
    found = ctx.from_rules(path, ("us.gross_to_net.reduction",), "net price below list in this area", lambda x: x)
    return found or ctx.assumed(path, fixed(0.3), "no published reduction fits the area")


def statutory_cut(ceiling_share: float, gross_to_net_share: float) -> float:
    """The cut of the net price that the ceiling alone forces: the list price stands for the non-federal average."""
    return max(0.0, 1 - ceiling_share / (1 - gross_to_net_share))


def negotiated_cut(ctx: PathContext) -> Draw:
    """The cut of Medicare's net price: the file's, else the published ones, or the ceiling's where that is more."""
    path = f"{ctx.path}.negotiated_cut_share"
    given = ctx.given(path, ctx.access.negotiated_cut_share)
    if given is not None:
        return given
    gap, ceiling = gross_to_net(ctx), _ceiling(ctx)
    forced = statutory_cut(ceiling.distribution.mean(), gap.distribution.mean())
    formula = "1 - ceiling share / (1 - gross-to-net share), at least 0"
    ctx.derived(f"{path}.statutory", forced, formula, (ceiling.stream, gap.stream))
    seen = ctx.published(f"{path}.published", f"{RULES}.net_cut")
    if seen is None:
        return ctx.derived(path, forced, "the ceiling's cut; no negotiated prices were known", (f"{path}.statutory",))
    parents = (f"{path}.statutory", seen.row)
    ends = [
        ctx.published(f"{path}.published", f"{RULES}.list_cut_range", key) for key in ("minimum", "mean", "maximum")
    ]
    low, mean, high = (end.number if end else 0.0 for end in ends)
    if forced >= seen.number or not mean:
        why = "the larger of the mean reduction of net spending and of the ceiling's cut"
        return ctx.derived(path, max(forced, seen.number), why, parents)
    spread = between(max(forced, seen.number * low / mean), seen.number, seen.number * high / mean)
    formula = (
        "beta with the mean reduction of net spending and the ends of the drugs' discounts off list, in proportion to "
        "their mean; no cut below the ceiling's"
    )
    return ctx.spread(path, spread, formula, (*parents, *{end.row for end in ends if end}))


def _ceiling(ctx: PathContext) -> Draw:
    """The ceiling in the first year: 75 % under 12 years from approval, 65 % under 16."""
    return _ceiling_at(ctx, elapsed_years(ctx) + PUBLISHED_AHEAD)


def elapsed_years(ctx: PathContext) -> int:
    """Whole years from approval to the selection."""
    return ctx.as_it_stands(f"{CALENDAR}.elapsed_years", f"{RULES}.elapsed_years", 7, NO_LAW, "years")


def _ceiling_at(ctx: PathContext, years: float) -> Draw:
    name = ".long" if years >= LONG_YEARS else ".extended" if years >= EXTENDED_YEARS and not _is_vaccine(ctx) else ""
    if name == ".long" and _is_vaccine(ctx):
        name = ""
    field = f"negotiated_cut_share.ceiling_share{name.replace('.', '_')}"
    share = ctx.as_it_stands(field, f"{RULES}.ceiling_share{name}", 1.0, f"{NO_LAW}: no ceiling", "share")
    return Draw(f"{ctx.path}.{field}", fixed(share))


def _is_vaccine(ctx: PathContext) -> bool:
    return bool(ctx.filled.programme.asset.modality == "vaccine")


def negotiated_price(ctx: PathContext, path: str) -> Draw:
    """The mean net price once Medicare's part of it is negotiated."""
    share, cut = medicare_share(ctx), negotiated_cut(ctx)
    number = 1 - share.distribution.mean() * cut.distribution.mean()
    return ctx.derived(path, number, "1 - Medicare's share of sales x cut of its net price", (share.stream, cut.stream))


def negotiated_factors(ctx: PathContext) -> tuple[Mix, ...]:
    """What is uncertain of that price: Medicare's share of sales, and the cut where the file gives it."""
    return moving(less_product(medicare_share(ctx), negotiated_cut(ctx)))


def price_ages(ctx: PathContext) -> tuple[PriceAge, ...]:
    """Lower ceilings as the drug grows older, where they force more than the first negotiation did."""
    if ctx.known(f"{RULES}.elapsed_years") is None or ctx.access.negotiated_cut_share is not None:
        return ()
    entered = elapsed_years(ctx) + PUBLISHED_AHEAD
    drawn, gap = medicare_share(ctx), gross_to_net(ctx).distribution.mean()
    # The share of the file is drawn; our own stands at its mean, which would cost every plan several tables.
    share = drawn.distribution.mean() if ctx.access.medicare_share is None else ctx.filled.tabled(drawn)
    first, found, last = negotiated_cut(ctx).distribution.mean(), [], 1.0
    for years in (EXTENDED_YEARS, LONG_YEARS):
        cut = max(first, statutory_cut(_ceiling_at(ctx, years).distribution.mean(), gap))
        factor = (1 - share * cut) / (1 - share * first)
        if years > entered and factor < last - 1e-12:
            found.append(PriceAge(years - entered, factor))
            last = factor
    return tuple(found)


def selection_prob(ctx: PathContext, path: str) -> Draw:
    """The chance of a selection in one year; none for an orphan drug, nor below the law's spending floor."""
    if reason := _orphan_exclusion(ctx) or _low_spend(ctx):
        ctx.note(
            "not_negotiated",
            f"Medicare does not negotiate the price: {reason}",
            "give selection.prob to force it",
            path,
        )
        return ctx.assumed(path, fixed(0.0), reason)
    why = "a yearly chance for a drug above the floor: 20 drugs a year from the 50 with the highest spending each"
    return ctx.assumed(path, fixed(YEARLY_SELECTION), why)


def _orphan_exclusion(ctx: PathContext) -> str:
    if "orphan" not in ctx.terms:
        return ""
    indications = len(ctx.filled.programme.all_indications())
    law = ctx.known(f"{RULES}.orphan_exclusion")
    amended = ctx.filled.rulebook.rule(f"{RULES}.orphan_exclusion").timeline(ctx.filled.as_of)
    is_wide = any(value is not None and value.value == "one or more rare diseases" for _, value in amended)
    if law is not None and (indications == 1 or is_wide):
        ctx.as_it_stands("transitions.selection.orphan_exclusion", f"{RULES}.orphan_exclusion", "", NO_LAW)
        return f"designated an orphan drug in all of its {indications} indication(s) ({RULES}.orphan_exclusion)"
    return ""


def _low_spend(ctx: PathContext) -> str:
    if ctx.known(f"{RULES}.low_spend") is None:
        return ""
    floor = ctx.as_it_stands("transitions.selection.low_spend", f"{RULES}.low_spend", 0.0, NO_LAW, "USD")
    spend = ctx.peak_usd * medicare_share(ctx).distribution.mean()
    if spend >= floor:
        return ""
    return (
        f"Medicare's mean peak spending of {spend / 1e6:,.0f} million dollars is below the floor of "
        f"{floor / 1e6:,.0f} million ({RULES}.low_spend)"
    )
