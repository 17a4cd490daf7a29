"""Retrieved sentences -> ranked quotes, each with the part that answers and a calibrated confidence.

    features       sentences, compared with the question -> a row of numbers each
    ranker         rows -> probabilities, by a trained linear list-wise model
    reader_scores  the likeliest passages, read with the question -> scores of their sentences
    units          sentences -> the lists, steps and tables that belong together
    windows        probabilities -> quotes of one to three adjacent sentences, or of such a list
    timely         a value of another time than the one asked for
    direction      a deed that a sentence tells the other way round
    cells          a quoted row of a table -> the cell that the question asks for
    calibration    a quote among all candidates -> the probability that it answers

The weights are in `model.json`, which `python -m training` writes; the reader's are in `answering/reader/`.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from ..encoder import Vectors
from ..encoder.word_vectors import SAME_COSINE, unit_rows
from ..learning import Flags, Floats, Regression, model_fields
from ..records import Hit, Span, row_range
from ..text.question import Question
from ..text.tokens import marks_behind
from .calibration import SIGNALS, UNREAD_SIGNALS, Calibrator, RankedQuote, signals_of
from .candidates import Candidate, Candidates
from .cells import asked_cell
from .direction import is_reversed
from .features import FEATURES, features_of
from .ranker import READ_FEATURES, Ranker, combine, shortlist
from .reader_scores import UNREAD, PassageReader, ReaderScores, read, unread
from .retrieval import Retrieval
from .units import find_units
from .windows import OTHER_SHARE, windows

__all__ = ["Evidence", "EvidenceModel", "RankedEvidence", "rank_evidence"]

# Confidence from which an answer is clear. Of the clear answers to a handbook, court papers and the news, each left out
# of what the verdict was fitted on, 4 to 13 in 100 are wrong (`python -m training.verdict`).
CLEAR_CONFIDENCE = 0.7
# No answer is clear from here.
NEVER = math.inf
# Quotes that are compared with each other. The number is fixed, so that `count` does not change the verdict.
COMPARED = 5
# Factor on the probability of a sentence that the user has seen already: few follow-ups ask for it again.
SEEN_AGAIN = np.float32(0.7)
# The same factor where the question asks for something else: such a sentence then only wins if all were seen.
SEEN_BEFORE_ELSE = np.float32(0.001)
# Factor on the confidence of a quote that stood first in an earlier answer, all of it. One that stood further down was
# an answer to nothing yet.
LED_CONFIDENCE = 0.5
# Factor on the confidence of a quote about the past, for a question about today: it is never clear.
OUTDATED_CONFIDENCE = 0.5
# Factor on the confidence of a quote that tells a deed the other way round: it is never clear.
REVERSED_CONFIDENCE = 0.5
_ELSE = re.compile(r"(?i)\b(?:else|another|more(?! than)|the others?|(?:what|which|any|who) other)\b")
# Factor on a sentence about another time than the one asked for. It only changes the order of quotes.
UNTIMELY = 0.1
# Cosine from which two words, each read in its sentence, mean the same.
NEAR_COSINE = 0.76
# Score of a span, as far above "nowhere", from which it is marked.
MARKED_SCORE = 0.0
FILE = Path(__file__).with_name("model.json")
MULTILINGUAL_FILE = Path(__file__).with_name("multilingual.json")
"""The weights for what the multilingual encoder has read; made by `python -m training.languages`."""
BY_WORDS_FILE = Path(__file__).with_name("by_words.json")
"""The weights for languages that neither the encoder nor the reader knows; made by the same command."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A quote that may answer.

    Attributes:
        hit: the passage that its likeliest sentence stands in.
        start: first character in the document's text.
        end: one past the last.
        highlight: start and end in the document's text of the part that answers, or None when unsure.
        confidence: probability, 0..1, that it answers the question.
        span: start and end in the document's text of the words that answer best, sure or not.
        answers: the reader's log-odds that the passage answers.
        score: the reader's score of `span`, as far above "nowhere".
        near: terms of the question that it says, be it in other words.
        rows: the first and the last row of its table, or None if it stands in none.
    """

    hit: Hit
    start: int
    end: int
    highlight: tuple[int, int] | None
    confidence: float
    span: tuple[int, int]
    answers: float
    score: float
    near: frozenset[str] = frozenset()
    rows: tuple[int, int] | None = None

    @property
    def is_read(self) -> bool:
        """Whether the reader has read its passage."""
        return self.answers > UNREAD


@dataclass(frozen=True, slots=True)
class RankedEvidence:
    """The quotes that were chosen from the candidates.

    Attributes:
        evidence: quotes, best first; no two share a sentence, and no confidence is higher than the one before it.
        present: probability, 0..1, that the documents answer at all.
    """

    evidence: tuple[Evidence, ...] = ()
    present: float = 0.0

    @classmethod
    def merged(cls, parts: Sequence["RankedEvidence"], count: int) -> "RankedEvidence":
        """The likeliest quotes of several parts of the documents, each judged alone."""
        if len(parts) == 1:
            return parts[0]
        every = sorted(chain.from_iterable(one.evidence for one in parts), key=lambda one: -one.confidence)
        return cls(tuple(every[:count]), max(one.present for one in parts))


@dataclass(frozen=True, slots=True)
class EvidenceModel:
    """The trained weights of ranking and confidence.

    Attributes:
        ranker: of sentences by their words.
        combiner: of sentences by that and by what the reader says.
        calibrator: of quotes.
        clear_from: confidence from which an answer is clear.
        is_read: whether the reader reads the passages.
        by_words: whether words are alike only if they have the same term.
        across: what judges quotes that are in another language than the question; None where this does.
    """

    ranker: Ranker
    combiner: Ranker
    calibrator: Calibrator
    clear_from: float = CLEAR_CONFIDENCE
    is_read: bool = True
    by_words: bool = False
    across: "EvidenceModel | None" = None

    @classmethod
    @cache
    def shipped(cls) -> "EvidenceModel":
        """Read the weights that ship with Ibid, for English."""
        fields = model_fields(
            FILE, "python -m training", features=FEATURES, read_features=READ_FEATURES, signals=SIGNALS
        )
        return cls(_ranker(fields["ranker"]), _ranker(fields["combiner"]), _calibrator(fields))

    @classmethod
    @cache
    def unread(cls, *, by_words: bool) -> "EvidenceModel":
        """Read the weights that ship with Ibid for what the reader can't read.

        Args:
            by_words: whether the encoder doesn't know the question's language or the passages' either.
        """
        file = BY_WORDS_FILE if by_words else MULTILINGUAL_FILE
        fields = model_fields(file, "python -m training.languages", features=FEATURES, signals=UNREAD_SIGNALS)
        combiner = Ranker(np.array([name == "by_words" for name in READ_FEATURES], dtype=np.float32))
        ranker, within, across = _ranker(fields["ranker"]), fields["within"], fields["across"]
        model = cls(ranker, combiner, _calibrator(within), within["clear_from"], is_read=False, by_words=by_words)
        return replace(model, across=replace(model, calibrator=_calibrator(across), clear_from=across["clear_from"]))

    def for_languages(self, question: str, passage: str | None) -> "EvidenceModel":
        """What judges quotes in a language, None for English, for a question in a language."""
        return self.across or self if question != (passage or "en") else self

    @classmethod
    @cache
    def meanwhile(cls) -> "EvidenceModel":
        """The weights for English while no encoder is ready: terms rank the sentences, and the reader reads them."""
        ranker = cls.unread(by_words=True).ranker
        return replace(cls.shipped(), ranker=ranker, by_words=True)


def _ranker(weights: Sequence[float]) -> Ranker:
    return Ranker(np.array(weights, dtype=np.float32))


def _calibrator(fields: Mapping[str, Any]) -> Calibrator:
    return Calibrator(*(Regression.of(fields[part]) for part in ("present", "right")))


def divide(
    gathered: Retrieval, model_for: Callable[[str], EvidenceModel]
) -> tuple[tuple[EvidenceModel, Retrieval], ...]:
    """Divide what a question found by who can judge it, the part of the best passage first.

    Args:
        gathered: what it found.
        model_for: a passage's language -> the weights that judge it.
    """
    judges = [model_for(language) for language in gathered.passage_languages]
    best = gathered.languages.get(gathered.hits[0].passage.document_id) or "en"
    models = {id(one): one for one in (model_for(best), *judges)}.values()
    return tuple(
        (one, gathered.of_passages(np.array([judge is one for judge in judges]), by_words=one.by_words))
        for one in models
    )


def rank_evidence(
    gathered: Retrieval,
    model: EvidenceModel,
    reader: PassageReader | None,
    count: int,
    marked_from: float = 0.0,
    timely: Callable[[Candidate], bool] | None = None,
    outdated: Callable[[str], bool] | None = None,
    of_time: Callable[[Candidate, Span], Span] | None = None,
) -> RankedEvidence:
    """Choose quotes and judge them.

    Args:
        gathered: the question and its candidates.
        model: the trained weights.
        reader: reads the likeliest passages; None where none knows their language.
        count: the largest number of quotes.
        marked_from: confidence from which a quote's answering part is marked.
        timely: for a question of some time, whether a sentence speaks of that; the others count for less.
        outdated: for a question about today, whether a quote speaks of the past alone.
        of_time: for a question of some time, the words of a sentence that answer for it, where the reader has chosen
            others; both by start and end in the document's text.
    """
    evidence: list[Evidence] = []
    present = 0.0
    by_words = rank_by_words(gathered, model.ranker)
    if reader is None:
        said = unread(gathered.candidates)
    else:
        said = read(gathered.question, gathered.candidates, gathered.origins, by_words, reader)
    chosen = choose(gathered, by_words, said, model.combiner, count, timely)
    for found in chosen:
        signals = signals_of(found, SIGNALS if model.is_read else UNREAD_SIGNALS)
        document = gathered.candidates.sentences[found.top].hit.passage.document_id
        calibrator = model.for_languages(gathered.language, gathered.languages.get(document)).calibrator
        if not evidence:  # the first quote decides whether the documents answer at all
            present = calibrator.present.probability(signals)
        before = evidence[-1].confidence if evidence else 1.0
        factor = LED_CONFIDENCE if gathered.led is not None and gathered.led[found.span].all() else 1.0
        if outdated and outdated(" ".join(one.text for one in gathered.candidates.sentences[found.span])):
            factor *= OUTDATED_CONFIDENCE
        if reader is not None and _is_reversed(gathered, found):
            factor *= REVERSED_CONFIDENCE
        confidence = min(factor * present * calibrator.right.probability(signals), before)
        evidence.append(_evidence(found, confidence, confidence >= marked_from, of_time))
    return RankedEvidence(tuple(evidence), present)


def rank_unread(gathered: Retrieval, model: EvidenceModel, count: int) -> list[Evidence]:
    """Choose quotes by their words alone, best first, while the reader has not judged them.

    Args:
        gathered: the question and its candidates.
        model: the trained weights.
        count: the largest number of quotes.

    Returns:
        The quotes, with nothing marked and confidence 0.
    """
    candidates = gathered.candidates
    probabilities = np.where(candidates.headings, np.float32(0), rank_by_words(gathered, model.ranker))
    chosen = _windows(gathered, probabilities, count)
    return [_unread(candidates, first, last) for first, last in chosen[:count]]


def _windows(gathered: Retrieval, probabilities: Floats, count: int) -> list[tuple[int, int]]:
    """First and last sentence of each quote, best first."""
    candidates = gathered.candidates
    runs = find_units(candidates.sentences, candidates.follows)
    share = 0.0 if gathered.language == "en" else OTHER_SHARE
    return windows(probabilities, candidates.same_row, candidates.word_counts, count, runs, share)


def _unread(candidates: Candidates, first: int, last: int) -> Evidence:
    sentences = candidates.sentences[first : last + 1]
    span = sentences[0].start, sentences[-1].end
    rows = row_range(one.row for one in sentences)
    return Evidence(sentences[0].hit, *span, None, 0.0, span, UNREAD, UNREAD, rows=rows)


def choose(
    gathered: Retrieval,
    by_words: Floats,
    said: ReaderScores,
    combiner: Ranker,
    count: int,
    timely: Callable[[Candidate], bool] | None = None,
) -> Sequence[RankedQuote]:
    """Rank the candidates, now that they are read, and choose quotes, best first.

    Several sources that say the same give one answer: a quote also gets the probability of those that repeat it.

    Args:
        gathered: the question and its candidates.
        by_words: float32 (n_sentences,), what `rank_by_words` gave.
        said: what the reader says of them.
        combiner: weighs the two.
        count: how many quotes at most.
        timely: for a question of some time, whether a sentence speaks of that.
    """
    candidates = gathered.candidates
    by_words = np.where(_silent_headings(candidates.headings, said.spans), np.float32(0), by_words)
    probabilities = combine(by_words, said, combiner)
    # The preference changes the order; the confidence is computed from the unchanged probabilities.
    preferred = _preferring(probabilities, candidates, timely) if timely else probabilities
    chosen = _windows(gathered, preferred, max(count, COMPARED))
    meanings = np.stack([_meaning(candidates, window) for window in chosen])
    alike = meanings @ meanings.T >= SAME_COSINE
    return [
        RankedQuote(
            gathered.query,
            candidates,
            gathered.comparison,
            said,
            _with_retellings(probabilities, chosen, position, alike[position]),
            window,
            timely is not None and any(map(timely, candidates.sentences[window[0] : window[1] + 1])),
        )
        for position, window in enumerate(chosen[:count])
    ]


def _silent_headings(headings: Flags, spans: Floats) -> Flags:
    """Bool (n_sentences,), headings that hold no answer: the reader marks none there, and a sentence does better."""
    least = min(MARKED_SCORE, float(spans[~headings].max(initial=UNREAD)))
    return np.asarray(headings & ((spans < least) | (spans <= UNREAD)), dtype=bool)


def _preferring(probabilities: Floats, candidates: Candidates, timely: Callable[[Candidate], bool]) -> Floats:
    """Probabilities, sum 1, in which a sentence about another time than the question's counts for less."""
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


