"""The readings of a follow-up, each with what it found -> how likely each is, now that the documents are asked.

A reading is likely if its words make it so (`conversation`) and if the documents answer it. Of each, only the passages
that are likeliest to answer are read here; the reading that is chosen is read further, and nothing is read twice. The
weights are fitted on conversations whose answers are known (`python -m training.choices`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from ..learning import Floats, log_probability, model_fields, softmax
from .query import StandaloneQuestion
from .reader import PassageReading
from .reader_scores import PassageReader, ReaderScores, read
from .retrieval import Retrieval

# Passages that are read of each reading before one is chosen. With three readings, and ten for the chosen one, a
# follow-up takes at most 14 runs of the reader, where a question on its own takes ten.
PROBED = 2
FILE = Path(__file__).with_name("readings.json")


class OnceReader:
    """Reads each passage once for each question."""

    def __init__(self, reader: PassageReader) -> None:
        self._reader = reader
        self._known: dict[tuple[str, str, str], PassageReading] = {}

    def read(self, question: str, passages: Sequence[tuple[str, str]]) -> list[PassageReading]:
        """Read passages, each a title and a text; those that are known already are not read again."""
        new = [one for one in dict.fromkeys(passages) if (question, *one) not in self._known]
        for one, reading in zip(new, self._reader.read(question, new), strict=True):
            self._known[question, *one] = reading
        return [self._known[question, *one] for one in passages]


@dataclass(frozen=True, slots=True)
class Probe:
    """A reading of a question, and what a first look at the documents says of it.

    Attributes:
        standalone: the reading.
        found: what it found.
        by_words: float32 (n_sentences,), how likely each sentence answers, by its words.
        said: what the reader says of the likeliest passages.
    """

    standalone: StandaloneQuestion
    found: Retrieval
    by_words: Floats
    said: ReaderScores


def probe(standalone: StandaloneQuestion, found: Retrieval, by_words: Floats, reader: PassageReader) -> Probe:
    """Read the likeliest passages of a reading."""
    said = read(found.question, found.candidates, found.origins, by_words, reader, PROBED)
    return Probe(standalone, found, by_words, said)


def _best(probe: Probe) -> int:
    """The sentence that answers best, of those that the user has not seen."""
    scores = np.minimum(probe.said.spans, probe.said.answers)
    if probe.found.seen is not None:
        scores = scores - 4.0 * probe.found.seen
    return int(np.argmax(scores))


SIGNALS: Mapping[str, Callable[[Probe], float]] = {
    "likely": lambda one: log_probability(one.standalone.probability),
    "answers": lambda one: float(one.said.answers[_best(one)]),
    "span": lambda one: float(one.said.spans[_best(one)]),
    "coverage": lambda one: float(one.found.comparison.coverage.max()),
    "here": lambda one: float(one.found.comparison.coverage[_best(one)]),
    "rarest": lambda one: float(one.found.comparison.best_in_passage[one.found.query.rarest, _best(one)].min()),
    "seen": lambda one: float(one.found.seen is not None and one.found.seen[_best(one)]),
}


def signals_of(probe: Probe) -> Floats:
    """Measure a reading: float32 (n_signals,)."""
    return np.array([signal(probe) for signal in SIGNALS.values()], dtype=np.float32)


@cache
def shipped_weights() -> Floats:
    """The weights that ship with Ibid: float32 (n_signals,)."""
    fields = model_fields(FILE, "python -m training.choices", signals=SIGNALS)
    return np.array(fields["weights"], dtype=np.float32)


def probabilities_of(probes: Sequence[Probe], weights: Floats) -> Floats:
    """How likely each reading is: float32 (n_readings,), sum 1."""
    return softmax(np.stack([signals_of(one) for one in probes]) @ weights)
