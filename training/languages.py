"""`python -m training.languages DATA`: fit what judges quotes in libraries that the multilingual encoder has read.

The reader reads English alone. Here sentences are ranked, and quotes judged, by words and their vectors. Each figure is
measured with one language left out: its questions are judged by weights fitted on the others. The shipped weights are
then fitted on all: XQuAD in German, Spanish, Arabic and Chinese, squad2 in English, and English questions about the
texts in other languages.
"""

import argparse
import json
import pickle
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from tqdm import tqdm

from eval.datasets import DataSet, Question, read_beir
from eval.languages import ENGLISH, english_questions, spread
from eval.systems import documents_of
from retriever import Assistant, SentenceEncoder
from retriever.answering.calibration import SIGNALS
from retriever.answering.candidates import Candidate
from retriever.answering.features import FEATURES, features_of
from retriever.answering.ranker import READ_FEATURES, Ranker, shortlist
from retriever.answering.reader_scores import unread
from retriever.answering.retrieval import Retrieval
from retriever.answering.selection import MULTILINGUAL_FILE
from training.cases import Case
from training.examples import slim
from training.fitting import RANKER_PENALTY, fit_ranker
from training.verdict import ARMS, Verdicts, fit_calibrator, judged, report

LANGUAGES = ("de", "es", "ar", "zh")
CLEAR_FROM = 0.85
"""Confidence from which an answer is clear. With a language left out, 0 to 12 in 100 clear answers are wrong; from 0.8
on it is 0 to 16. Half of the questions have no answer."""
QUESTIONS = 160
"""Of each kind and language, evenly spread."""
ALIKE = 0.9
"""Cosine from which two questions about one paragraph, each nearest to the other, are one question in two languages."""
# The combiner's weights without a reader: the order by words stays.
COMBINER = Ranker(np.array([name == "by_words" for name in READ_FEATURES], dtype=np.float32))
_, NAMES = ARMS["words alone"]


def asked(data: Path, kept: Path) -> list[Case]:
    """Ask every question of its language's paragraphs, with the one that answers and without; kept on disk."""
    encoder = SentenceEncoder.multilingual()
    english = read_beir(data / ENGLISH)
    found: list[Case] = []
    for language in (*LANGUAGES, ENGLISH):
        file = kept / f"cases-{language}.pickle"
        if not file.is_file():
            dataset = english if language == ENGLISH else read_beir(data / f"xquad_{language}")
            file.write_bytes(pickle.dumps(list(_cases(language, dataset, english, encoder)), protocol=5))
        found += pickle.loads(file.read_bytes())  # noqa: S301 (our own file)
    return found


def _cases(language: str, dataset: DataSet, english: DataSet, encoder: SentenceEncoder) -> Iterator[Case]:
    own = [one for one in dataset.questions if one.answerable]
    kinds = {"own": own}
    if language != ENGLISH:
        kinds["English"] = _with_gold(english_questions(english, dataset).questions, own, encoder)
    with (
        tempfile.TemporaryDirectory() as folder,
        Assistant.open(Path(folder) / "library", encoder=encoder, create=True) as assistant,
    ):
        assistant.add(documents_of(dataset.documents or ()))
        for kind, questions in kinds.items():
            for question in tqdm(spread(questions, QUESTIONS), desc=f"{language} {kind}", disable=None):
                hidden = {str(question.context_id)}
                there, gone = assistant.gather(question.text, [(), hidden])
                for condition, gathered in (("full", there), ("gone", gone)):
                    if gathered is not None:
                        yield _case(language, condition, kind, question, gathered)


def _case(language: str, condition: str, kind: str, question: Question, gathered: Retrieval) -> Case:
    def right(one: Candidate) -> bool:
        place = one.hit.passage.document_id
        return any(
            place == gold.document_id and one.start <= gold.start and gold.end <= one.end for gold in question.gold
        )

    features = features_of(gathered.comparison)
    answers = np.array([right(one) for one in gathered.candidates.sentences], dtype=bool)
    read = unread(gathered.candidates)
    parts = np.zeros((0, len(answers)), dtype=bool)
    return Case(language, condition, kind, condition == "full", slim(gathered), features, read, answers, parts)


