"""Two rankings -> one: the weighted sum of min-max-normalised scores.

Bruch, Gai and Ingber (2023), "An Analysis of Fusion Functions for Hybrid Retrieval", find such convex combinations
better than reciprocal rank fusion, and less in need of tuning.
"""

from collections.abc import Sequence

Ranking = Sequence[tuple[int, float]]


def normalised(ranking: Ranking) -> dict[int, float]:
    """Scale scores to 0..1, the best 1 and the worst 0; where all are equal, all are 1."""
    scores = [score for _, score in ranking]
    if not scores:
        return {}
    low, span = min(scores), max(scores) - min(scores)
    return {number: (score - low) / span if span > 0 else 1.0 for number, score in ranking}


def weighted_sum(dense: Ranking, lexical: Ranking, dense_weight: float) -> list[tuple[int, float]]:
    """Fuse by `w * dense + (1 - w) * lexical` over normalised scores; what an arm did not find has 0 there.

    Returns:
        Number and score 0..1, best first, ties by number.
    """
    by_meaning, by_words = normalised(dense), normalised(lexical)
    fused = {
        number: dense_weight * by_meaning.get(number, 0.0) + (1 - dense_weight) * by_words.get(number, 0.0)
        for number in by_meaning.keys() | by_words.keys()
    }
    return sorted(fused.items(), key=lambda pair: (-pair[1], pair[0]))
