"""What is too long for a row, put together from its parts: texts, what is known of documents, passages' words.

In: whose it is and of what kind. Out: the text of it. The one decision: parts are asked for by their keys, which a
server finds soonest, the first of each before more of those whose last was full.
"""

from collections.abc import Sequence

from .engine import PARTS, Engine
from .rows import is_full, part_key

_FURTHER = 256  # asked for at once behind a first part that was full


def read_parts(engine: Engine, keys: Sequence[str]) -> dict[str, str]:
    """Fetch parts by their keys; what is not there is left out."""
    return {str(row["key"]): str(row["data"]) for row in engine.rows_having(PARTS, "key", keys, ["key", "data"])}


def joined(engine: Engine, wanted: Sequence[tuple[int, int]]) -> dict[tuple[int, int], str]:
    """Put together the parts of what is wanted, owner and kind; what has none is left out."""
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


def joined_of(engine: Engine, owner: int, *kinds: int) -> tuple[str, ...]:
    """What one owner has of some kinds, in their order; empty where it has none."""
    found = joined(engine, [(owner, kind) for kind in kinds])
    return tuple(found.get((owner, kind), "") for kind in kinds)
