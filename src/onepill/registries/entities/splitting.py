"""A combination taken apart into the names that it joins."""

from __future__ import annotations

import re

from onepill.registries.entities.text import fold

_JOINS = re.compile(
    r"\s+\+\s*|\s*\+\s+|(?<=[a-z)\]])\+(?=[a-z])|\s*[;&|、；，]\s*|,\s+|\s+/\s*|\s*/\s+|(?<=[^\d\s])/(?=[^\d\s])|"
    r"(?<=[a-z)])/(?=\d*[a-z]{3})|"
    r"\s+(?:and|plus|with|combined with|in combination with|together with|followed by|then|versus|vs\.?|or|und|et)\s+|"
    r"\s*(?:联合|合并|联用|加用|配合|及|和|与|或)\s*"
)
_HEADS = re.compile(r"^(?:and|or|plus|with|combination (?:therapy )?(?:of|using)|combination of|arm \w+:|\d+\.)\s+")
_INNER = re.compile(r"[(\[（][^()\[\]（）]*[)\]）]")


def split_names(text: str) -> tuple[str, ...]:
    """The parts of `A + B`, `A 联合 B`, `A, B and C`, `A/B`; the text itself where nothing is joined.

    Brackets are kept whole with the part they follow; a slash between figures joins doses, not names.
    """
    folded = fold(text)
    hidden: list[str] = []

    def hide(match: re.Match[str]) -> str:
        hidden.append(match.group(0))
        return f"\x00{len(hidden) - 1}\x00"

    parts = _JOINS.split(_INNER.sub(hide, folded))
    shown = (re.sub(r"\x00(\d+)\x00", lambda m: hidden[int(m.group(1))], part) for part in parts)
    kept = tuple(part for part in (_HEADS.sub("", one.strip(" .,:")).strip() for one in shown) if part)
    return kept or (folded,)
