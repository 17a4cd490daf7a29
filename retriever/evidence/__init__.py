"""Hits -> ranked quotes: which words of the documents answer, and how surely.

    gather      a question and its passages -> sentences, compared with it
    features    the comparison: a row of numbers a sentence
    ranking     rows -> probabilities, by a trained linear list-wise model
    units       sentences -> the lists, steps and tables that are told together
    quotes      probabilities -> one to three adjacent sentences, or such a list
    confidence  the whole list -> the calibrated probability that a quote answers
    wanting     a question for a number or a time -> whether a quote has any
    highlight   a quote -> the part that answers

The weights are in `model.json`, which `python -m training` makes.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from ..encoder import Vectors
from ..nations import asked_of, speaks_of_others
from ..records import Hit
from ..word_vectors import SAME_COSINE, unit_rows
from .confidence import SIGNALS, Calibrator, Found, Regression, signals_of
from .features import FEATURES, Candidate, Candidates, Flags, Floats
from .gather import Gathered
from .highlight import MARKS, highlighted, stretches_of
from .quotes import windows
from .ranking import Ranker, kept
from .units import runs_of
from .wanting import lacks_what_is_asked, may_have_what_is_asked

__all__ = ["Evidence", "Model", "Weighed", "weigh"]

# Quotes that are compared with each other, however many are asked for, so that this does not sway the verdict.
COMPARED = 5
# What the probability of a sentence counts in a follow-up whose reader has seen it: it is seldom asked for twice.
SEEN_AGAIN = np.float32(0.7)
# What it counts where something else is asked for: nothing, unless all was seen.
SEEN_BEFORE_ELSE = np.float32(0.001)
# The surest that a quote may be that the reader has seen whole, where it does not say all that is asked now: never
# clear. "What else did he say?" would else be answered by what he was just quoted with.
SEEN_CONFIDENCE = 0.3
_MET = 0.5  # cosine of a word of the question and the quote's nearest
_ELSE = re.compile(r"(?i)\belse\b|\b(?:what|which|any|who) other\b")
# What a sentence of another time than the one asked for counts beside one of that time. The QA set's 24 questions with
# a time in them are answered alike at 0.3 and at 0.1; only at 0.1 is "in 2025" answered by the article of 2025.
UNTIMELY = 0.1
# The surest that a quote may be of which no sentence speaks of the time asked for: never clear. In the QA set that is
# the first quote of one question, which the articles don't answer.
UNTIMELY_CONFIDENCE = 0.3
# The surest that a quote may be that has no number where one is asked for, or no time, and that any may be where the
# question names nothing ("Who?"): never clear. Where none of the first few has what is asked for, that is also the
# surest that the documents answer at all: it is refused, as nothing right was among squad2's questions.
WANTING_CONFIDENCE = 0.3
_LOOKED_THROUGH = 3
# The surest that a quote may be, and that the documents answer at all where it is the first, that speaks of another
# nation than the question does ("How many Mexicans were apprehended?", of Cubans): it is refused. Of squad2's 2,701
# answers 27 do, one of which is right.
FOREIGN = 0.3
# Cosine of two words, read in their sentences, from which one says what the other does.
NEAR_COSINE = 0.76
FILE = Path(__file__).with_name("model.json")


@dataclass(frozen=True, slots=True)
class Evidence:
    """A quote that may answer.

    Attributes:
        hit: the passage that its likeliest sentence stands in.
        start: first character in the document's text.
        end: one past the last.
        highlight: start and end in the document's text of the part that answers, or None when unsure.
        confidence: probability, 0..1, that it answers the question.
        vector: float32 (n_axes,), unit length: the mean of its naming words, to compare quotes with each other.
        near: terms of the question that it says, be it in other words.
    """

    hit: Hit
    start: int
    end: int
    highlight: tuple[int, int] | None
    confidence: float
    vector: Vectors
    near: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Weighed:
    """What the candidates come to.

    Attributes:
        evidence: quotes, best first; no two share a sentence, and none is surer than the one before it.
        present: probability, 0..1, that the documents answer at all.
    """

    evidence: tuple[Evidence, ...] = ()
    present: float = 0.0


@dataclass(frozen=True, slots=True)
class Model:
    """The trained weights of ranking, confidence and highlight."""

    ranker: Ranker
    calibrator: Calibrator
    marker: Floats

    @classmethod
    @cache
    def shipped(cls) -> "Model":
        """Read the weights that ship with Ibid."""
        fields = json.loads(FILE.read_text(encoding="utf-8"))
        if (fields["features"], fields["signals"], fields["marks"]) != (list(FEATURES), list(SIGNALS), list(MARKS)):
            raise ValueError(f"{FILE.name} was trained on other features; make it anew with: python -m training")
        calibrator = Calibrator(*(Regression.of(fields[part]) for part in ("present", "right")))
        ranker, marker = (np.array(fields[name], dtype=np.float32) for name in ("ranker", "marker"))
        return cls(Ranker(ranker), calibrator, marker)


def weigh(
    question: str,
    gathered: Gathered,
    model: Model,
    count: int,
    marked_from: float = 0.0,
    timely: Callable[[Candidate], bool] | None = None,
) -> Weighed:
    """Choose quotes and judge them.

    Args:
        question: the question, standing alone.
        gathered: the candidates.
        model: the trained weights.
        count: how many quotes at the most.
        marked_from: confidence from which a quote's answering part is looked for.
        timely: for a question of some time, whether a sentence speaks of that; the others count for less, and a quote
            without any is never sure.
    """
    evidence: list[Evidence] = []
    nations = asked_of(question)
    calibrator, present = model.calibrator, 0.0
    seen_counts = SEEN_BEFORE_ELSE if _ELSE.search(question) else SEEN_AGAIN
    chosen = choose(gathered, model.ranker, max(count, _LOOKED_THROUGH), timely, seen_counts)
    nothing_named = bool(gathered.asked.functional.all())  # "Who?"
    may_have = any(may_have_what_is_asked(question, found.text) for found in chosen[:_LOOKED_THROUGH])
    for found in chosen[:count]:
        signals = signals_of(found)
        highest = FOREIGN if nations and speaks_of_others(nations, found.text, found.surroundings) else 1.0
        wanting = WANTING_CONFIDENCE if nothing_named or lacks_what_is_asked(question, found.text) else 1.0
        if not evidence:  # whether the documents answer is said by the quote that is likeliest to
            lost = 1.0 if may_have else WANTING_CONFIDENCE
            present = min(calibrator.present.probability(signals), highest, lost)
        before = evidence[-1].confidence if evidence else 1.0
        again = _seen_ceiling(gathered, found)
        ceiling = min(before, highest, wanting, again, _timely_ceiling(found, timely))
        confidence = min(present * calibrator.right.probability(signals), ceiling)
        marker = model.marker if confidence >= marked_from else None
        evidence.append(_evidence(question, found, confidence, marker))
    return Weighed(tuple(evidence), present)


def _timely_ceiling(found: Found, timely: Callable[[Candidate], bool] | None) -> float:
    """The most, 0..1, that a quote's confidence may be, by the time that it speaks of."""
    return 1.0 if timely is None or any(map(timely, found.candidates.sentences[found.span])) else UNTIMELY_CONFIDENCE


