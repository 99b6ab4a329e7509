"""What the pages about deals show: kept ones, comparables, terms, comparison, solving, the risk that one comes back."""

from __future__ import annotations

from typing import Any

from onepill.reports.catalogue import Catalogue
from onepill.reports.charts import Chart
from onepill.web.engine_tables import Table
from onepill.web.engine_view import FEW, Engine, View


def _compared(answer: Any, words: Catalogue) -> list[Chart | None]:
    from onepill.reports.charts.deal_cash import deal_cash_chart
    from onepill.reports.charts.deal_frontier import frontier_chart
    from onepill.reports.charts.deal_values import deal_values_chart

    return [frontier_chart(answer, words), deal_values_chart(answer, words), deal_cash_chart(answer, words)]


def _offers(answer: Any, words: Catalogue) -> list[Chart | None]:
    from onepill.reports.charts.offers import offers_chart

    return [offers_chart(answer, words)] if answer["frontier"] else []


def _filters() -> dict[str, tuple[str, tuple[str, ...]]]:
    from onepill.workbench.deals.comps_answers import filter_codes

    families = {"territory": "territory_kind"}
    return {field: (families.get(name, name), codes) for field, (name, codes) in filter_codes().items()}


PARTY = ("name", "role", "npv_usd", "own_npv_usd", "without_usd", "gain_usd", "prob_loss", "tail_mean_usd")
CASH = ("months_to_first_cash",)
SIDES = ("key", "npv_usd", "own_npv_usd", "prob_loss", "kept_usd", "outside_usd")
OPEN = ("before", "value", "low", "high", "zone_low", "zone_high")
ROLE_WORDS = {"role": "party_role"}
PARTY_WORDS = {"key": "party"}
NUMBERS = (*(one for one in PARTY if one not in ("name", "role")), *CASH)
PARTIES: dict[str, Any] = {"words": ROLE_WORDS, "explained": "parties.{}.", "explains": NUMBERS}
SHARED: dict[str, Any] = {
    "units": {"value": "share"},
    "words": PARTY_WORDS,
    "explained": "shares.{}",
    "explains": ("value",),
}
FROM = tuple(f"differences.{base}.{side}" for base in ("from_first", "from_none") for side in ("owner", "partner"))
BETTER = tuple(f"{path}.better_prob" for path in FROM)


def _of_each(table: dict[str, Any]) -> dict[str, Any]:
    """The same of every deal that is compared."""
    return {**table, "explained": f"deals.{{up[deal]}}.{table['explained']}"}


