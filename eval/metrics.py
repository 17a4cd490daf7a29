"""The measures of an evaluation, as pure functions.

In: ids, spans, words, confidences. Out: floats, higher is better unless the docstring says otherwise. An undefined
measure is nan, such as the precision of refusals when nothing was refused. One decision: published measures are used
under their published names, so that the numbers can be compared with others'.
"""

import math
import re
import string
import sys
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Relevant = Mapping[str, float]
RankingMetric = Callable[[Sequence[str], Relevant], float]

CALIBRATION_BINS = 10  # as in the diagrams of Guo et al. 2017; the 15 of their table suit larger sets
BOOTSTRAP_RESAMPLES = 1000  # what Efron & Tibshirani 1993 advise for percentile intervals
PERMUTATIONS = 10_000  # a p-value of 0.05 then has a standard error of 0.002
ROUNDING = 1e-9  # two sums of the same scores in another order differ by less
BYTES_PER_MEBIBYTE = 2**20
SQUAD_ARTICLES = re.compile(r"\b(a|an|the)\b")
SQUAD_PUNCTUATION = str.maketrans("", "", string.punctuation)


class Span(Protocol):
    """A span of a document, such as a quote or a gold answer: characters `start` to `end`, end excluded."""

    @property
    def document_id(self) -> str:
        """The document's id."""

    @property
    def start(self) -> int:
        """The first character."""

    @property
    def end(self) -> int:
        """One past the last character."""