def _seen_ceiling(gathered: Gathered, found: Found) -> float:
    """The most, 0..1, that a quote's confidence may be, by what its reader has seen."""
    if gathered.seen is None or not gathered.seen[found.span].all():
        return 1.0
    met = found.comparison.best[~gathered.asked.functional][:, found.span].max(axis=1)
    return 1.0 if bool((met >= _MET).all()) else SEEN_CONFIDENCE


def choose(
    gathered: Gathered,
    ranker: Ranker,
    count: int,
    timely: Callable[[Candidate], bool] | None = None,
    seen_counts: np.float32 = SEEN_AGAIN,
) -> Sequence[Found]:
    """Rank the candidates and choose quotes, best first.

    What several sources tell alike is one answer: a quote is judged with the probability of its retellings.
    """
    candidates = gathered.candidates
    probabilities = ranked(gathered, ranker, seen_counts)
    # What is preferred comes first; how likely it answers is judged as ever.
    preferred = _preferring(probabilities, candidates, timely) if timely else probabilities
    runs = runs_of(candidates.sentences, candidates.follows)
    chosen = windows(preferred, candidates.follows, candidates.word_counts, max(count, COMPARED), runs)
    meanings = np.stack([_meaning(candidates, window) for window in chosen])
    alike = meanings @ meanings.T >= SAME_COSINE
    return [
        Found(
            gathered.asked,
            candidates,
            gathered.comparison,
            _with_retellings(probabilities, chosen, position, alike[position]),
            window,
            max(gathered.cosines.values()),
            gathered.cosine_gap,
        )
        for position, window in enumerate(chosen[:count])
    ]


