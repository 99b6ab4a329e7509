"""A filing plan as text in a terminal: routes, core dossiers, gates, risks and the log of questions."""

from __future__ import annotations

from typing import Any

from onepill.cli.tables import show_table

Row = dict[str, Any]

UNKNOWN = {"time_unknown": "time unknown"}
SEQUENCE_UNITS = {"value": "US dollars", "cost": "US dollars", "earliest": "months", "patients": "patients"}
NO_ROUTE = {"none": "no open route", "left_out": "left out"}


def show_path(answer: Row) -> None:
    rows = []
    for market in [*answer["order"], *(m for m in answer["plan"] if m not in answer["order"])]:
        row = answer["plan"][market]
        filed, approved = row["filing"] or {}, row["approval"] or {}
        waits = ", ".join(row["relies_on"] or row["waits_for"])
        span = f"{approved['p10']} to {approved['p90']}" if approved.get("p10") else ""
        rows.append(
            [
                market,
                row["route"] or NO_ROUTE.get(row["status"], ""),
                filed.get("p50") or "",
                approved.get("p50") or UNKNOWN.get(row["status"], ""),
                span,
                waits,
            ]
        )
    show_table(rows, ["market", "route", "filing", "approval", "p10 to p90", "waits for"])
    if answer["sequence"]:
        _sequence(answer["sequence"])
    for market, routes in answer["alternatives"].items():
        for route in (r for r in routes if r["days_saved"] and r["days_saved"] > 0):
            missing = ", ".join(term["en"] for term in route["failing"])
            needs = f"it needs: {missing}" if missing else f"it is open, and not the best by {answer['optimise']}"
            print(f"  {market}: {route['route']} would save {route['days_saved']:.0f} days; {needs}")
    _dossiers(answer["dossiers"])
    _gates(answer["gates"])
    _risks(answer["risks"])
    _log(answer["log"])
    for row in answer["findings"]:
        if row["severity"] == "warning" and not row["code"].startswith("risk."):
            print(f"  {row['path']}: {row['message']}")


def _dossiers(rows: list[Row]) -> None:
    for row in rows:
        cut = f" on the data cut of {row['data_cut']}" if row["data_cut"] else ""
        modules = ", ".join(f"{m} +{f['regional_days']:.0f} days" for m, f in row["filings"].items())
        print(f"  core dossier {row['id']}{cut}, ready {row['ready']['p50'] or 'never'}; regional parts: {modules}")


def _gates(rows: list[Row]) -> None:
    for row, others in _grouped([row for row in rows if row["state"] != "not_needed" or row["reason"]], "procedure"):
        begins, ends = ((row[key] or {}).get("p50") for key in ("begins", "ends"))
        span = {
            "planned": f"{begins} to {ends}" + (f", binds {row['binds']:.0%}" if row["binds"] else ""),
            "time_unknown": f"from {begins}, time unknown",
            "done": f"done {row['done']}",
            "met": f"met by {row['met_by']}",
            "not_needed": f"not needed: {(row['reason'] or {}).get('en')}",
        }.get(row["state"], row["state"])
        print(
            f"  gate {row['market']}: {row['name']['en']}, before {row['stage'] or 'the ' + row['before']}: {span}"
            + (f"; also {others}" if others else "")
        )


def _grouped(rows: list[Row], key: str) -> list[tuple[Row, str]]:
    """The first row of each key, with the further markets that have one."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row[key], []).append(row)
    return [(found[0], ", ".join(row["market"] for row in found[1:])) for found in groups.values()]


def _risks(rows: list[Row]) -> None:
    for row, others in _grouped(rows, "rule"):
        since = f"announced {row['announced'] or 'unknown'}, from {row['from'] or 'unknown'}"
        where = f"{row['place']} {row['day']}: {row['position'].replace('_', ' ')}" if row["day"] else "no day"
        print(
            f"  risk {row['market']}: {row['message']['en']} ({since}; {where})"
            + (f"; also {others}" if others else "")
        )


def _log(log: Row) -> None:
    for row in log["questions"]:
        answer = f"answered {row['answered']}" if row["answered"] else "no answer on file"
        print(f"  question {row['id']} to {row['agency']} of {row['asked']}: {answer}")
        for item in row["commitments"]:
            due = item["done"] or item["due"] or item["due_planned"] or "no day"
            touches = f", touches {item['touches']}" if item["touches"] else ""
            print(f"    commitment {item['state']} ({due}{touches}): {item['text']['en']}")


def _sequence(answer: Row) -> None:
    proof = "proven best" if answer["optimal"] else f"not proven; no plan is better than {answer['bound']:,}"
    unit = SEQUENCE_UNITS[answer["objective"]]
    print(f"  sequence for {answer['objective']}: {answer['objective_value']:,} {unit} ({proof})")
    print(f"  order: {', '.join(answer['order'])}")
    for name in answer["binding"]:
        print(f"  binds: {name}; without it better by {answer['gain_without'][name]:,} {unit}")
    if answer["one_more"]:
        _one_more(answer["one_more"], unit)


def _one_more(more: Row, unit: str) -> None:
    gains = {f"{more['budget_unit_usd']:,} US dollars in budget year {y}": gain for y, gain in more["budget"].items()}
    gains["filing at once"] = more["team"] or 0
    for name, gain in gains.items():
        if gain:
            print(f"  one more: {name}; better by {gain:,} {unit}")
    if more["unproven"]:
        print(f"  not proven in time, and so at least what is stated: {', '.join(more['unproven'])}")