def rank_by_words(gathered: Retrieval, ranker: Ranker, features: Floats | None = None) -> Floats:
    """Probabilities of all candidates by their words, float32 (n_sentences,), sum 1; 0 for those not worth ranking.

    Args:
        gathered: what the question found.
        ranker: the weights.
        features: float32 (n_sentences, n_features), where training has computed and kept them.
    """
    features = features_of(gathered.comparison) if features is None else features
    chosen = shortlist(gathered.rough, gathered.candidates.headings)
    probabilities = np.zeros(len(gathered.candidates.sentences), dtype=np.float32)
    probabilities[chosen] = ranker.probabilities(features[chosen])
    if gathered.seen is not None:
        counts = SEEN_BEFORE_ELSE if _ELSE.search(gathered.question) else SEEN_AGAIN
        probabilities *= np.where(gathered.seen, counts, np.float32(1))
        if (already := gathered.shown_already) is not None:
            probabilities *= np.where(already, SEEN_BEFORE_ELSE, np.float32(1))
        probabilities /= probabilities.sum()
    return probabilities


def _evidence(
    found: RankedQuote, confidence: float, marked: bool, of_time: Callable[[Candidate, Span], Span] | None
) -> Evidence:
    sentences = found.candidates.sentences
    first, last = found.window
    is_read = found.said.answers[found.span].max() > UNREAD
    top = first + int(np.argmax(found.said.spans[found.span])) if is_read else found.top
    cell = _cell(found)
    start, end = cell or found.said.places[top].tolist()
    if of_time and is_read and not cell:
        start, end = of_time(sentences[top], (start, end))
    end += marks_behind(sentences[top].text, end - sentences[top].start)
    return Evidence(
        sentences[found.top].hit,
        sentences[first].start,
        sentences[last].end,
        (start, end) if marked and (cell or found.said.spans[top] >= MARKED_SCORE) else None,
        confidence,
        (start, end),
        float(found.said.answers[top]),
        float(found.said.spans[top]),
        _near(found),
        row_range(one.row for one in sentences[first : last + 1]),
    )


def _cell(found: RankedQuote) -> Span | None:
    """The cell that the question asks for, where the quote is a row of a table and the question names its column."""
    first, last = found.window
    row = found.candidates.sentences[first]
    if first != last or not row.row:
        return None
    cell = asked_cell(row.text, frozenset(word.term for word in found.query.words))
    return (row.start + cell[0], row.start + cell[1]) if cell else None


def _is_reversed(gathered: Retrieval, found: RankedQuote) -> bool:
    """Whether the best answer of a quote has the other part in what the question asks for."""
    top = found.window[0] + int(np.argmax(found.said.spans[found.span]))
    sentence, (start, end) = found.candidates.sentences[top], found.said.places[top].tolist()
    return is_reversed(Question.of(gathered.question), sentence.text, (start - sentence.start, end - sentence.start))


def _near(found: RankedQuote) -> frozenset[str]:
    """Terms of the question that some word of the quote comes near to."""
    best = found.comparison.best[:, found.span].max(axis=1)
    return frozenset(word.term for word, cosine in zip(found.query.words, best, strict=True) if cosine >= NEAR_COSINE)
