"""The linked evidence of a generation on the disk: one file of arrays and names, replaced by rename."""

from __future__ import annotations

import dataclasses
import io
import json
import zipfile
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from onepill import __version__
from onepill.core.errors import InputError
from onepill.landscape import DrugRow
from onepill.landscape.columns import Coded, EvidenceColumns
from onepill.store.files import write_whole
from onepill.workbench.landscape_claims import Claim

if TYPE_CHECKING:
    from onepill.workbench.landscape_world import Inputs

FORM = 2
"""To be raised with every change of what is linked or kept between two versions of onepill."""
FOLDER = "landscape"


def cache_file(root: Path, generation: int) -> Path:
    """Where the evidence of a generation is kept, by this version of onepill."""
    return root / FOLDER / f"{generation:06d}-{__version__}-{FORM}.npz"


def write_inputs(root: Path, generation: int, inputs: Inputs) -> None:
    """Keep the inputs and drop those of other generations; a folder that may only be read keeps none."""
    file = cache_file(root, generation)
    names: dict[str, tuple[str, ...]] = {}
    arrays: dict[str, Any] = {}
    for one in dataclasses.fields(EvidenceColumns):
        column = getattr(inputs.columns, one.name)
        if isinstance(column, Coded):
            names[one.name], column = column.names, column.codes
        arrays[one.name] = column
    plain = {one.name: getattr(inputs, one.name) for one in dataclasses.fields(inputs)}
    plain.pop("columns")
    plain |= {"drugs": [_values(row) for row in inputs.drugs], "claims": [_values(row) for row in inputs.claims]}
    plain |= {"snapshot_day": inputs.snapshot_day.isoformat()}
    text = json.dumps({"names": names, "inputs": plain}, ensure_ascii=False).encode()
    packed = io.BytesIO()
    np.savez(packed, **arrays, document=np.frombuffer(text, dtype=np.uint8))
    with suppress(InputError):
        write_whole(file, packed.getvalue())
        for other in file.parent.glob("*.npz"):
            if other != file:
                other.unlink(missing_ok=True)


def read_inputs(root: Path, generation: int, make: type[Inputs]) -> Inputs | None:
    """What was kept of a generation; None where there is nothing, or nothing that can be read."""
    try:
        with np.load(cache_file(root, generation), allow_pickle=False) as packed:
            arrays = dict(packed)
        document = json.loads(arrays.pop("document").tobytes())
        names, plain = document["names"], document["inputs"]
        columns: dict[str, Any] = {
            name: Coded(of, tuple(names[name])) if name in names else of for name, of in arrays.items()
        }
        plain["conditions"] = {key: (name, tuple(above)) for key, (name, above) in plain["conditions"].items()}
        plain["drugs"] = tuple(_row(DrugRow, values) for values in plain["drugs"])
        plain["claims"] = tuple(_row(Claim, values) for values in plain["claims"])
        plain["snapshot_day"] = date.fromisoformat(plain["snapshot_day"])
        return make(columns=EvidenceColumns(**columns), **plain)
    except (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile):
        return None


Kept = TypeVar("Kept", DrugRow, Claim)


def _values(row: DrugRow | Claim) -> list[Any]:
    values = [getattr(row, one.name) for one in dataclasses.fields(row)]
    return [value.isoformat() if isinstance(value, date) else value for value in values]


def _row(kind: type[Kept], values: list[Any]) -> Kept:
    given = dict(zip([one.name for one in dataclasses.fields(kind)], values, strict=True))
    return kind(**given | {"targets": tuple(given["targets"]), "known_on": date.fromisoformat(given["known_on"])})
