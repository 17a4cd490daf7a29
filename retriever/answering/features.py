"""Matches of a question's words with candidate sentences -> one row of features a sentence."""

from collections.abc import Callable, Mapping

import numpy as np

from ..learning import Flags, Floats
from .matching import NOTHING, Comparison, first_places
from .pooling import SHARPNESS

# What a neighbouring sentence's match counts next to the sentence's own.
NEIGHBOUR = 0.9


def features_of(comparison: Comparison) -> Floats:
    """The features of every sentence: float32 (n_sentences, n_features), in the order of `FEATURES`."""
    columns = [function(comparison) for function in FEATURES.values()]
    return np.stack(columns, axis=1).astype(np.float32)


def _mean_rows(values: Floats, chosen: Flags) -> Floats:
    return values[chosen].mean(axis=0) if chosen.any() else np.zeros(values.shape[1], dtype=np.float32)


def _backward(compared: Comparison) -> Floats:
    nearest = compared.similarity.max(axis=0)
    weights = np.where(compared.candidates.functional, np.float32(0.2), np.float32(1))
    return compared.by_sentence.total(nearest * weights) / (compared.by_sentence.total(weights) + np.float32(1e-9))


def _novel_near(compared: Comparison, similarity: Floats) -> Floats:
    return compared.by_sentence.highest(np.where(compared.novel, similarity, np.float32(NOTHING)), NOTHING)


def _focus(compared: Comparison) -> Floats:
    """How near a new word comes to what asks and the first name after it: "how many Cubans"."""
    asking = compared.query.asking
    similarity = compared.similarity[asking].mean(axis=0)
    behind = [k for k in range(int(np.argmax(asking)) + 1, len(asking)) if not compared.query.functional[k]][:1]
    return _novel_near(compared, similarity + compared.similarity[behind[0]] if behind else similarity)


def _novel_soft(compared: Comparison) -> Floats:
    similarity = compared.query.weights @ compared.similarity
    exponentials = np.where(compared.novel, np.exp(SHARPNESS * similarity), np.float32(1e-4))
    return np.asarray(np.log(compared.by_sentence.total(exponentials) + np.float32(1e-4)) / SHARPNESS)


def _bigrams(compared: Comparison) -> Floats:
    """Share of the question's neighbouring words that are neighbours in the sentence too."""
    codes, functional = first_places(compared.query), compared.query.functional.tolist()
    wanted = [
        (codes[one], codes[one + 1]) for one in range(len(codes) - 1) if not (functional[one] and functional[one + 1])
    ]
    sentence_of = compared.candidates.sentence_of
    within = sentence_of[:-1] == sentence_of[1:]
    share = np.zeros(compared.by_sentence.count, dtype=np.float32)
    for first, second in dict.fromkeys(wanted):
        found = within & (compared.codes[:-1] == first) & (compared.codes[1:] == second)
        share[sentence_of[:-1][found]] += 1  # once a sentence, however often it stands there
    return np.asarray(share / max(1, len(wanted)), dtype=np.float32)


def _in_context(compared: Comparison) -> Floats:
    around = np.maximum(compared.before(compared.best, NOTHING), compared.after(compared.best, NOTHING))
    return np.asarray(compared.query.weights @ np.maximum(compared.best, NEIGHBOUR * around))


def _names(compared: Comparison, having: Floats, without: float) -> Floats:
    naming = compared.query.naming
    if not naming.any():
        return np.full(compared.by_sentence.count, without, dtype=np.float32)
    return np.asarray(having[naming].mean(axis=0), dtype=np.float32)


# Chosen from twice as many: again and again, the feature that helped least was left out. The likelihood of squad2's
# answers, with one article held out, was highest with these.
FEATURES: Mapping[str, Callable[[Comparison], Floats]] = {
    # Words compared by vector.
    "content_soft": lambda s: s.query.content @ s.soft,
    "function_soft": lambda s: _mean_rows(s.soft, s.query.functional & ~s.query.asking),
    "asking_soft": lambda s: _mean_rows(s.soft, s.query.asking),
    "in_context": _in_context,
    "passage_best": lambda s: s.query.weights @ s.best_in_passage,
    "backward": _backward,
    # What the sentence adds to the question.
    "novel_focus": _focus,
    "novel_soft": _novel_soft,
    # Words compared as words.
    "shared_before": lambda s: s.query.content @ np.maximum(s.has, s.before(s.has, 0)),
    "shared_title": lambda s: s.query.content @ (s.shared | s.titled),
    "bigrams": _bigrams,
    "names": lambda s: _names(s, s.has, 0.0),
    "names_passage": lambda s: _names(s, np.maximum(s.over_passage(s.has), s.titled), 1.0),
}