def _preferring(probabilities: Floats, candidates: Candidates, timely: Callable[[Candidate], bool]) -> Floats:
    """Probabilities, sum 1, in which a sentence of another time than the one that is asked for counts for less."""
    weights = [
        1.0 if probability == 0 or timely(one) else UNTIMELY
        for one, probability in zip(candidates.sentences, probabilities, strict=True)
    ]
    preferred = probabilities * np.array(weights, dtype=np.float32)
    return np.asarray(preferred / preferred.sum(), dtype=np.float32)


def _with_retellings(probabilities: Floats, chosen: Sequence[tuple[int, int]], position: int, alike: Flags) -> Floats:
    """Move the probability of a quote's retellings to its likeliest sentence."""
    first, last = chosen[position]
    moved = probabilities.copy()
    top = first + int(np.argmax(probabilities[first : last + 1]))
    for other, (start, end) in enumerate(chosen):
        if alike[other] and other != position:
            moved[top] += moved[start : end + 1].sum()
            moved[start : end + 1] = 0
    return moved


def _meaning(candidates: Candidates, window: tuple[int, int]) -> Vectors:
    """The meaning of a quote: float32 (n_axes,), unit length."""
    total = candidates.meanings[window[0] : window[1] + 1].sum(axis=0, keepdims=True)
    return np.asarray(unit_rows(total)[0], dtype=np.float32)


def ranked(gathered: Gathered, ranker: Ranker, seen_counts: np.float32 = SEEN_AGAIN) -> Floats:
    """Probabilities of all candidates, float32 (n_sentences,), sum 1; 0 for those not worth ranking."""
    chosen = kept(gathered.rough)
    probabilities = np.zeros(len(gathered.candidates.sentences), dtype=np.float32)
    probabilities[chosen] = ranker.probabilities(gathered.comparison.features[chosen])
    if gathered.seen is not None:
        probabilities *= np.where(gathered.seen, seen_counts, np.float32(1))
        probabilities /= probabilities.sum()
    return probabilities


def _evidence(question: str, found: Found, confidence: float, marker: Floats | None) -> Evidence:
    """A quote; without a marker, nothing in it is marked."""
    sentences = found.candidates.sentences
    first, last = found.window
    mark = None
    if marker is not None:
        stretches = stretches_of(question, found.asked, found.candidates, found.comparison, found.top)
        mark = highlighted(stretches, marker)
    return Evidence(
        sentences[found.top].hit,
        sentences[first].start,
        sentences[last].end,
        mark,
        confidence,
        _meaning(found.candidates, found.window),
        _near(found),
    )


def _near(found: Found) -> frozenset[str]:
    """Terms of the question that some word of the quote comes near to."""
    best = found.comparison.best[:, found.span].max(axis=1)
    return frozenset(word.term for word, cosine in zip(found.asked.words, best, strict=True) if cosine >= NEAR_COSINE)
