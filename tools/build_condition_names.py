"""Learn names of conditions from registers: what sponsors write against the MeSH heading that the register assigns.

    python tools/build_condition_names.py ctgov_xml_6786.tar.gz

Reads legacy XML records of ClinicalTrials.gov (US government; name the source and its date) and writes the table
`learned` of src/onepill/registries/entities/data/condition_names.json; the tables beside it are kept. A name is kept
where at least two records hold it as their only condition and at least three in four of those have the same only
heading.
"""

from __future__ import annotations

import json
import re
import sys
import tarfile
from collections import Counter, defaultdict
from pathlib import Path

from lxml import etree

TABLE = Path(__file__).resolve().parents[1] / "src/onepill/registries/entities/data/condition_names.json"
LEAST_RECORDS, LEAST_SHARE = 2, 0.75


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    names = learned(Path(arguments[0]))
    document = json.loads(TABLE.read_text(encoding="utf-8"))
    table = next(table for table in document["tables"] if table["id"] == "learned")
    table["names"] = [[alias, heading] for alias, heading, _ in names]
    TABLE.write_text(rendered(document), encoding="utf-8")
    print(f"{len(names)} names from {sum(count for *_, count in names)} records")
    return 0


def learned(archive: Path) -> list[tuple[str, str, int]]:
    """Name, heading and number of records, by name."""
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    with tarfile.open(archive) as tar:
        for member in tar:
            file = tar.extractfile(member) if member.isfile() else None
            if file is None:
                continue
            record = etree.fromstring(file.read())
            conditions = {text.strip().casefold() for text in record.xpath("condition/text()")}
            headings = {text.strip() for text in record.xpath("condition_browse/mesh_term/text()")}
            if len(conditions) == 1 and len(headings) == 1:
                seen[conditions.pop()][headings.pop()] += 1
    found = []
    for name, counts in sorted(seen.items()):
        heading, most = counts.most_common(1)[0]
        if most >= LEAST_RECORDS and most / counts.total() >= LEAST_SHARE and name != heading.casefold():
            found.append((name, heading, most))
    return found


def rendered(document: dict[str, object]) -> str:
    """JSON with one pair a line."""
    text = json.dumps(document, ensure_ascii=False, indent=1)
    return re.sub(r'\[\s+("(?:[^"\\]|\\.)*"),\s+("(?:[^"\\]|\\.)*")\s+\]', r"[\1, \2]", text) + "\n"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
