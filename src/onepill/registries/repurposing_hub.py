"""The Drug Repurposing Hub: drugs with stage, mechanism, targets and indications; comments begin with `!`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from onepill.registries.delimited import QUOTED_TAB, loose, rows_of
from onepill.registries.layouts import Row, refuse_width, release_day
from onepill.registries.opening import Member
from onepill.registries.sink import Kept, Refused, Sink, text_or_none

COLUMNS = ("pert_iname", "clinical_phase", "moa", "target", "disease_area", "indication")
STAGES = {
    "Launched": "APPROVAL",
    "Phase 3": "PHASE_3",
    "Phase 2/Phase 3": "PHASE_2_3",
    "Phase 2": "PHASE_2",
    "Phase 1/Phase 2": "PHASE_1_2",
    "Phase 1": "PHASE_1",
    "Preclinical": "PRECLINICAL",
    "Withdrawn": "WITHDRAWN",
}


@dataclass(frozen=True)
class Hub:
    """The drug table, below its comments."""

    name: str = "repurposing_hub_tsv"
    rank: int = 0
    needs: str = ""

    def fits(self, head: bytes) -> bool:
        return any(line.startswith(b"\t".join(c.encode() for c in COLUMNS)) for line in head.splitlines()[:60])

    def parse(self, member: Member, sink: Sink) -> Iterator[None]:
        header: list[str] = []
        for line, fields in rows_of(member.stream, QUOTED_TAB, member.name):
            if fields[0].startswith("!"):
                if fields[0] == "!File_date":
                    sink.note_snapshot(release_day("".join(fields[1:2]), "mdy", name=member.name, line=line))
            elif not header:
                header = [loose(name) for name in fields]
            elif len(fields) != len(header):
                expected = f"the header has {len(header)}"
                refuse_width(sink, fields, line, QUOTED_TAB, expected=expected, record_id=fields[0])
                yield
            else:
                sink.take(dict(zip(header, fields, strict=True)), line, read_drug, unique=True)
                yield


def read_drug(row: Row, sink: Sink) -> Kept:
    name, raw = row["pertiname"].strip(), text_or_none(row["clinicalphase"])
    if not name:
        raise Refused("bad_id", "the row has no name")
    values = {
        "drug_name": name,
        "stage": STAGES.get(raw or "", "UNKNOWN"),
        "stage_raw": raw,
        "disease_area": text_or_none(row["diseasearea"]),
        "indications": _parts(row["indication"]),
    }
    sink.put("drug", name, 0, values)
    for place, target in enumerate(_parts(row["target"])):
        sink.put("target", name, place, {"drug_name": name, "target": target})
    for place, mechanism in enumerate(_parts(row["moa"])):
        sink.put("mechanism", name, place, {"drug_name": name, "mechanism": mechanism})
    return Kept(name, raw)


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split("|") if part.strip()]


TABLE = Hub()