@dataclass(frozen=True, slots=True)
class RiskCoverage:
    """How often answers are wrong when only the most confident ones are given.

    Attributes:
        coverage: float64 (n,), rising, the share of the questions answered: 1/n, 2/n, ..., 1.
        risk: float64 (n,), 0..1, the share of the answers given that are wrong, lower is better.
    """

    coverage: Floats
    risk: Floats

    @property
    def area(self) -> float:
        """AURC, 0..1, lower is better: the mean of the n risks (Geifman, Uziel & El-Yaniv 2019)."""
        return float(self.risk.mean())


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """The answers whose confidence lies in (lower, upper], the first bin with 0 too.

    Attributes:
        lower: the bin's lower edge.
        upper: the bin's upper edge.
        count: how many answers, at least 1.
        confidence: their mean confidence, 0..1.
        accuracy: the share of them that is right, 0..1.
    """

    lower: float
    upper: float
    count: int
    confidence: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class Interval:
    """The ends of a confidence interval, in the unit of what was measured."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Latency:
    """How long answers take, in milliseconds: median and 95th percentile."""

    median: float
    p95: float


def hit_at(ranked: Sequence[str], relevant: Relevant, k: int) -> float:
    """Whether a relevant document is among the first k, 1 or 0: trec_eval's `success`.

    Args:
        ranked: document ids, best first, each once.
        relevant: document id to grade, above 0 for a relevant document.
        k: how many documents count, at least 1.

    Returns:
        0.0 or 1.0.

    Raises:
        ValueError: a document is ranked twice.
    """
    return float(_gains(ranked[:k], relevant).any())


def recall_at(ranked: Sequence[str], relevant: Relevant, k: int) -> float:
    """The share of the relevant documents that are among the first k: trec_eval's `recall`.

    Args:
        ranked: document ids, best first, each once.
        relevant: document id to grade, above 0 for a relevant document.
        k: how many documents count, at least 1.

    Returns:
        0..1; 0 if no document is relevant.

    Raises:
        ValueError: a document is ranked twice.
    """
    found = np.count_nonzero(_gains(ranked[:k], relevant))
    return found / max(1, len(_grades(relevant)))


def reciprocal_rank(ranked: Sequence[str], relevant: Relevant, k: int) -> float:
    """1 / rank of the first relevant document: Voorhees 1999, cut off at k as MS MARCO's MRR@10.

    Args:
        ranked: document ids, best first, each once.
        relevant: document id to grade, above 0 for a relevant document.
        k: how many documents count, at least 1.

    Returns:
        0..1; 0 if none of the first k is relevant.

    Raises:
        ValueError: a document is ranked twice.
    """
    ranks = _relevant_ranks(ranked[:k], relevant)
    return float(1 / ranks[0]) if len(ranks) else 0.0


def ndcg_at(ranked: Sequence[str], relevant: Relevant, k: int) -> float:
    """Normalised discounted cumulative gain: trec_eval's `ndcg_cut`, after Järvelin & Kekäläinen 2002.

    nDCG = DCG / DCG of the best order; DCG = sum of grade / log2(rank + 1), the gain not being 2^grade - 1.

    Args:
        ranked: document ids, best first, each once.
        relevant: document id to grade, above 0 for a relevant document.
        k: how many documents count, at least 1.

    Returns:
        0..1; 0 if no document is relevant.

    Raises:
        ValueError: a document is ranked twice.
    """
    best = np.sort(_grades(relevant))[::-1][:k]
    return _discounted_gain(_gains(ranked[:k], relevant)) / _discounted_gain(best) if len(best) else 0.0


def average_precision(ranked: Sequence[str], relevant: Relevant) -> float:
    """The mean over the relevant documents of the precision at their ranks: trec_eval's `map` of one query.

    AP = sum of the precisions at the ranks of the relevant documents found / number of relevant documents.

    Args:
        ranked: document ids, best first, each once.
        relevant: document id to grade, above 0 for a relevant document.

    Returns:
        0..1; 0 if no document is relevant.

    Raises:
        ValueError: a document is ranked twice.
    """
    ranks = _relevant_ranks(ranked, relevant)
    precisions = np.arange(1, len(ranks) + 1) / ranks
    return float(precisions.sum()) / max(1, len(_grades(relevant)))


def mean(values: ArrayLike) -> float:
    """The mean over the queries on which a measure is defined.

    Args:
        values: float (n_queries,), nan where undefined.

    Returns:
        In the values' range; nan if no value is defined.
    """
    numbers = np.asarray(values, dtype=np.float64)
    defined = numbers[~np.isnan(numbers)]
    return float(defined.mean()) if defined.size else math.nan


def quote_hit_at(quotes: Sequence[Span], gold: Sequence[Span], k: int) -> float:
    """Whether one of the first k quotes wholly contains a gold span of its document: Ibid's own measure.

    Args:
        quotes: the quotes shown, best first.
        gold: the spans that answer the question, each one enough.
        k: how many quotes count, at least 1.

    Returns:
        0.0 or 1.0.
    """
    return float(any(_contains(quote, span) for quote in quotes[:k] for span in gold))


def whole_at(quotes: Sequence[Span], needs: Sequence[Sequence[Span]], k: int) -> float:
    """Whether the first k quotes together give every part of an answer: Ibid's own measure.

    Args:
        quotes: the quotes shown, best first.
        needs: for each part the spans that give it, each one enough; a part without spans cannot be given.
        k: how many quotes count, at least 1.

    Returns:
        0.0 or 1.0.
    """
    return float(all(quote_hit_at(quotes, part, k) for part in needs))


def citation_precision(quotes: Sequence[Span], gold: Sequence[Span]) -> float:
    """The share of the quotes shown that overlap a gold span.

    After ALCE's citation precision (Gao et al. 2023), with gold spans in place of its entailment model.

    Args:
        quotes: the quotes shown.
        gold: the spans that answer the question.

    Returns:
        0..1; nan if no quote is shown.
    """
    return mean([any(_overlap(quote, span) for span in gold) for quote in quotes])


def citation_recall(quotes: Sequence[Span], gold: Sequence[Span]) -> float:
    """The share of the documents with gold of which a quote overlaps a gold span.

    Recall over documents, as trec_eval's, of which one is found only when it is quoted at the right place.

    Args:
        quotes: the quotes shown.
        gold: the spans that answer the question.

    Returns:
        0..1; nan if there is no gold.
    """
    cited = {span.document_id for span in gold if any(_overlap(quote, span) for quote in quotes)}
    return mean([document_id in cited for document_id in {span.document_id for span in gold}])


def exact_match(highlight: str, answers: Sequence[str]) -> float:
    """Whether the highlight is one of the answers: SQuAD 2.0's `exact` (Rajpurkar et al. 2018).

    Args:
        highlight: the words marked as the answer, `""` for none.
        answers: the right answers, any of them enough; none where only `""` is right.

    Returns:
        0.0 or 1.0.
    """
    words = _squad_words(highlight)
    return max(float(words == answer) for answer in _squad_answers(answers))


def token_f1(highlight: str, answers: Sequence[str]) -> float:
    """The words shared with the nearest answer: SQuAD 2.0's `f1` (Rajpurkar et al. 2018).

    F1 = 2 * shared / (words of the highlight + words of the answer), a word shared as often as both have it.

    Args:
        highlight: the words marked as the answer, `""` for none.
        answers: the right answers, any of them enough; none where only `""` is right.

    Returns:
        0..1.
    """
    words = _squad_words(highlight)
    return max(_words_f1(words, answer) for answer in _squad_answers(answers))


def refusal_precision(refused: ArrayLike, answerable: ArrayLike) -> float:
    """The share of the refusals that were right: refused and unanswerable / refused.

    Precision of van Rijsbergen 1979, the unanswerable questions being those to find.

    Args:
        refused: bool (n,), whether each question was refused.
        answerable: bool (n,), whether the documents answer it.

    Returns:
        0..1; nan if nothing was refused.

    Raises:
        ValueError: the two differ in length, or are empty.
    """
    refusals, answerables = _flags(refused), _flags(answerable)
    _check_aligned(refusals, answerables)
    return mean(~answerables[refusals])


def refusal_recall(refused: ArrayLike, answerable: ArrayLike) -> float:
    """The share of the unanswerable questions that were refused: refused and unanswerable / unanswerable.

    Recall of van Rijsbergen 1979, the unanswerable questions being those to find.

    Args:
        refused: bool (n,), whether each question was refused.
        answerable: bool (n,), whether the documents answer it.

    Returns:
        0..1; nan if every question is answerable.

    Raises:
        ValueError: the two differ in length, or are empty.
    """
    refusals, answerables = _flags(refused), _flags(answerable)
    _check_aligned(refusals, answerables)
    return mean(refusals[~answerables])


def auroc(confidence: ArrayLike, positive: ArrayLike) -> float:
    """The chance that a positive has more confidence than a negative, a tie counting half (Fawcett 2006).

    Mann & Whitney's U / (p n), U = R - p (p + 1) / 2: p positives, n negatives, R the sum of the positives'
    ranks from the least confident up, ties at their mean rank.

    Args:
        confidence: float (n_questions,), higher is more certain.
        positive: bool (n_questions,), e.g. whether the question is answerable.

    Returns:
        0..1, 0.5 for chance; nan if all or none are positive.

    Raises:
        ValueError: the two differ in length, or are empty.
    """
    confidences, positives = _floats(confidence), _flags(positive)
    _check_aligned(confidences, positives)
    positive_count = np.count_nonzero(positives)
    pairs = positive_count * (positives.size - positive_count)
    if not pairs:
        return math.nan
    _, tie, tied = np.unique(confidences, return_inverse=True, return_counts=True)
    ranks = np.cumsum(tied) - (tied - 1) / 2
    return float(ranks[tie][positives].sum() - positive_count * (positive_count + 1) / 2) / pairs


def risk_coverage(confidence: ArrayLike, correct: ArrayLike) -> RiskCoverage:
    """The risk-coverage curve of El-Yaniv & Wiener 2010: risk(i / n) = wrong of the i most confident / i.

    Answers of one confidence share their mean error, which is what their orders give on average.

    Args:
        confidence: float (n,), higher is more certain, n at least 1.
        correct: bool (n,), whether each answer is right.

    Returns:
        The curve, from the most confident answer alone to all of them.

    Raises:
        ValueError: the two differ in length, or are empty.
    """
    confidences, wrong = _floats(confidence), ~_flags(correct)
    _check_aligned(confidences, wrong)
    _, tie, tied = np.unique(-confidences, return_inverse=True, return_counts=True)
    errors = np.repeat(np.bincount(tie, weights=wrong) / tied, tied)
    answered = np.arange(1, len(errors) + 1)
    return RiskCoverage(coverage=answered / len(errors), risk=np.cumsum(errors) / answered)


def reliability_bins(confidence: ArrayLike, correct: ArrayLike, bins: int = CALIBRATION_BINS) -> list[ReliabilityBin]:
    """The table of a reliability diagram: confidence and accuracy in bins of equal width (Guo et al. 2017).

    Args:
        confidence: float (n,), probabilities, 0..1.
        correct: bool (n,), whether each answer is right.
        bins: how many bins share 0..1.

    Returns:
        The bins that hold an answer, rising.

    Raises:
        ValueError: the two differ in length, or are empty, or a confidence is outside 0..1.
    """
    confidences, corrects = _floats(confidence), _flags(correct)
    _check_aligned(confidences, corrects)
    if not ((confidences >= 0) & (confidences <= 1)).all():
        raise ValueError(f"confidences of {confidences.min()} to {confidences.max()}, expected 0 to 1")
    edges = np.arange(bins + 1) / bins
    bin_of = np.maximum(np.searchsorted(edges, confidences) - 1, 0)
    return [
        ReliabilityBin(
            lower=float(edges[index]),
            upper=float(edges[index + 1]),
            count=int(np.count_nonzero(bin_of == index)),
            confidence=float(confidences[bin_of == index].mean()),
            accuracy=float(corrects[bin_of == index].mean()),
        )
        for index in np.unique(bin_of)
    ]


def expected_calibration_error(confidence: ArrayLike, correct: ArrayLike, bins: int = CALIBRATION_BINS) -> float:
    """How far confidence is from accuracy, in the mean (Guo et al. 2017).

    ECE = sum over the bins of count / n * |accuracy - confidence|.

    Args:
        confidence: float (n,), probabilities, 0..1.
        correct: bool (n,), whether each answer is right.
        bins: how many bins share 0..1.

    Returns:
        0..1, lower is better.

    Raises:
        ValueError: the two differ in length, or are empty, or a confidence is outside 0..1.
    """
    table = reliability_bins(confidence, correct, bins)
    gaps = [abs(row.accuracy - row.confidence) for row in table]
    return float(np.average(gaps, weights=[row.count for row in table]))


def gap_closed(as_typed: float, system: float, human: float) -> float:
    """The system's gain on follow-ups, as a share of the gain of a person's rewrites: Ibid's own measure.

    Gap closed = (system - as typed) / (human - as typed).

    Args:
        as_typed: a measure with the follow-ups as typed.
        system: the same measure with the system's understanding of them.
        human: the same measure with a person's rewrites.

    Returns:
        0 for no gain, 1 for a person's, below 0 for a loss; nan if a person gains nothing.
    """
    return (system - as_typed) / (human - as_typed) if human != as_typed else math.nan


def latency(milliseconds: ArrayLike) -> Latency:
    """The median and the 95th percentile, between neighbours by line (Hyndman & Fan 1996, type 7).

    Args:
        milliseconds: float (n_answers,), at least one.

    Returns:
        Both, in milliseconds, lower is better.
    """
    median, p95 = np.percentile(_floats(milliseconds), [50, 95])
    return Latency(float(median), float(p95))


def peak_memory() -> float:
    """The most memory that this process has held so far: getrusage's maximum resident set size.

    Returns:
        MiB, lower is better; nan on Windows, which doesn't count it.
    """
    if sys.platform == "win32":
        return math.nan
    import resource

    unit = 1 if sys.platform == "darwin" else 1024  # macOS counts bytes, Linux KiB
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / BYTES_PER_MEBIBYTE


def bootstrap_interval(values: ArrayLike, seed: int, groups: Sequence[Hashable] | None = None) -> Interval:
    """The 95 % percentile-bootstrap interval of a mean (Efron & Tibshirani 1993, chapter 13).

    With groups it draws whole groups, as questions on one article hang together (Davison & Hinkley 1997,
    chapter 3).

    Args:
        values: float (n,), at least one.
        seed: the same seed gives the same interval.
        groups: (n,), the article or conversation of each value; None if every value stands alone.

    Returns:
        The 2.5th and 97.5th percentile of the means of 1,000 resamples.

    Raises:
        ValueError: values and groups differ in length, or are empty.
    """
    numbers = _floats(values)
    names = range(numbers.size) if groups is None else groups
    numbering = {name: number for number, name in enumerate(dict.fromkeys(names))}
    members = np.array([numbering[name] for name in names])
    _check_aligned(numbers, members)
    sums, counts = np.bincount(members, weights=numbers), np.bincount(members)
    even = np.full(len(counts), 1 / len(counts))
    drawn = np.random.default_rng(seed).multinomial(len(counts), even, BOOTSTRAP_RESAMPLES)
    low, high = np.percentile((drawn @ sums) / (drawn @ counts), [2.5, 97.5])
    return Interval(float(low), float(high))


def paired_p_value(now: ArrayLike, before: ArrayLike, seed: int) -> float:
    """The two-sided paired randomisation test of two runs' means (Smucker, Allan & Carterette 2007).

    Each query's two scores swap by a coin's toss, 10,000 times; p = (1 + resamples whose means are at least
    as far apart as observed) / (1 + resamples) (Phipson & Smyth 2010). Queries whose scores are equally far
    apart are tossed together, in one binomial draw.

    Args:
        now: float (n_queries,), a measure of this run.
        before: float (n_queries,), the same of the saved run, the same queries in the same order.
        seed: the same seed gives the same value.

    Returns:
        Above 0, at most 1; lower speaks against mere chance.

    Raises:
        ValueError: the two differ in length, or are empty.
    """
    scores_now, scores_before = _floats(now), _floats(before)
    _check_aligned(scores_now, scores_before)
    differences = scores_now - scores_before
    sizes, counts = np.unique(np.abs(differences), return_counts=True)
    kept = np.random.default_rng(seed).binomial(counts, 0.5, (PERMUTATIONS, len(counts)))
    resampled = np.abs((2 * kept - counts) @ sizes)
    as_far = np.count_nonzero(resampled >= abs(differences.sum()) - ROUNDING)
    return (1 + as_far) / (1 + PERMUTATIONS)


def _grades(relevant: Relevant) -> Floats:
    """float64 (n_relevant,), the grades of the relevant documents."""
    return np.array([grade for grade in relevant.values() if grade > 0], dtype=np.float64)


def _gains(ranked: Sequence[str], relevant: Relevant) -> Floats:
    """float64 (n_ranked,), the grade of each document, 0 for one that isn't relevant."""
    if len(set(ranked)) < len(ranked):
        raise ValueError(f"{len(ranked)} documents ranked, only {len(set(ranked))} distinct")
    return np.array([max(0.0, relevant.get(document_id, 0.0)) for document_id in ranked], dtype=np.float64)


