"""What trial records say of the drugs they investigate, and since when those words stand: `X, a PARP inhibitor`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from onepill.landscape.stages import period_end
from onepill.registries.entities.targets import record_claims
from onepill.registries.roles import DRUG_TYPES
from onepill.workbench.landscape.names import Names, rows_of

if TYPE_CHECKING:
    from onepill.registries.entities import TargetClaim
    from onepill.store.warehouse import Reader
    from onepill.workbench.landscape.evidence import Key

_TEXTS = """
    SELECT i.source, i.record_id, i.name, concat_ws(' . ', t.title, t.official_title, t.summary) AS text,
        t.last_update_posted_day, t.last_update_posted_precision, t.version_day, t.version_precision,
        t.first_posted_day, t.first_posted_precision, t.first_submitted_day, t.first_submitted_precision
    FROM intervention i JOIN trial t USING (source, record_id)
    WHERE i.role = 'investigated' AND list_contains(?, i.intervention_type) AND i.name IN (SELECT unnest(?))
        AND regexp_matches(concat_ws(' ', t.title, t.official_title, t.summary),
            '(?i)(inhibitor|antagonist|agonist|blocker|degrader|activator|opener|potentiator|modulator|anti-)')
    ORDER BY i.source, i.record_id, i.ordinal
"""
_DAYS = ("last_update_posted", "version", "first_posted", "first_submitted")
"""The text stands as the record's last update left it; earlier copies may have said something else."""


def stated_by_records(
    reader: Reader, names: Names, has_target: Callable[[str], bool], day_of: dict[Key, date]
) -> dict[str, list[TargetClaim]]:
    """Claims by drug, for drugs of which nothing else tells a target; a text that names two drugs tells of none.

    Args:
        day_of: gets the day from which each record's words are known.
    """
    found: dict[str, list[TargetClaim]] = defaultdict(list)
    told = {text: ids[0] for text, ids in names.drugs_by_text().items() if len(ids) == 1 and not has_target(ids[0])}
    for row in rows_of(reader, _TEXTS, [sorted(DRUG_TYPES), sorted(told)]):
        drug = told[row["name"]]
        known = [period_end(row[f"{one}_day"], row[f"{one}_precision"] or "day") for one in _DAYS if row[f"{one}_day"]]
        if not known:
            continue
        own = (row["name"], names.drug_names[drug])
        claims = record_claims(drug, own, row["text"], source=row["source"], record=row["record_id"])
        if claims:
            found[drug].extend(claims)
            day_of[row["source"], row["record_id"]] = max(known)
    return found
