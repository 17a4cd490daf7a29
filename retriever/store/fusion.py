"""Two rankings -> hits: the weighted sum of min-max-normalised scores.

Bruch, Gai and Ingber (2023), "An Analysis of Fusion Functions for Hybrid Retrieval", find such convex combinations
better than reciprocal rank fusion, and less in need of tuning.
"""

from collections.abc import Sequence

from ..records import Hit, Why
from ..settings import Settings
from ..text.tokens import words
from .base import Library
from .contents import StoredPassage

Ranking = Sequence[tuple[int, float]]  # passage number and score


def fused_hits(
    library: Library,
    wanted: Sequence[str],
    dense: Ranking,
    lexical: Ranking,
    settings: Settings,
    count: int,
) -> tuple[Hit, ...]:
    """Fuse the rankings of two indexes into hits; passages that the library no longer has are left out."""
    places = library.passages.places([number for number, _ in (*dense, *lexical)])

    def ranked(found: Ranking) -> list[tuple[int, float]]:
        return sorted((pair for pair in found if pair[0] in places), key=lambda pair: (-pair[1], places[pair[0]]))

    by_meaning, by_words = ranked(dense), ranked(lexical)
    dense_ranks = {number: rank for rank, (number, _) in enumerate(by_meaning, start=1)}
    lexical_ranks = {number: rank for rank, (number, _) in enumerate(by_words, start=1)}
    fused = ranked(weighted_sum(by_meaning, by_words, settings.dense_weight))[:count]
    stored = library.passages.fetch([number for number, _ in fused])
    naming = frozenset(wanted)
    return tuple(
        Hit(
            number,
            stored[number].passage,
            stored[number].text,
            score,
            Why(dense_ranks.get(number), lexical_ranks.get(number), _matched_words(stored[number], naming)),
        )
        for number, score in fused
        if number in stored
    )


def normalise(ranking: Ranking) -> dict[int, float]:
    """Scale scores to 0..1, the best 1 and the worst 0; where all are equal, all are 1."""
    scores = [score for _, score in ranking]
    if not scores:
        return {}
    low, span = min(scores), max(scores) - min(scores)
    return {number: (score - low) / span if span > 0 else 1.0 for number, score in ranking}


def weighted_sum(dense: Ranking, lexical: Ranking, dense_weight: float) -> list[tuple[int, float]]:
    """Fuse by `w * dense + (1 - w) * lexical` over normalised scores; a passage missing in one ranking has 0 there.

    Returns:
        Number and score 0..1, best first, ties by number.
    """
    by_meaning, by_words = normalise(dense), normalise(lexical)
    fused = {
        number: dense_weight * by_meaning.get(number, 0.0) + (1 - dense_weight) * by_words.get(number, 0.0)
        for number in by_meaning.keys() | by_words.keys()
    }
    return sorted(fused.items(), key=lambda pair: (-pair[1], pair[0]))


def _matched_words(stored: StoredPassage, wanted: frozenset[str]) -> tuple[str, ...]:
    """The words of a passage that match some terms, one word per term, in its first spelling."""
    spelt: dict[str, str] = {}
    for word in words(stored.text, stored.language):
        if word.term in wanted:
            spelt.setdefault(word.term, stored.text[word.start : word.end])
    return tuple(spelt.values())
