"""Answers about the warehouse as text."""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]
NO_DAY = "the file states no day: its data count from the day of loading; --snapshot YYYY-MM-DD tells it"


def show_sources(answer: list[Row]) -> None:
    from onepill.cli.tables import show_table

    rows = [[row["id"], row["title"]["en"], row["publisher"], row["cadence"], row["address"]] for row in answer]
    show_table(rows, ["source", "what", "publisher", "cadence", "address"])
    print("`onepill registry sources --json` adds licence, formats, fields and warnings.")


def show_load(answer: Row) -> None:
    found = answer["manifest"]
    changes = found["records"]
    shown = f"data of {found['snapshot_day']}" if found["snapshot_day"] else NO_DAY
    if answer["unchanged"]:
        print(f"{found['file']} is loaded already (load {found['generation']} of {answer['source']}); nothing changed")
        print(f"  {shown}")
        return
    print(
        f"{answer['source']}: {answer['rows_read']:,} read, {answer['rows_loaded']:,} loaded, "
        f"{answer['rows_quarantined']:,} refused in {answer['seconds']:.1f} s ({found['format']})"
    )
    print(
        f"  records: {changes['new']:,} new, {changes['changed']:,} changed, {changes['unchanged']:,} unchanged, "
        f"{changes['gone']:,} gone; {changes['total']:,} stand"
    )
    print(f"  {shown}")
    for reason, count in answer["reasons"].items():
        print(f"  refused for {reason}: {count:,}")
    for row in answer["quarantined"][:5]:
        print(f"    row {row['row']} {row['record_id'] or ''}: {row['message']}")
    show_findings(answer["findings"])


def show_sync(answer: Row) -> None:
    found = answer["fetched"]
    resumed = f", going on at page {found['resumed_at']}" if found["resumed_at"] else ""
    print(f"fetched {found['studies']:,} of {found['expected']:,} studies in {found['pages']:,} pages{resumed}")
    show_findings(answer["findings"])
    if answer["load"]:
        show_load(answer["load"])


def show_status(answer: Row) -> None:
    from onepill.cli.tables import show_table

    counted = f", ages counted to {answer['on']}" if answer["on"] else ""
    print(f"{answer['warehouse']}, generation {answer['generation']}{counted}")
    rows = [
        [
            row["source"],
            f"{row['records']:,}",
            f"{row['rows_quarantined']:,}",
            row["snapshot_day"] or "not stated",
            row["loaded_day"],
            "" if row["age_days"] is None else f"{row['age_days']:,}",
            f"{row['bytes'] / 1e6:,.1f}",
        ]
        for row in answer["sources"]
    ]
    show_table(rows, ["source", "records", "refused", "shows the day", "loaded", "age, days", "MB"])
    if answer["absent"]:
        print(f"not loaded: {', '.join(answer['absent'])}")


def show_verified(answer: Row) -> None:
    show_findings(answer["findings"])
    if not answer["segments"]:
        print(f"{answer['warehouse']} holds nothing")
        return
    said = f"{answer['errors']:,} errors" if answer["errors"] else "all as loaded"
    held = f"{answer['segments']:,} segments, {answer['rows']:,} rows, {answer['bytes'] / 1e6:,.1f} MB"
    print(f"{held}, data up to {answer['data_day']}: {said}")


def show_forgotten(answer: Row) -> None:
    print(f"{answer['source']} is forgotten: {answer['records']:,} records in {answer['segments']:,} segments")
    left = answer["bytes"] - answer["bytes_freed"]
    if left:
        print(f"  {left / 1e6:,.1f} MB are still read by another process and go with the next load")


def show_findings(rows: list[Row]) -> None:
    from onepill.cli.errors import finding_text

    for row in rows:
        print(finding_text(row))
