"""The world of a generation on the disk: one file of arrays and names, replaced by rename, read in a moment."""

from __future__ import annotations

import dataclasses
import io
import json
import zipfile
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from onepill import __version__
from onepill.core.errors import InputError
from onepill.landscape import World
from onepill.landscape.columns import Coded
from onepill.landscape.world import Annotations, Discontinuations, Events
from onepill.store.files import write_whole
from onepill.workbench.landscape.claims import Claim

if TYPE_CHECKING:
    from onepill.workbench.landscape.world import Inputs

FORM = 3
"""To be raised with every change of what is linked or kept between two versions of onepill."""
FOLDER = "landscape"
_PARTS = {"events": Events, "annotations": Annotations, "discontinuations": Discontinuations}
_VOCABULARIES = ("drugs", "indications", "sponsors", "records")


def cache_file(root: Path, generation: int, mark: str) -> Path:
    """Where the world of a generation is kept, linked by this version of onepill with the corrections of a mark."""
    return root / FOLDER / f"{generation:06d}-{__version__}-{FORM}-{mark}.npz"


def write_world(file: Path, inputs: Inputs, world: World) -> None:
    """Keep the world and drop those of other generations; a folder that may only be read keeps none."""
    arrays: dict[str, Any] = {}
    names: dict[str, Any] = {one: getattr(world, one) for one in _VOCABULARIES}
    for part, kind in _PARTS.items():
        for one in dataclasses.fields(kind):
            value, key = getattr(getattr(world, part), one.name), f"{part}.{one.name}"
            if isinstance(value, Coded):
                names[key], value = value.names, value.codes
            if isinstance(value, tuple):
                names[key] = value
            else:
                arrays[key] = value
    plain = {one.name: getattr(inputs, one.name) for one in dataclasses.fields(inputs)}
    plain |= {"claims": [_values(row) for row in inputs.claims], "snapshot_day": inputs.snapshot_day.isoformat()}
    text = json.dumps({"names": names, "inputs": plain}, ensure_ascii=False, separators=(",", ":")).encode()
    packed = io.BytesIO()
    np.savez(packed, **arrays, document=np.frombuffer(text, dtype=np.uint8))
    with suppress(InputError):
        write_whole(file, packed.getvalue())
        for other in file.parent.glob("*.npz"):
            if other != file:
                other.unlink(missing_ok=True)


def read_world(file: Path, make: type[Inputs]) -> tuple[Inputs, World] | None:
    """What was kept of a generation; None where there is nothing, or nothing that can be read."""
    try:
        with np.load(file, allow_pickle=False) as packed:
            arrays = dict(packed)
        document = _loads(arrays.pop("document").tobytes())
        names, plain = document["names"], document["inputs"]
        plain["conditions"] = {key: (name, tuple(above)) for key, (name, above) in plain["conditions"].items()}
        plain["claims"] = tuple(_claim(values) for values in plain["claims"])
        plain["snapshot_day"] = date.fromisoformat(plain["snapshot_day"])
        inputs = make(**plain)
        held: dict[str, Any] = {part: kind(**_fields(part, kind, arrays, names)) for part, kind in _PARTS.items()}
        held |= {one: tuple(names[one]) for one in _VOCABULARIES}
        return inputs, World(**held, snapshot_day=inputs.snapshot_day)
    except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError, zipfile.BadZipFile):
        return None


def _values(row: Claim) -> list[Any]:
    values = [getattr(row, one.name) for one in dataclasses.fields(row)]
    return [value.isoformat() if isinstance(value, date) else value for value in values]


def _claim(values: list[Any]) -> Claim:
    given = dict(zip([one.name for one in dataclasses.fields(Claim)], values, strict=True))
    return Claim(**given | {"targets": tuple(given["targets"]), "known_on": date.fromisoformat(given["known_on"])})


def _fields(part: str, kind: type, arrays: dict[str, Any], names: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in dataclasses.fields(kind):
        key = f"{part}.{one.name}"
        if key not in arrays:
            found[one.name] = tuple(tuple(value) for value in names[key])
        elif key in names:
            found[one.name] = Coded(arrays[key], tuple(names[key]))
        else:
            found[one.name] = arrays[key]
    return found


def _loads(text: bytes) -> Any:
    """Orjson reads the names of a whole registry in a third of the time."""
    try:
        import orjson
    except ImportError:
        return json.loads(text)
    return orjson.loads(text)
