"""A sentence -> what it asks for: an answer of the documents, or something about the documents or the program.

    mentions  a sentence and the documents -> the sources that it names

The weights are in `model.json`; `python -m training.intents` makes it. One decision: in doubt, a sentence is a
question. A sentence about the library has no words of its own: "What are these documents about?" has none, but "What
are the talks about?" has "talks".
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from ..encoder import Vectors
from ..learning import Floats, model_fields, softmax
from ..talk import AnswerKind
from ..text.question import Question
from ..text.tokens import terms
from .mentions import NAMED, Mentions, SourceNames

__all__ = [
    "COURTESIES",
    "FEATURES",
    "Intent",
    "IntentModel",
    "Mentions",
    "SourceNames",
    "features",
    "recognise",
    "term_columns",
]

FILE = Path(__file__).with_name("model.json")
FEATURES = (
    "one source",
    "two sources",
    "one time",
    "two times",
    "other words",
    "document noun",
    "words",
    "question mark",
)
_MOST_OTHER, _MOST_WORDS = 4, 20
_ABOUT_CONTENT = frozenset((AnswerKind.DOCUMENTS, AnswerKind.OVERVIEW, AnswerKind.CHANGE))
_ABOUT_PROGRAM = frozenset((AnswerKind.HELP, AnswerKind.ABOUT, AnswerKind.MANAGING))
COURTESIES = frozenset((AnswerKind.GREETING, AnswerKind.THANKS))
"""Sentences that no word of a document belongs to."""

_SURE_TALK = 0.85

_AGREEING = re.compile(
    r"(?i)\b(?:agree(?:s|d|ing|ments?)?|in common|the same|match(?:es|ing)?|consistent|coincide|concur|"
    r"confirm(?:s|ed)?|corroborat\w+|consensus|undisputed)\b"
)
_DIFFERING = re.compile(
    r"(?i)\b(?:disagree\w*|differ\w*|contradict\w*|conflict\w*|clash\w*|inconsisten\w+|not|no|never|nowhere|fail\w*)\b"
    r"|n[’']t\b"
)
_SAID = "said|written|reported|stated|claimed|noted"
_ASKS_A_SOURCE = re.compile(
    rf"(?i)\bwhat (?:else )?(?:(?:do|does|did|has|have|had|can) (?:the |an? )?{NAMED[0]}"
    r"(?:['’]s? (?:article|report|piece))?"
    rf"(?: have to)? (?:say|write|report|tell(?: us)?|told us|claim|state|note|{_SAID})"
    rf"|(?:is|was) (?:{_SAID}) (?:in|by) (?:the )?{NAMED[0]}) (?:about|on|of|regarding|concerning)\b"
)
"""How a sentence asks what one source says about something; the model takes it for any question."""

Encode = Callable[[str], Vectors]
"""A sentence -> its vector by the shipped encoder, float32 (dimension,), unit length."""


@dataclass(frozen=True, slots=True)
class Intent:
    """What a sentence asks for.

    Attributes:
        kind: the kind.
        probability: 0..1, that it is of that kind.
        mentions: the sources and times that it names.
        documents: ids of the documents that it names; empty for none.
        others: terms of its words that are neither a source, nor a time, nor usual in such sentences: its topic.
    """

    kind: AnswerKind
    probability: float
    mentions: Mentions
    documents: tuple[str, ...] = ()
    others: frozenset[str] = frozenset()

    @property
    def asks_for_agreement(self) -> bool:
        """Whether a sentence about what sources have in common or not asks for the first: "Where do they agree?".

        The model does not part the two. "Do they agree?" is answered by what they differ on.
        """
        text = self.mentions.question.text
        is_open = not self.mentions.question.is_yes_or_no
        return is_open and bool(_AGREEING.search(text)) and not _DIFFERING.search(text)

    @property
    def is_about_program(self) -> bool:
        """Whether it asks how to use the program, or what it is."""
        return self.kind in _ABOUT_PROGRAM

    @property
    def may_follow(self) -> bool:
        """Whether it is likelier a question about what the turns before it named: "Who do I ask?", "How is she now?".

        Of 140 sentences of talk, 8 are less sure than `_SURE_TALK`; of 45 follow-ups that seem to be talk, 36 are.
        """
        may_name = self.is_about_program or self.kind in COURTESIES or self.kind is AnswerKind.OVERVIEW
        return may_name and self.probability < _SURE_TALK

    @property
    def may_be_question(self) -> bool:
        """Whether it may as well ask what a document says: it has words of a title or a topic, and none like "article".

        "What is European Union law?" names a document with that title, and its subject.
        """
        has_topic = any(not self.mentions.is_whole(one) for one in self.mentions.sources) or bool(self.others)
        if self.is_about_program:
            return bool(self.others)
        return self.kind in _ABOUT_CONTENT and has_topic and not self.mentions.has_document_noun


@dataclass(frozen=True, slots=True, eq=False)
class IntentModel:
    """The trained weights: a logistic model with one outcome for each kind.

    Attributes:
        kinds: the outcomes.
        vocabulary: term -> its column, of terms that are usual in sentences about the library or the program.
        weights: float32 (n_kinds, dimension + n_features + n_terms).
        intercepts: float32 (n_kinds,).
        talk_from: the least probability, 0..1, of not being a question, from which a sentence is taken for none.
        encoder_digest: of the encoder whose vectors it reads.
    """

    kinds: tuple[AnswerKind, ...]
    vocabulary: dict[str, int]
    weights: Floats
    intercepts: Floats
    talk_from: float
    encoder_digest: str

    @classmethod
    @cache
    def shipped(cls) -> "IntentModel":
        """Read the weights that ship with Ibid."""
        fields = model_fields(FILE, "python -m training.intents", features=FEATURES)
        return cls(
            tuple(map(AnswerKind, fields["kinds"])),
            {term: place for place, term in enumerate(fields["terms"])},
            np.array(fields["weights"], dtype=np.float32) / fields["scale"],
            np.array(fields["intercepts"], dtype=np.float32),
            fields["talk_from"],
            fields["encoder_digest"],
        )

    def probabilities(self, mentions: Mentions, vector: Vectors) -> dict[AnswerKind, float]:
        """The probability of each kind.

        Args:
            mentions: what the sentence names.
            vector: float32 (dimension,), of the masked sentence.
        """
        row = np.concatenate([vector, features(mentions, self.vocabulary), term_columns(mentions, self.vocabulary)])
        return dict(zip(self.kinds, softmax(self.weights @ row + self.intercepts).tolist(), strict=True))


def features(mentions: Mentions, vocabulary: Collection[str]) -> Floats:
    """What counts beside the words of a sentence: float32 (n_features,), each 0..1."""
    sources, times, found = len(mentions.sources), len(mentions.times), mentions.question.words
    others = sum(word.term not in vocabulary for word in mentions.other_words)
    values = (
        sources == 1,
        sources > 1,
        times == 1,
        times > 1,
        min(others, _MOST_OTHER) / _MOST_OTHER,
        mentions.has_document_noun,
        min(len(found), _MOST_WORDS) / _MOST_WORDS,
        mentions.question.text.endswith("?"),
    )
    return np.array(values, dtype=np.float32)


def term_columns(mentions: Mentions, vocabulary: Mapping[str, int]) -> Floats:
    """Which terms of the vocabulary stand in the masked sentence: float32 (n_terms,), 0 or 1."""
    row = np.zeros(len(vocabulary), dtype=np.float32)
    row[[vocabulary[term] for term in set(terms(mentions.masked)) if term in vocabulary]] = 1
    return row


def recognise(question: Question, names: SourceNames, encode: Encode, model: IntentModel) -> Intent:
    """Tell what a sentence asks for.

    Args:
        question: the sentence.
        names: of the sources that it may name.
        encode: gives the vector of a sentence.
        model: the weights.
    """
    mentions = Mentions.of(question, names)
    probabilities = model.probabilities(mentions, encode(mentions.masked))
    others = frozenset(word.term for word in mentions.other_words if word.term not in model.vocabulary)
    documents = {one for mention in mentions.sources for one in mention.documents}
    talk = 1 - probabilities[AnswerKind.QUESTION]
    if len(mentions.sources) == 1 and _ASKS_A_SOURCE.search(mentions.masked):
        return Intent(AnswerKind.COMPARISON, max(talk, model.talk_from), mentions, tuple(sorted(documents)), others)
    if 1 - probabilities[AnswerKind.QUESTION] < model.talk_from:
        return Intent(AnswerKind.QUESTION, probabilities[AnswerKind.QUESTION], mentions)
    kind = max(probabilities, key=lambda one: (one is not AnswerKind.QUESTION, probabilities[one]))
    if kind is AnswerKind.OVERVIEW and others and mentions.has_document_noun:
        titled = names.document_titled(others)
        documents, others = (documents | {titled}, frozenset()) if titled else (documents, others)
    intent = Intent(kind, 1 - probabilities[AnswerKind.QUESTION], mentions, tuple(sorted(documents)), others)
    is_of_all = kind is AnswerKind.OVERVIEW and not documents and not others  # "What do these have in common?"
    if (is_of_all or kind is AnswerKind.CONTRADICTIONS) and intent.asks_for_agreement:
        return replace(intent, kind=AnswerKind.AGREEMENTS)
    return intent
