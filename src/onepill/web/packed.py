"""A question with typed terms as one name of an address, so that a link can ask it again."""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Sequence
from urllib.parse import parse_qsl, urlencode

from onepill.core.errors import InputError

PACKED = "packed"
MOST_PACKED = 6_000
"""Letters; servers and proxies refuse an address beyond 8 000 or so."""
MOST_BYTES = 1_000_000
"""A small address may unpack to a large text: no more than this is read."""


def packed(params: Sequence[tuple[str, str]]) -> str:
    """The names and values of a form, compressed; "" where an address cannot hold them."""
    text = base64.urlsafe_b64encode(zlib.compress(urlencode(params).encode(), 9)).decode()
    return text if len(text) <= MOST_PACKED else ""


def unpacked(text: str) -> list[tuple[str, str]]:
    """What `packed` was given.

    Raises:
        InputError: `question.packed`: the text is cut, or none of `packed`.
    """
    try:
        reader = zlib.decompressobj()
        plain = reader.decompress(base64.b64decode(text, altchars=b"-_", validate=True), MOST_BYTES)
        if reader.eof:
            return parse_qsl(plain.decode(), keep_blank_values=True)
    except (binascii.Error, zlib.error, ValueError):
        pass
    hint = "open the page of the deal and follow its link again"
    raise InputError.single("question.packed", "the address is not whole", hint=hint, path=PACKED)
