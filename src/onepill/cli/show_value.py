"""Forecast and value as text: the programme, then each market's funnel and years."""

from __future__ import annotations

from typing import Any

from onepill.cli.show_payers import show_payer_paths
from onepill.cli.show_registry import show_findings
from onepill.cli.tables import show_table

Row = dict[str, Any]


def show_value(answer: Row) -> None:
    """RNPV with its check, the parts by market, each market in full, scenarios on the same futures."""
    capital = answer["capital"]
    print(f"{answer['title']['en']}, as of {answer['as_of']}, {answer['draws']:,} futures, seed {answer['seed']}")
    print(f"{capital['discount_rate_per_year']:.1%} a year, {capital['convention']}, {capital['horizon_years']} years")
    _programme(answer)
    for market in answer["markets"]:
        _market(market)
        show_payer_paths([row for row in answer["payer_paths"] if row["id"] == market["id"]])
    _scenarios(answer)
    told = [row for row in answer["findings"] if row["severity"] != "note" or row["code"].startswith(OF_MARKETS)]
    show_findings(told)
    if len(told) < len(answer["findings"]):
        print(f"{len(answer['findings']) - len(told)} further notes: onepill check FILE")


OF_MARKETS = ("market.", "patients.", "competition.", "currency.", "table.")
"""Notes that are told here; the others are those of `check`."""


def _programme(answer: Row) -> None:
    found, check = answer["rnpv_usd"], answer["rnpv_expected_usd"]
    print(f"\nrNPV {_musd(found['mean'])} ± {_musd(found['standard_error'])} MUSD (simulation error)")
    spread = ", ".join(f"{key} {_musd(found[key])}" for key in ("p5", "p50", "p95"))
    print(f"  {spread} MUSD; chance of a loss {found['prob_loss']:.1%}")
    print(f"  check by weighting: {_musd(check['mean'])} ± {_musd(check['standard_error'])} MUSD")
    share, rivals = answer["assumption_variance_share"], answer["rivals_difference_usd"]
    print(f"  {share['mean']:.0%} of its variance rests on assumptions (± {share['standard_error']:.0%})")
    if rivals:
        print(f"  if no rival comes {_estimate(rivals['none'])}, if all come {_estimate(rivals['all'])} MUSD more")
    print()
    rows = [
        [
            row["market"],
            _estimate(row["rnpv_usd"]),
            "" if row["peak_sales_usd"] is None else _musd(row["peak_sales_usd"]),
        ]
        for row in answer["by_market"]
    ]
    show_table(rows, ["market", "rNPV, MUSD", "peak sales a year, MUSD"])


def _market(market: Row) -> None:
    launch, loss = market["launch"], market["loss_of_exclusivity"]
    print(f"\n{market['market']}: {_launched(launch)}; {market['months_to_peak']:g} months to the peak")
    ends = f"exclusivity lost {loss['p50']} (median)" if loss["p50"] else "exclusivity is never lost in the model"
    peak = market["peak_year"]
    best = f"; highest year given a launch: {peak['year']}, {_musd(peak['net_sales_usd'])} MUSD" if peak else ""
    print(f"  {ends}{best}")
    prefix = f"markets.{market['id'].partition('.')[0]}."
    rows = [_step(row, prefix) for row in market["funnel"]]
    show_table(rows, ["step, at its mean", "value", "leaves", f"from {prefix}"])
    _pool(market["pool"])
    _competition(market["competition"])
    print("  Means over all futures; money in MUSD, price in USD a month; ± is simulation error:")
    years = market["years"]
    shown = _chosen([row["expected"]["net_sales_usd"]["mean"] for row in years])
    show_table([*(_year(years[i]) for i in shown), _total(years)], YEAR_HEAD)
    launched = [row for row in years if row["given_launch"]]
    if launched and market["launch"]["status"] != "actual":
        print("  Means over the futures with a launch:")
        also = _chosen([row["given_launch"]["net_sales_usd"]["mean"] for row in launched])
        show_table([_launched_year(launched[i]) for i in also], LAUNCHED_HEAD)
    if len(shown) < len(years):
        print(f"  {len(shown)} of {len(years)} years, the highest among them; every year: --csv FILE, --json")


def _launched(launch: Row) -> str:
    if launch["status"] == "actual":
        return f"launched {launch['p50']}"
    days = f", median {launch['p50']} ({launch['p10']} to {launch['p90']})" if launch["p50"] else ""
    return f"launch in {launch['prob']:.1%} of futures{days}"


def _step(row: Row, prefix: str) -> list[str]:
    path = row["path"].removeprefix(prefix)
    return [row["label"]["en"], _shown(row["value"], row["unit"]), f"{row['running']:,.0f} {row['running_unit']}", path]


def _shown(value: float, unit: str) -> str:
    if unit == "share":
        return f"{value:.1%}"
    forms = {"per_100_000": "{:,.3g} in 100,000", "USD": "{:,.0f} USD", "months": "{:,.2f} months"}
    return forms.get(unit, "{:,.0f}").format(value)


