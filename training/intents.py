"""`python -m training.intents DATA`: fit the model that tells talk about the library from questions, and measure it.

In: written sentences (`questions/talk.txt`), written questions that sound like them (`questions/talk-like.txt`), and
real questions: the training questions, squad2, canard, cast2019. Out: `retriever/intents/model.json`. Two things are
held out to measure it: a fifth of the wordings of each frame, and whole sources of questions. The model is then fitted
on everything but the held-out sources. Sentences of `eval/intents.jsonl` are left out everywhere.
"""

import argparse
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from retriever import SentenceEncoder
from retriever.intents import FEATURES, FILE, IntentModel, Mentions, features
from retriever.intents.mentions import NAMED, Mention, times_named
from retriever.learning import Floats
from retriever.talk import AnswerKind
from retriever.text.question import Question, tidy
from retriever.text.tokens import terms
from training.documents import QUESTIONS
from training.pair import read_lines

SEED = 20221121
FOLDS, MEASURED_FOLDS = 5, 2
EVALUATED = Path("eval/intents.jsonl")
HELD_OUT_FILES = ("reader-15", "reader-16")
TRAINED_ARTICLES = ("Normans", "Computational_complexity_theory")
"""Articles of squad2 whose questions are trained on; those of the others measure."""
FILLED = 3
"""How often a sentence with slots is filled."""
STRENGTH = 3.0
"""scikit-learn's C: the best of 0.3, 1, 3, 10 by the log-likelihood of the held-out wordings."""
MOST_OF_A_SOURCE = {True: 500, False: 2000}
"""Questions that are taken of a source to train on, and of a held-out source."""
MOST_FALSE = 1 / 1000
"""Share of the held-out questions that may be taken for talk; it sets the threshold."""
LEAST = 0.4
"""The least threshold."""
LISTED = 40
"""Mistakes that are printed."""
SCALE = 1000
"""Weights are stored as whole numbers of this fraction."""
YEARS = ("1998", "2008", "2015", "2019", "March 2019", "last year", "May 2020", "2021", "2022", "January 2023", "2024")

_SLOT = re.compile(r"\{([pqdtyz])\}")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence to train on or to measure with.

    Attributes:
        kind: what it asks for.
        mentions: what it names.
        frame: its frame, or the source of a question.
        fold: which fifth of its frame it belongs to; -1 for a question.
    """

    kind: AnswerKind
    mentions: Mentions
    frame: str
    fold: int = -1


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit, measure and write."""
    parser = argparse.ArgumentParser(prog="python -m training.intents", description=__doc__)
    parser.add_argument("data", type=Path, help="the folder that holds squad2/, canard/ and cast2019/")
    chosen = parser.parse_args(arguments)
    talk = list(written())
    trained, held = questions(chosen.data)
    print(f"{len(talk)} sentences, {len(trained)} questions to train on, {len(held)} held out")
    vectors = _vectors([*talk, *trained, *held])
    parts = (vectors[: len(talk)], vectors[len(talk) : -len(held)], vectors[-len(held) :])
    talk_from = measure(talk, trained, held, parts)
    write(fit([*talk, *trained], np.concatenate(parts[:2])), talk_from)
    return 0


