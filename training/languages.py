"""`python -m training.languages DATA`: fit what judges quotes where the reader doesn't know the language.

There, sentences are ranked, and quotes judged, by words and their vectors; where the encoder doesn't know the language
either, by words alone. Each figure is measured with one language left out: its texts are judged by weights fitted on
the others, none of whose questions are in it. The shipped weights are then fitted on all. The data are XQuAD in German,
Spanish, Arabic and Chinese, and squad2 in English. Questions are also asked of the texts in the other languages.
"""

import argparse
import json
import pickle
import sys
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from tqdm import tqdm

from eval.datasets import DataSet, Question, read_beir
from eval.languages import ENGLISH, PARALLEL, spread
from eval.near_misses import near_misses
from eval.systems import documents_of
from retriever import Assistant, SentenceEncoder
from retriever.answering.calibration import UNREAD_SIGNALS, Calibrator
from retriever.answering.candidates import Candidate
from retriever.answering.features import FEATURES, features_of
from retriever.answering.ranker import READ_FEATURES, Ranker, shortlist
from retriever.answering.reader_scores import unread
from retriever.answering.retrieval import Retrieval
from retriever.answering.selection import BY_WORDS_FILE, MULTILINGUAL_FILE
from retriever.answering.verdict import PRESENT
from retriever.encoder import reads
from retriever.learning import Flags
from training.cases import Case
from training.examples import slim
from training.fitting import RANKER_PENALTY, fit_ranker
from training.verdict import Judged, Verdicts, fit_calibrator, judged, report

LANGUAGES = ("de", "es", "ar", "zh", "en")
CLEAR_FROM = (0.75, 0.8, 0.85, 0.9, 0.95)
"""Confidences from which an answer may be clear: the first is taken from which few of the clear answers are wrong."""
MOST_WRONG = 0.1
"""Share of them that may be; more than half of the questions have no answer."""
OWN, NEAR, SMALL, OTHER = 120, 80, 40, 40
"""Questions, and near misses, asked of texts in their own language; of each, those also asked of a few of the texts,
and those asked of texts in each other language. All evenly spread."""
FEW = 5
"""Documents of a small library, as a new user's."""
ALIKE = 0.9
"""Cosine from which two questions about one paragraph, each nearest to the other, are one question in two languages."""
# The combiner's weights without a reader: the order by words stays.
COMBINER = Ranker(np.array([name == "by_words" for name in READ_FEATURES], dtype=np.float32))
Questions = Mapping[str, Mapping[str, Question]]
"""Language -> name of a question -> the question in that language, with its answer in that language's texts."""
Texts = Mapping[str, Mapping[str, str]]
"""Language -> name of a question -> how its near miss is worded in that language."""


def asked(data: Path, kept: Path, encoder: SentenceEncoder) -> list[Case]:
    """Ask each language's texts in every language; kept on disk."""
    sets = {one: read_beir(data / (ENGLISH if one == "en" else f"xquad_{one}")) for one in LANGUAGES}
    questions: Questions = {}
    misses: Texts = {}
    found: list[Case] = []
    for language, dataset in sets.items():
        file = kept / f"{encoder.name}-{language}.pickle"
        if not file.is_file():
            questions = questions or parallel(sets)
            misses = misses or _near_misses(sets, questions)
            file.write_bytes(pickle.dumps(list(_cases(language, dataset, questions, misses, encoder)), protocol=5))
        found += pickle.loads(file.read_bytes())  # noqa: S301 (our own file)
    return found


def parallel(sets: Mapping[str, DataSet]) -> Questions:
    """Name the same question alike in all languages, as XQuAD does; squad2 has other names for its questions."""
    every = {name: {one.id: one for one in dataset.questions if one.answerable} for name, dataset in sets.items()}
    english = every["en"].values()
    names = _translations(english, every["es"].values()) | _translations(english, every["de"].values())
    return every | {"en": {names.get(one.id, one.id): one for one in english}}


def _near_misses(sets: Mapping[str, DataSet], questions: Questions) -> Texts:
    """The near misses of each language's questions, by the names of these."""
    found = {}
    for language, dataset in sets.items():
        names = {one.id: name for name, one in questions[language].items()}
        made = near_misses(dataset, language, sets["es"] if language in sets.keys() - {"es", "en"} else None)
        found[language] = {names[one.id]: one.text for one in made}
    return found


