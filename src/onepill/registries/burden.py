"""Disease burden: DALYs by cause, place and year, as Our World in Data lays them out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite

from onepill.registries.delimited import COMMA, first_fields, rows_of
from onepill.registries.layouts import Row, refuse_width
from onepill.registries.opening import Member
from onepill.registries.sink import Kept, Refused, Sink, text_or_none

KEYS = ("Entity", "Code", "Year")
SUFFIX = " (DALYs)"


@dataclass(frozen=True)
class Wide:
    """One column a cause, one row a place and year: told by the causes' suffix."""

    name: str = "dalys_csv"
    rank: int = 0
    needs: str = ""

    def fits(self, head: bytes) -> bool:
        header = first_fields(head, COMMA)
        return tuple(header[:3]) == KEYS and any(name.endswith(SUFFIX) for name in header[3:])

    def parse(self, member: Member, sink: Sink) -> Iterator[None]:
        rows = rows_of(member.stream, COMMA, member.name)
        _, header = next(rows)
        for line, fields in rows:
            if len(fields) != len(header):
                expected = f"the header has {len(header)}"
                refuse_width(sink, fields, line, COMMA, expected=expected, record_id=fields[0])
            else:
                sink.take(dict(zip(header, fields, strict=True)), line, _read, unique=True)
            yield


def _read(row: Row, sink: Sink) -> Kept:
    """A place and year: a row a cause. The numbers are counts, not rates; a blank is null, not zero."""
    entity, code, year = (row[key] for key in KEYS)
    if not entity.strip() or not year.isdigit():
        raise Refused("bad_id", "the row has no place, or no year", f"{entity}-{year}")
    record_id = f"{code or entity}-{year}"
    causes = [name for name in row if name.endswith(SUFFIX)]
    for place, name in enumerate(causes):
        values = {"entity": entity, "entity_code": text_or_none(code), "year": int(year), "measure": "dalys"}
        told = {"cause": name.removesuffix(SUFFIX), "value": _number(row[name]), "unit": "DALYs"}
        sink.put("burden", record_id, place, {**values, **told})
    return Kept(record_id)


def _number(text: str) -> float | None:
    if not text.strip():
        return None
    value = float(text)
    if not isfinite(value) or value < 0:
        raise ValueError(f"{text!r} is no number of DALYs")
    return value


TABLE = Wide()