def _relevant_ranks(ranked: Sequence[str], relevant: Relevant) -> NDArray[np.int64]:
    """int64 (n_found,), the ranks from 1 of the relevant documents, rising."""
    return np.flatnonzero(_gains(ranked, relevant)) + 1


def _discounted_gain(gains: Floats) -> float:
    """The sum of gain / log2(rank + 1)."""
    return float((gains / np.log2(np.arange(2, len(gains) + 2))).sum())


def _contains(quote: Span, span: Span) -> bool:
    """Whether the quote holds the whole span."""
    return quote.document_id == span.document_id and quote.start <= span.start and span.end <= quote.end


def _overlap(quote: Span, span: Span) -> bool:
    """Whether the two share a character."""
    return quote.document_id == span.document_id and quote.start < span.end and span.start < quote.end


def _squad_words(text: str) -> list[str]:
    """SQuAD's normalisation: small letters, no punctuation, no articles, in that order; the words left."""
    return SQUAD_ARTICLES.sub(" ", text.lower().translate(SQUAD_PUNCTUATION)).split()


def _squad_answers(answers: Sequence[str]) -> list[list[str]]:
    """The words of each answer that has any, else those of the empty answer."""
    return [words for words in map(_squad_words, answers) if words] or [[]]


def _words_f1(words: list[str], answer: list[str]) -> float:
    """The F1 of two lists of words; two empty ones are the same answer."""
    shared = (Counter(words) & Counter(answer)).total()
    return 2 * shared / (len(words) + len(answer)) if words or answer else 1.0


def _floats(values: ArrayLike) -> Floats:
    """The values as float64."""
    return np.asarray(values, dtype=np.float64)


def _flags(values: ArrayLike) -> Flags:
    """The values as bool."""
    return np.asarray(values, dtype=np.bool_)


def _check_aligned(first: NDArray[np.generic], second: NDArray[np.generic]) -> None:
    """Checks that two arrays are of one length, at least 1."""
    if len(first) != len(second) or not len(first):
        raise ValueError(f"{len(first)} values beside {len(second)}, expected as many, at least one")