def written() -> Iterator[Sentence]:
    """The written sentences, with their slots filled, without those that the evaluation asks."""
    asked = {_plain(one) for line in read_lines(EVALUATED) for one in line["wordings"]}
    fill = random.Random(SEED)  # noqa: S311 (repeatable)
    topics = _topics()
    kind, frame, place = AnswerKind.QUESTION, "", 0
    for line in (QUESTIONS / "talk.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("="):
            _, name, frame = line.split()
            kind, place = AnswerKind(name), 0
        elif line and not line.startswith("#") and _plain(line) not in asked:
            place += 1
            for _ in range(FILLED if _SLOT.search(line) else 1):
                yield Sentence(kind, _filled(line, fill, topics), f"{kind} {frame}", place % FOLDS)


def questions(data: Path) -> tuple[list[Sentence], list[Sentence]]:
    """Real questions: those to train on, and those of the held-out sources. None stands in both."""
    held = {file.stem: [str(line["q"]) for line in read_lines(file)] for file in QUESTIONS.glob("reader-*.jsonl")}
    trained = {name: held.pop(name) for name in list(held) if name not in HELD_OUT_FILES}
    for line in read_lines(data / "squad2" / "queries.jsonl"):
        of = trained if line["article"] in TRAINED_ARTICLES else held
        of.setdefault("squad2", []).append(str(line["text"]))
    for name in ("canard", "cast2019"):
        for file in sorted((data / name).glob("*.jsonl")):
            asked = [str(line["text"]) for line in read_lines(file) if "text" in line and "history" in line]
            trained[name] = asked[: len(asked) // 2]
            held[name] = asked[len(asked) // 2 :]
    like = (QUESTIONS / "talk-like.txt").read_text(encoding="utf-8").splitlines()
    trained["talk-like"] = [line for line in like if line and not line.startswith("#")]
    fill = random.Random(SEED)  # noqa: S311 (repeatable)
    sourced = [_with_source(one, fill) for one in fill.sample(trained["reader-5"] + trained["reader-6"], 600)]
    known = [Sentence(AnswerKind.QUESTION, one, "sourced") for one in sourced]
    known += [_question(one, name) for name, asked in trained.items() for one in _some(asked, fill, trained=True)]
    seen = {_plain(one.mentions.question.text) for one in known}
    new = {name: [one for one in asked if _plain(one) not in seen] for name, asked in held.items()}
    unseen = [_question(one, name) for name, asked in new.items() for one in _some(asked, fill, trained=False)]
    return known, unseen


def _some(asked: list[str], fill: random.Random, trained: bool) -> list[str]:
    return fill.sample(asked, min(len(asked), MOST_OF_A_SOURCE[trained]))


def measure(
    talk: Sequence[Sentence], trained: Sequence[Sentence], held: Sequence[Sentence], parts: tuple[Floats, ...]
) -> float:
    """Measure with a fifth of the wordings left out, twice, and choose the threshold. Prints the figures."""
    likely, right, false = np.zeros(len(talk)), np.zeros(len(talk), dtype=bool), np.zeros(len(held))
    for fold in range(MEASURED_FOLDS):
        inside = [at for at, one in enumerate(talk) if one.fold != fold]
        model = fit([*(talk[at] for at in inside), *trained], np.concatenate([parts[0][inside], parts[1]]))
        for at, one in enumerate(talk):
            if one.fold == fold:
                found = model.probabilities(one.mentions, parts[0][at])
                likely[at] = 1 - found.pop(AnswerKind.QUESTION)
                right[at] = max(found, key=lambda each: found[each]) is one.kind
        found_false = [
            1 - model.probabilities(one.mentions, vector)[AnswerKind.QUESTION]
            for one, vector in zip(held, parts[2], strict=True)
        ]
        false = np.maximum(false, found_false)
    order = np.sort(false)[::-1]
    talk_from = round(float(max(LEAST, order[int(MOST_FALSE * len(held))] + 0.01)), 2)
    print(f"threshold {talk_from}")
    for name in sorted({one.frame for one in held}):
        of = [likely_ for one, likely_ in zip(held, false, strict=True) if one.frame == name]
        print(f"  {name:14}{sum(each >= talk_from for each in of):4} of {len(of)} taken for talk")
    for at in np.argsort(-false)[:LISTED]:
        print(f"    {false[at]:.2f} {held[at].mentions.question.text}")
    told, tried = (likely >= talk_from) & right, np.array([one.fold < MEASURED_FOLDS for one in talk])
    print(
        f"held-out wordings: right {told[tried].mean():.3f}, "
        f"taken for a question {(likely < talk_from)[tried].mean():.3f}"
    )
    for kind in AnswerKind:
        places = [at for at, one in enumerate(talk) if one.kind is kind and tried[at]]
        if places:
            print(f"  {kind:16}{told[places].mean():.3f} of {len(places)}")
    for at in np.flatnonzero(~told & tried)[:LISTED]:
        print(f"    {likely[at]:.2f} {talk[at].kind} {talk[at].mentions.masked}")
    return talk_from


def fit(sentences: Sequence[Sentence], vectors: Floats) -> IntentModel:
    """Fit the weights on sentences and their vectors, float32 (n_sentences, dimension)."""
    vocabulary = _vocabulary(sentences, without=None)
    of_fold = {fold: _vocabulary(sentences, without=fold) for fold in range(FOLDS)} | {-1: vocabulary}
    place = {term: at for at, term in enumerate(vocabulary)}
    rows = []
    for one, vector in zip(sentences, vectors, strict=True):
        # A written sentence is read with the words of the others, as an unseen one will be.
        known = {term: place[term] for term in of_fold[one.fold] if term in place}
        columns = np.zeros(len(place), dtype=np.float32)
        columns[[place[term] for term in set(terms(one.mentions.masked)) if term in known]] = 1
        rows.append(np.concatenate([vector, features(one.mentions, known), columns]))
    kinds = [list(AnswerKind).index(one.kind) for one in sentences]
    regression = LogisticRegression(C=STRENGTH, max_iter=200)
    regression.fit(np.array(rows), kinds)
    return IntentModel(
        tuple(list(AnswerKind)[at] for at in regression.classes_),
        place,
        np.asarray(regression.coef_, dtype=np.float32),
        np.asarray(regression.intercept_, dtype=np.float32),
        0.5,
        SentenceEncoder.shipped().digest,
    )


def write(model: IntentModel, talk_from: float) -> None:
    """Write the weights that ship with Ibid."""
    fields = {
        "features": list(FEATURES),
        "kinds": list(model.kinds),
        "encoder_digest": model.encoder_digest,
        "talk_from": talk_from,
        "scale": SCALE,
        "terms": list(model.vocabulary),
        "intercepts": [round(float(each), 4) for each in model.intercepts],
        "weights": np.round(model.weights * SCALE).astype(int).tolist(),
    }
    FILE.write_text(json.dumps(fields, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"{FILE}: {FILE.stat().st_size} bytes, {len(model.vocabulary)} terms")


def _vocabulary(sentences: Sequence[Sentence], without: int | None) -> list[str]:
    """Terms of the written sentences' own words, not of what fills their slots; of two sentences or more."""
    counted: Counter[str] = Counter()
    for one in {(s.frame, s.fold, _frame_text(s)): s for s in sentences if s.fold >= 0 and s.fold != without}.values():
        counted.update(set(terms(_frame_text(one))))
    return sorted(term for term, count in counted.items() if count > 1 and not term.isdigit())


def _frame_text(sentence: Sentence) -> str:
    return _FRAME_TEXTS[sentence.mentions.question.text]


_FRAME_TEXTS: dict[str, str] = {}


def _filled(line: str, fill: random.Random, topics: Sequence[str]) -> Mentions:
    """A written sentence with its slots filled; names of sources are masked already."""
    values = {
        "p": NAMED[0],
        "q": NAMED[1],
        "d": fill.choice((NAMED[0], f"“{NAMED[0]}”", f"the article {NAMED[0]}", f"the {NAMED[0]} report")),
        "t": fill.choice(topics),
        "y": fill.choice(YEARS[:6]),
        "z": fill.choice(YEARS[6:]),
    }
    text = tidy(_SLOT.sub(lambda slot: values[slot[1]], line))
    _FRAME_TEXTS[text] = _SLOT.sub(" ", line)
    return _mentions(text)


def _mentions(text: str) -> Mentions:
    """The mentions of a sentence whose sources are masked already."""
    spans = tuple(sorted((one.start(), one.end()) for name in NAMED for one in re.finditer(re.escape(name), text)))
    sources = tuple(
        Mention(text.find(name), text.find(name) + len(name), name, (name,)) for name in NAMED if name in text
    )
    times = tuple((time.start, time.end) for time in times_named(text))
    return Mentions(Question.of(text), sources, spans, times, text)


def _question(text: str, source: str) -> Sentence:
    return Sentence(AnswerKind.QUESTION, _mentions(tidy(text)), source)


def _with_source(question: str, fill: random.Random) -> Mentions:
    """A real question that names a source, as it stands after masking."""
    one, other = NAMED
    bare = question.rstrip("?")
    small = bare[:1].lower() + bare[1:]
    forms = (
        f"According to {one}, {small}?",
        f"{bare} according to {one}?",
        f"{bare}, {one}",
        f"What does {one} say about {fill.choice(_topics())}?",
        f"What did {one} report on {fill.choice(_topics())}?",
        f"In {one}, {small}?",
        f"{bare} by {one} and {other}?",
    )
    return _mentions(tidy(fill.choice(forms)))


def _topics() -> list[str]:
    """Things that the training questions name."""
    if not _TOPICS:
        for name in ("reader-7", "reader-9", "reader-11"):
            asked = [str(line["q"]) for line in read_lines(QUESTIONS / f"{name}.jsonl")]
            _TOPICS.extend(
                f"{phrase.article} {phrase.text}".strip()
                for one in asked
                for phrase in Question.of(one).phrases
                if 2 <= len(phrase.text.split()) <= 5
            )
    return _TOPICS


_TOPICS: list[str] = []


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _vectors(sentences: Sequence[Sentence]) -> NDArray[np.float32]:
    """The vectors of masked sentences: float32 (n_sentences, dimension)."""
    texts = [one.mentions.masked for one in sentences]
    read = SentenceEncoder.shipped().encode_passages(texts, [()] * len(texts))
    return np.array([each.vector for each in read], dtype=np.float32)


if __name__ == "__main__":
    sys.exit(main())