DEALS = Engine(
    "deals",
    (
        View(
            "kept",
            "deals list",
            (
                Table(
                    "kept_deals",
                    "deals",
                    ("id", "programme", "title", "structure", "signed_on", "tier", "newest.version", "newest.saved_at"),
                ),
            ),
            template="deals_kept.html.j2",
        ),
        View(
            "comps",
            "deal comps",
            (
                Table(
                    "quantiles",
                    "quantiles{}",
                    ("key", "n", "p10", "p25", "p50", "p50_low", "p50_high", "p75", "p90"),
                    unit_by="key",
                    words={"key": "ecol"},
                ),
                Table(
                    "deals",
                    "deals",
                    (
                        *("announced_on", "licensor", "licensee", "asset", "modality", "area", "stage", "structure"),
                        *("territory_kind", "upfront_usd", "total_usd", "upfront_share"),
                        *("source_grade", "source_title"),
                    ),
                ),
                Table("neighbours", "neighbours", ("deal_id", "distance", "reasons")),
            ),
            first=("stages", "modalities", "areas", "structures", "territories", "since"),
            codes=_filters,
        ),
        View(
            "value",
            "deal value",
            (
                Table("parties", "parties", (*PARTY, *CASH), **PARTIES),
                Table("shares", "shares{}", ("key", "value"), **SHARED),
                Table(
                    "legs",
                    "parties[].flows",
                    ("^.name", "label", "kind", "usd"),
                    words={"kind": "flow_kind"},
                    explained="parties.{up[id]}.flows.{row[kind]}.{row[item]}",
                    explains=("usd",),
                ),
            ),
            first=("deal", "draws"),
            presets=FEW,
            waits=True,
            template="terms.html.j2",
        ),
        View(
            "compare",
            "deal compare",
            (
                Table("all_parties", "deals[].parties", ("^.deal_title", *PARTY, *CASH), **_of_each(PARTIES)),
                Table(
                    "deal_differences",
                    "deals",
                    ("deal_title", *(path for both in zip(FROM, BETTER, strict=True) for path in both)),
                    units=dict.fromkeys(FROM, "usd"),
                    explained="deals.{row[deal]}.",
                    explains=(*FROM, *BETTER),
                ),
                Table("shares", "deals[].shares{}", ("^.deal_title", "key", "value"), **_of_each(SHARED)),
                Table(
                    "frontier",
                    "frontier",
                    ("deal_title", "owner_usd", "partner_usd", "dominated_by"),
                    explained="frontier.{}.",
                    explains=("owner_usd", "partner_usd"),
                ),
            ),
            first=("deals", "draws"),
            presets=FEW,
            draws=_compared,
            series={"frontier": "/frontier", "deal-values": "/deals", "deal-cash": "/deals"},
            waits=True,
            template="terms.html.j2",
        ),
        View(
            "solve",
            "deal solve",
            (
                Table(
                    "met",
                    "",
                    ("feasible", "binding", "shared_usd", "shares"),
                    words={"binding": "binding"},
                    explained="shared_usd",
                    explains=("shared_usd",),
                ),
                Table(
                    "open_terms",
                    "open_terms",
                    ("name", "unit", *OPEN),
                    words={"name": "solved_term"},
                    explained="open_terms.{row[name]}.",
                    explains=OPEN,
                ),
                Table("solved", "parties{}", SIDES, words=PARTY_WORDS, explained="solved.{}.", explains=SIDES[1:]),
                Table(
                    "as_written",
                    "before.parties{}",
                    SIDES,
                    words=PARTY_WORDS,
                    explained="before.{}.",
                    explains=SIDES[1:],
                ),
                Table(
                    "counter_offer",
                    "counter.parties{}",
                    SIDES,
                    words=PARTY_WORDS,
                    explained="counter.{}.",
                    explains=SIDES[1:],
                ),
                Table(
                    "gap",
                    "gap",
                    ("of", "seen_by", "own_usd", "seen_usd", "beliefs_usd", "discount_rate_usd"),
                    words={"of": "party", "seen_by": "party"},
                    explained="gap.{row[of]}.{row[seen_by]}.",
                    explains=("own_usd", "seen_usd", "beliefs_usd", "discount_rate_usd"),
                ),
                Table("offers", "frontier", ("terms", "utility_usd", "efficient")),
            ),
            first=("deal", "unknowns", "licensor_share", "at_least", "most_loss", "counter", "frontier"),
            presets=FEW,
            draws=_offers,
            series={"offers": "/frontier"},
            waits=True,
            template="terms.html.j2",
        ),
        View(
            "return_risk",
            "deal return-risk",
            (
                Table(
                    "return_years",
                    "risk.by_year",
                    ("years", "own_prob", "added_prob", "total_prob"),
                    explained="risk.by_year.{row[years]}.",
                    explains=("own_prob", "added_prob", "total_prob"),
                ),
                Table(
                    "return_worth",
                    "risk.parties{}",
                    ("name", "without_end_usd", "end_change_usd", "second_life_gain_usd"),
                    explained="risk.parties.{}.",
                    explains=("without_end_usd", "end_change_usd", "second_life_gain_usd"),
                ),
                Table(
                    "clauses",
                    "clauses",
                    ("clause", "in_terms", "is_assumption", "why"),
                    words={"clause": "return_clause"},
                ),
            ),
            first=("deal", "cohort", "with_causes"),
            presets=FEW,
            waits=True,
            template="terms.html.j2",
        ),
    ),
)
