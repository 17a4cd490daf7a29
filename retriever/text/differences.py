"""Two texts -> the sentences in which they differ, for people."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from .sentences import split_sentences


@dataclass(frozen=True, slots=True)
class SentenceChange:
    """Neighbouring sentences that differ.

    Attributes:
        before: the sentences of the first text; empty if they are new.
        after: those of the second; empty if they are gone.
        start: where `before` begins in the first text.
        new_start: where `after` begins in the second.
    """

    before: tuple[str, ...]
    after: tuple[str, ...]
    start: int
    new_start: int


def sentence_changes(before: str, after: str) -> Iterator[SentenceChange]:
    """Find where two texts differ, in the order of the texts. White space does not count."""
    old, new = split_sentences(before), split_sentences(after)
    olds, news = (
        [" ".join(text[start:end].split()) for start, end in spans] for text, spans in ((before, old), (after, new))
    )
    same = _same_start(olds, news)
    ends = _same_start(olds[same:][::-1], news[same:][::-1])
    middle = olds[same : len(olds) - ends], news[same : len(news) - ends]
    for kind, first, last, new_first, new_last in SequenceMatcher(None, *middle).get_opcodes():
        if kind != "equal":
            yield SentenceChange(
                tuple(middle[0][first:last]),
                tuple(middle[1][new_first:new_last]),
                old[same + first][0] if same + first < len(old) else len(before),
                new[same + new_first][0] if same + new_first < len(new) else len(after),
            )


def _same_start(one: list[str], other: list[str]) -> int:
    """How many items two lists have in common at their start."""
    pairs = zip(one, other, strict=False)
    return next((place for place, (mine, yours) in enumerate(pairs) if mine != yours), min(len(one), len(other)))
