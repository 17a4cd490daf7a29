"""Texts that are too long for one row, joined from their parts: documents' texts and details, passages' words.

Parts are fetched by their keys, which is the quickest way. The first part of each text comes first, then more of those
texts whose last part was full.
"""

from collections.abc import Sequence

from .engine import Engine
from .row_format import is_full, part_key
from .schema import PARTS

_FURTHER = 256  # parts fetched at once after a first part that was full


def read_parts(engine: Engine, keys: Sequence[str]) -> dict[str, str]:
    """Fetch parts by their keys; missing ones are left out."""
    return {str(row["key"]): str(row["data"]) for row in engine.rows_having(PARTS, "key", keys, ["key", "data"])}


def read_texts(engine: Engine, wanted: Sequence[tuple[int, int]]) -> dict[tuple[int, int], str]:
    """Join the parts of some texts, each named by owner and kind; a text without parts is left out."""
    found: dict[tuple[int, int], str] = {}
    place, more = 0, list(wanted)
    while more:
        count = 1 if place == 0 else _FURTHER
        places = [(*one, at) for one in more for at in range(place, place + count)]
        parts = read_parts(engine, [part_key(*one) for one in places])
        for owner, kind, at in places:
            if data := parts.get(part_key(owner, kind, at)):
                found[owner, kind] = found.get((owner, kind), "") + data
        place += count
        more = [one for one in more if is_full(one[1], parts.get(part_key(*one, place - 1), ""))]
    return found


def read_texts_of(engine: Engine, owner: int, *kinds: int) -> tuple[str, ...]:
    """The texts of one owner, of some kinds in their order; empty if it has none."""
    found = read_texts(engine, [(owner, kind) for kind in kinds])
    return tuple(found.get((owner, kind), "") for kind in kinds)