def _with_gold(questions: Sequence[Question], own: Sequence[Question], encoder: SentenceEncoder) -> list[Question]:
    """Give each English question the answer's place of the same question in the text's language, if it is found."""
    vectors = {one.id: encoder.encode_question(one.text, ()).vector for one in (*questions, *own)}
    found = []
    for question in questions:
        here = [one for one in own if one.context_id == question.context_id]
        nearest = max(here, key=lambda one: float(vectors[one.id] @ vectors[question.id]))
        back = max(
            (one for one in questions if one.context_id == question.context_id),
            key=lambda one: float(vectors[one.id] @ vectors[nearest.id]),
        )
        if back is question and float(vectors[nearest.id] @ vectors[question.id]) >= ALIKE:
            found.append(Question(question.id, question.text, nearest.gold, context_id=question.context_id))
    return found


def fit_words(every: Sequence[Case]) -> Ranker:
    """Fit the ranking of sentences on cases that have an answer among their candidates."""
    lists = []
    for case in every:
        if case.answerable:
            at = shortlist(case.gathered.rough)
            if case.gold[at].any():
                lists.append((case.features[at], case.gold[at]))
    return fit_ranker(lists)


def left_out(every: Sequence[Case]) -> Verdicts:
    """Judge each language by weights fitted on the others."""
    found, present, confidence = [], [], []
    for language in dict.fromkeys(case.collection for case in every):
        others = [case for case in every if case.collection != language]
        ranker = fit_words(others)
        calibrator = fit_calibrator([judged(case, ranker, COMBINER) for case in others], NAMES)
        for case in every:
            if case.collection == language:
                one = judged(case, ranker, COMBINER)
                found.append(one)
                present.append(calibrator.present.probability(one.signals))
                confidence.append(calibrator.probability(one.signals))
    return Verdicts(found, np.array(present), np.array(confidence))


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit, measure and write."""
    parser = argparse.ArgumentParser(prog="python -m training.languages", description=__doc__)
    parser.add_argument("data", type=Path, help="the folder that holds xquad_de/ and the others, and squad2/")
    parser.add_argument("--kept", type=Path, required=True, help="a folder for what was asked")
    parser.add_argument("--dry", action="store_true", help="measure only; write nothing")
    chosen = parser.parse_args(arguments)
    chosen.kept.mkdir(parents=True, exist_ok=True)
    every = asked(chosen.data, chosen.kept)
    verdicts = left_out(every)
    for kind in ("own", "English"):
        at = [position for position, one in enumerate(verdicts.judged) if one.case.kind == kind]
        print("\nquestions in the text's own language" if kind == "own" else "\nEnglish questions")
        report(
            Verdicts([verdicts.judged[one] for one in at], verdicts.present[at], verdicts.confidence[at]), CLEAR_FROM
        )
    if not chosen.dry:
        write(every)
    return 0


def write(every: Sequence[Case]) -> None:
    """Fit on all languages and write the weights."""
    ranker = fit_words(every)
    calibrator = fit_calibrator([judged(case, ranker, COMBINER) for case in every], NAMES)
    fields = {
        "trained_on": "XQuAD in German, Spanish, Arabic and Chinese (Artetxe et al. 2020), squad2; CC BY-SA 4.0",
        "features": list(FEATURES),
        "ranker": ranker.weights.tolist(),
        "ranker_penalty": RANKER_PENALTY,
        "read_features": list(READ_FEATURES),
        "combiner": COMBINER.weights.tolist(),
        "signals": list(SIGNALS),
        "present": calibrator.present.fields,
        "right": calibrator.right.fields,
        "clear_from": CLEAR_FROM,
    }
    MULTILINGUAL_FILE.write_text(json.dumps(fields, indent=1) + "\n", encoding="utf-8")
    print(f"wrote {MULTILINGUAL_FILE.name}")


if __name__ == "__main__":
    sys.exit(main())