def _pool(pool: Row | None) -> None:
    if pool is not None:
        ratio = f" ({pool['ratio_years']:.1f} years of new patients)" if pool["ratio_years"] is not None else ""
        years = f"evenly over {pool['treated_over_years']:g} years from launch"
        print(f"  and a pool{ratio}: {pool['patients_on_drug']:,.0f} patients on the drug, {years}")


def _competition(entry: Row | None) -> None:
    if entry is None:
        return
    line = f"  number {entry['order']} of {entry['others'] + 1} in the class: {entry['order_share']:.1%} of it"
    rivals = f"; {entry['expected_rivals']:.2g} of {entry['rivals']} rivals expected" if entry["rivals"] else ""
    print(f"{line} (exponent {entry['entry_exponent']:g}){rivals}")
    if entry["steps"]:
        last = entry["steps"][-1]
        print(f"  launched before them all it keeps {last['share_kept']:.1%} of that share from {last['from']} on")


YEAR_HEAD = ["year", "sold", "patients", "price", "gross", "net", "±", "costs, tax", "cash", "present"]
LAUNCHED_HEAD = ["year", "sold", "patients", "gross", "net", "goods", "selling", "tax", "launch", "cash", "±"]
"""`sold` is the chance to be on the market."""
YEARS_SHOWN = 8
COSTS = ("cost_of_goods_usd", "selling_usd", "tax_usd", "launch_cost_usd")


def _chosen(sales: list[float]) -> list[int]:
    """The places of the years that are printed, a screenful: the first, the highest, the last and some between."""
    last = len(sales) - 1
    if last < YEARS_SHOWN:
        return list(range(len(sales)))
    highest, step = max(range(len(sales)), key=sales.__getitem__), last / (YEARS_SHOWN - 2)
    return sorted({*(round(step * i) for i in range(YEARS_SHOWN - 1)), highest})


def _total(years: list[Row]) -> list[str]:
    """What all years come to, also those that are not printed."""
    keys = ("gross_sales_usd", "net_sales_usd")
    gross, net = (sum(row["expected"][key]["mean"] for row in years) for key in keys)
    costs = sum(row["expected"][key]["mean"] for row in years for key in COSTS)
    cash, present = (sum(row["expected"][key]["mean"] for row in years) for key in ("cash_usd", "discounted_usd"))
    return [
        "all",
        "",
        "",
        "",
        *(_short(usd) for usd in (gross, net)),
        "",
        *(_short(usd) for usd in (costs, cash, present)),
    ]


def _year(row: Row) -> list[str]:
    every, price = row["expected"], row["net_price_per_month_usd"]
    return [
        *_head(row["year"], every),
        "" if price is None else f"{price:,.0f}",
        _short(every["gross_sales_usd"]["mean"]),
        _short(every["net_sales_usd"]["mean"]),
        _short(every["net_sales_usd"]["standard_error"]),
        _short(sum(every[key]["mean"] for key in COSTS)),
        _short(every["cash_usd"]["mean"]),
        _short(every["discounted_usd"]["mean"]),
    ]


def _launched_year(row: Row) -> list[str]:
    found = row["given_launch"]
    keys = ("gross_sales_usd", "net_sales_usd", *COSTS, "cash_usd")
    sums = [_short(found[key]["mean"]) for key in keys]
    return [*_head(row["year"], found), *sums, _short(found["cash_usd"]["standard_error"])]


def _head(year: int, found: Row) -> list[str]:
    return [str(year), f"{found['on_market_share']['mean']:.1%}", f"{found['patients_treated']['mean']:,.0f}"]


def _scenarios(answer: Row) -> None:
    if not answer["scenarios"]:
        return
    print("\nScenarios on the same futures")
    base = answer["rnpv_usd"]
    rows = [["base", _estimate(base), "", _musd(base["p5"]), _musd(base["p95"]), f"{base['prob_loss']:.1%}"]]
    for row in answer["scenarios"]:
        found = row["rnpv_usd"]
        ends = [_musd(found["p5"]), _musd(found["p95"]), f"{found['prob_loss']:.1%}"]
        rows.append([row["name"], _estimate(found), _estimate(row["rnpv_difference_usd"]), *ends])
    show_table(rows, ["scenario", "rNPV, MUSD", "difference, MUSD", "p5", "p95", "chance of a loss"])


def _estimate(found: Row) -> str:
    return f"{_musd(found['mean'])} ± {_musd(found['standard_error'])}"


def _short(amount: float) -> str:
    """An amount of a year: from 1,000 MUSD on without decimals, so that its columns have room in 80 characters."""
    return f"{amount / 1e6:,.0f}" if abs(amount) >= 1e9 else _musd(amount)


def _musd(amount: float) -> str:
    return f"{amount / 1e6 + 0.0:,.2f}".replace("-0.00", "0.00")