def _translations(english: Collection[Question], others: Collection[Question]) -> dict[str, str]:
    """Id of an English question -> id of the question about the same paragraph that says the same."""
    encoder, found = SentenceEncoder.multilingual(), {}
    for its, ours in json.loads(PARALLEL.read_text(encoding="utf-8")).items():
        here = [one for one in english if one.context_id == ours]
        there = [one for one in others if one.context_id == its]
        if not (here and there):
            continue
        mine, theirs = (
            np.stack([encoder.encode_question(one.text, ()).vector for one in each]) for each in (here, there)
        )
        cosines = mine @ theirs.T
        for at, one in enumerate(here):
            nearest = int(cosines[at].argmax())
            if int(cosines[:, nearest].argmax()) == at and cosines[at, nearest] >= ALIKE:
                found[one.id] = there[nearest].id
    return found


def _cases(
    language: str, dataset: DataSet, questions: Questions, misses: Texts, encoder: SentenceEncoder
) -> Iterator[Case]:
    names = [source.id for source in dataset.documents or ()]
    with (
        tempfile.TemporaryDirectory() as folder,
        Assistant.open(Path(folder) / "library", encoder=encoder, create=True) as assistant,
    ):
        assistant.add(documents_of(dataset.documents or ()))
        for kind, theirs in questions.items():
            if kind == language == "en" and not encoder.is_multilingual:
                continue  # the reader reads these
            by_words = not (reads(encoder, language) and reads(encoder, kind))
            own = kind == language
            texts = {name: theirs[name].text for name in questions[language] if name in theirs}
            near = {name: text for name, text in misses[kind].items() if name in texts}
            asked_of = [
                (one[name], questions[language][name], condition, hidden)
                for one, count in ((texts, OWN if own else OTHER), (near, NEAR if own else OTHER))
                for name, small in _spread(list(one), count, SMALL if own else 0)
                for condition, hidden in _hidden(
                    str(questions[language][name].context_id), names, small=small, near=one is near
                ).items()
            ]
            for text, question, condition, hidden in tqdm(asked_of, desc=f"{language} texts, {kind}", disable=None):
                (found,) = assistant.gather(text, [hidden])
                if found is not None:
                    yield _case((language, condition, kind), question, found, by_words=by_words)


def _spread(names: Sequence[str], count: int, small: int) -> list[tuple[str, bool]]:
    """Names, evenly spread, and whether each is also asked of a few documents."""
    chosen = spread(names, count)
    few = set(spread(chosen, small))
    return [(name, name in few) for name in chosen]


def _hidden(context: str, names: Sequence[str], *, small: bool, near: bool) -> dict[str, Collection[str]]:
    """Condition -> documents that are hidden: the one that answers, all but a few, or both. Near misses have none."""
    at = names.index(context)
    others = set(names) - {names[(at + step) % len(names)] for step in range(FEW)}
    if near:
        return {"near": ()} | ({"near-small": others} if small else {})
    return {"full": (), "gone": {context}} | ({"small": others, "small-out": others | {context}} if small else {})


def _case(about: tuple[str, str, str], question: Question, found: Retrieval, *, by_words: bool) -> Case:
    found = found.of_passages(np.ones(len(found.hits), dtype=bool), by_words=by_words)
    sentences = found.candidates.sentences
    gold = np.array([_holds(one, question) for one in sentences], dtype=bool)
    parts = np.zeros((0, len(gold)), dtype=bool)
    (language, condition, kind), features = about, features_of(found.comparison)
    answerable = condition in ("full", "small")
    return Case(language, condition, kind, answerable, slim(found), features, unread(found.candidates), gold, parts)


def _holds(one: Candidate, question: Question) -> bool:
    place = one.hit.passage.document_id
    return any(place == gold.document_id and one.start <= gold.start and gold.end <= one.end for gold in question.gold)


def fit_words(every: Sequence[Case]) -> Ranker:
    """Fit the ranking of sentences on cases that have an answer among their candidates."""
    lists = []
    for case in every:
        if case.answerable:
            at = shortlist(case.gathered.rough)
            if case.gold[at].any():
                lists.append((case.features[at], case.gold[at]))
    return fit_ranker(lists)


def is_across(case: Case) -> bool:
    """Whether its question and its texts are in two languages."""
    return case.kind != case.collection


def judge(case: Case, ranker: Ranker) -> Judged:
    """Choose quotes as the program does."""
    return judged(case, ranker, COMBINER, UNREAD_SIGNALS)


def fit(every: Sequence[Case]) -> tuple[Ranker, dict[bool, Calibrator]]:
    """Fit the order of sentences, and the probabilities within one language (False) and across two (True)."""
    ranker = fit_words(every)
    judgements = [judge(case, ranker) for case in every]
    return ranker, {
        which: fit_calibrator([_as_found(one) for one in judgements if is_across(one.case) is which])
        for which in (False, True)
    }


def _as_found(one: Judged) -> Judged:
    """By words across languages, few answers are found: what counts as present is an answer that was."""
    if not (is_across(one.case) and one.case.gathered.comparison.by_words):
        return one
    return replace(one, case=replace(one.case, answerable=any(one.right)))


