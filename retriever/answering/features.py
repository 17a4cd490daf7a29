"""Matches of a question's words with candidate sentences -> one row of features a sentence."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from ..learning import Flags, Floats
from .matching import NOTHING, TermMatches, WeightedQuery, first_places, match_terms
from .pooling import SHARPNESS, highest_in
from .sentences import Candidates

# What a neighbouring sentence's match counts beside the sentence's own.
NEIGHBOUR = 0.9
# What a word in the title or heading counts, beside 1 for the same word in the passage.
TITLED = 0.8


@dataclass(frozen=True, slots=True)
class Comparison:
    """What comparing a question with candidates gave.

    Attributes:
        features: float32 (n_sentences, n_features), in the order of `FEATURES`.
        best: float32 (n_question_words, n_sentences), each word's best similarity in the sentence, -1..1.
        soft: float32 (n_question_words, n_sentences), each word's soft alignment with the sentence, -1..1.
        shared: bool (n_question_words, n_sentences), whether the sentence has the word itself.
        titled: bool (n_question_words, n_sentences), whether its document's title or heading has it.
        similarity: float32 (n_question_words, n_words), cosines of all words.
    """

    features: Floats
    best: Floats
    soft: Floats
    shared: Flags
    titled: Flags
    similarity: Floats


def compare(query: WeightedQuery, candidates: Candidates) -> Comparison:
    """Compare a question with every candidate sentence."""
    matches = match_terms(query, candidates)
    columns = [function(matches) for function in FEATURES.values()]
    features = np.stack(columns, axis=1).astype(np.float32)
    return Comparison(features, matches.best, matches.soft, matches.shared, matches.titled, matches.similarity)


def query_coverage(query: WeightedQuery, candidates: Candidates, comparison: Comparison) -> Floats:
    """Measure how much of a question each sentence's passage meets.

    Returns:
        float32 (n_sentences,), -1..1: the question's naming words by their best similarity in the passage, or by the
        title or heading of its document.
    """
    in_passage = highest_in(candidates.passage, comparison.best)
    return np.asarray(query.content @ np.maximum(in_passage, TITLED * comparison.titled))


def _mean_rows(values: Floats, chosen: Flags) -> Floats:
    return values[chosen].mean(axis=0) if chosen.any() else np.zeros(values.shape[1], dtype=np.float32)


def _backward(matches: TermMatches) -> Floats:
    nearest = matches.similarity.max(axis=0)
    weights = np.where(matches.candidates.functional, np.float32(0.2), np.float32(1))
    return matches.by_sentence.total(nearest * weights) / (matches.by_sentence.total(weights) + np.float32(1e-9))


def _novel_near(matches: TermMatches, similarity: Floats) -> Floats:
    return matches.by_sentence.highest(np.where(matches.novel, similarity, np.float32(NOTHING)), NOTHING)


def _focus(matches: TermMatches) -> Floats:
    """How near a new word comes to what asks and the first name behind it: "how many Cubans"."""
    asking = matches.query.asking
    similarity = matches.similarity[asking].mean(axis=0)
    behind = [k for k in range(int(np.argmax(asking)) + 1, len(asking)) if not matches.query.functional[k]][:1]
    return _novel_near(matches, similarity + matches.similarity[behind[0]] if behind else similarity)


def _novel_soft(matches: TermMatches) -> Floats:
    similarity = matches.query.weights @ matches.similarity
    exponentials = np.where(matches.novel, np.exp(SHARPNESS * similarity), np.float32(1e-4))
    return np.asarray(np.log(matches.by_sentence.total(exponentials) + np.float32(1e-4)) / SHARPNESS)


def _bigrams(matches: TermMatches) -> Floats:
    """Share of the question's neighbouring words that are neighbours in the sentence too."""
    codes, functional = first_places(matches.query), matches.query.functional.tolist()
    wanted = [
        (codes[one], codes[one + 1]) for one in range(len(codes) - 1) if not (functional[one] and functional[one + 1])
    ]
    sentence_of = matches.candidates.sentence_of
    within = sentence_of[:-1] == sentence_of[1:]
    share = np.zeros(matches.by_sentence.count, dtype=np.float32)
    for first, second in dict.fromkeys(wanted):
        found = within & (matches.codes[:-1] == first) & (matches.codes[1:] == second)
        share[sentence_of[:-1][found]] += 1  # once a sentence, however often it stands there
    return np.asarray(share / max(1, len(wanted)), dtype=np.float32)


def _in_context(matches: TermMatches) -> Floats:
    around = np.maximum(matches.before(matches.best, NOTHING), matches.after(matches.best, NOTHING))
    return np.asarray(matches.query.weights @ np.maximum(matches.best, NEIGHBOUR * around))


def _names(matches: TermMatches, having: Floats, without: float) -> Floats:
    naming = matches.query.naming
    if not naming.any():
        return np.full(matches.by_sentence.count, without, dtype=np.float32)
    return np.asarray(having[naming].mean(axis=0), dtype=np.float32)


# Those that remain of twice as many, of which each in turn was left out whose absence did most good, or least harm, to
# the likelihood of squad2's answers, leaving one article out; the loss was lowest at these.
FEATURES: Mapping[str, Callable[[TermMatches], Floats]] = {
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