def left_out(every: Sequence[Case]) -> Verdicts:
    """Judge each language's texts by weights fitted on texts and questions in the others."""
    found, present, confidence = [], [], []
    for language in dict.fromkeys(case.collection for case in every):
        ranker, calibrators = fit([case for case in every if language not in (case.collection, case.kind)])
        for case in every:
            if case.collection == language:
                one = judge(case, ranker)
                calibrator = calibrators[is_across(case)]
                found.append(one)
                present.append(calibrator.present.probability(one.signals))
                confidence.append(calibrator.probability(one.signals))
    return Verdicts(found, np.array(present), np.array(confidence))


def clear_from(verdicts: Verdicts, at: Flags) -> float:
    """The lowest confidence from which few clear answers are wrong; 1, never reached, if none is such.

    Args:
        verdicts: of the cases, by weights that have not seen their language.
        at: bool (n_cases,), which of them count.
    """
    right = np.array([one.case.answerable and one.right[0] for one in verdicts.judged])
    for threshold in CLEAR_FROM:
        clear = at & (verdicts.present >= PRESENT) & (verdicts.confidence >= threshold)
        if clear.any() and (~right[clear]).mean() <= MOST_WRONG:
            return threshold
    return 1.0


def across(verdicts: Verdicts) -> Flags:
    """Bool (n_cases,): question and texts are in two languages."""
    return np.array([is_across(one.case) for one in verdicts.judged], dtype=bool)


def tell(verdicts: Verdicts, thresholds: Mapping[bool, float]) -> None:
    """Print the figures of questions in the text's own language, of English ones, and of the others.

    Args:
        verdicts: of all cases.
        thresholds: confidence from which an answer is clear, within one language (False) and across two (True).
    """
    kinds = np.array([one.case.kind for one in verdicts.judged])
    near = np.array([one.case.condition == "near" for one in verdicts.judged])
    other = across(verdicts)
    english = other & (kinds == "en")
    for title, at in (("the text's language", ~other), ("English", english), ("other languages", other & ~english)):
        threshold = thresholds[title != "the text's language"]
        print(f"\nquestions in {title}, clear from {threshold}")
        chosen = [verdicts.judged[one] for one in np.flatnonzero(at)]
        report(Verdicts(chosen, verdicts.present[at], verdicts.confidence[at]), threshold)
        absent = verdicts.present[at & near] < PRESENT
        clear = ~absent & (verdicts.confidence[at & near] >= threshold)
        print(f"near misses: n {clear.size}, clear {clear.mean():.3f}, absent {absent.mean():.3f}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit, measure and write."""
    parser = argparse.ArgumentParser(prog="python -m training.languages", description=__doc__)
    parser.add_argument("data", type=Path, help="the folder that holds xquad_de/ and the others, and squad2/")
    parser.add_argument("--kept", type=Path, required=True, help="a folder for what was asked")
    parser.add_argument("--dry", action="store_true", help="measure only; write nothing")
    chosen = parser.parse_args(arguments)
    chosen.kept.mkdir(parents=True, exist_ok=True)
    for file, encoder in (
        (BY_WORDS_FILE, SentenceEncoder.shipped()),
        (MULTILINGUAL_FILE, SentenceEncoder.multilingual()),
    ):
        every = asked(chosen.data, chosen.kept, encoder)
        print(f"\n{encoder.name}: {len(every)} cases")
        verdicts = left_out(every)
        other = across(verdicts)
        thresholds = {which: clear_from(verdicts, other == which) for which in (False, True)}
        tell(verdicts, thresholds)
        if not chosen.dry:
            write(every, thresholds, file)
    return 0


def write(every: Sequence[Case], thresholds: Mapping[bool, float], file: Path) -> None:
    """Fit on all languages and write the weights."""
    ranker, calibrators = fit(every)
    parts = {
        name: {
            "present": calibrators[which].present.fields,
            "right": calibrators[which].right.fields,
            "clear_from": thresholds[which],
        }
        for which, name in ((False, "within"), (True, "across"))
    }
    fields = {
        "trained_on": "XQuAD in German, Spanish, Arabic and Chinese (Artetxe et al. 2020), squad2; CC BY-SA 4.0",
        "features": list(FEATURES),
        "ranker": ranker.weights.tolist(),
        "ranker_penalty": RANKER_PENALTY,
        "signals": list(UNREAD_SIGNALS),
        **parts,
    }
    file.write_text(json.dumps(fields, indent=1) + "\n", encoding="utf-8")
    print(f"wrote {file.name}")


if __name__ == "__main__":
    sys.exit(main())
