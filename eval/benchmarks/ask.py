"""`python -m eval.benchmarks.ask`: how long a warm answer takes, compared with a cross-encoder on torch.

The comparison is `sentence_transformers.CrossEncoder` with 12 layers, like the reader, over the question and ten
passages of 180 tokens. Its weights are random, which does not change the time. The questions are those of the QA set
over the shipped articles; `--data DIR` takes those of a data set in BEIR's layout. Both take turns.
"""

import argparse
import contextlib
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from sentence_transformers import CrossEncoder
from tokenizers import Tokenizer
from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

from eval.__main__ import QUESTIONS
from eval.benchmarks.rounds import print_table, ratio, save
from eval.datasets import read_beir, read_questions
from eval.runs import KEPT_LIBRARIES, assistant_over
from retriever import Assistant, SentenceEncoder
from retriever.answering.reader import TOKENIZER

PLAIN = "read ten passages with CrossEncoder, torch"
WHOLE = "ask: search, reading and answer included"
ENCODED = "encode with sentence-transformers, torch"
AGAIN = "ask again: the answer was kept"
PASSAGES, TOKENS = 10, 180


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask every question, and print the table.

    Returns:
        The exit status.
    """
    parser = argparse.ArgumentParser(prog="python -m eval.benchmarks.ask", description=__doc__)
    parser.add_argument("--data", type=Path, help="a data set in BEIR's layout; default: the shipped articles")
    parser.add_argument("--questions", type=int, default=200, help="how many are asked at the most")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder, _open(chosen.data, Path(folder)) as (assistant, questions):
        timed = _time(assistant, questions[: chosen.questions], Path(folder))
    print_table(timed, PLAIN)
    name = f"ask-{chosen.data.name}" if chosen.data else "ask"
    save(name, {"questions": len(timed[WHOLE]), "seconds": timed, "ratio": ratio(timed[WHOLE], timed[PLAIN])})
    return 0


@contextlib.contextmanager
def _open(data: Path | None, folder: Path) -> Iterator[tuple[Assistant, list[str]]]:
    """An assistant, and the questions for it."""
    if data:
        dataset = read_beir(data)
        yield assistant_over(dataset, KEPT_LIBRARIES), [question.text for question in dataset.questions]
        return
    with Assistant.open_shipped(folder / "library") as assistant:
        texts = {summary.id: assistant.document(summary.id).text for summary in assistant.documents()}
        yield assistant, [question.text for question in read_questions(QUESTIONS, texts).questions]


def _cross_encoder(folder: Path) -> CrossEncoder:
    """A cross-encoder of 12 layers, 384 wide, with random weights."""
    config = BertConfig(hidden_size=384, num_hidden_layers=12, intermediate_size=1536)
    config.num_labels = 1
    BertForSequenceClassification(config).save_pretrained(folder)
    named = {f"{name}_token": f"[{name.upper()}]" for name in ("pad", "cls", "sep", "unk")}
    tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(TOKENIZER), **named)  # type: ignore[no-untyped-call]
    tokenizer.save_pretrained(folder)
    model: CrossEncoder = CrossEncoder(str(folder), device="cpu")
    return model


def _passages(assistant: Assistant) -> list[str]:
    """Ten parts of documents, of at most 180 tokens each."""
    tokenizer = Tokenizer.from_file(str(TOKENIZER))
    texts = (assistant.document(one.id).text for one in assistant.documents())
    encoded = ((text, tokenizer.encode(text, add_special_tokens=False).offsets) for text in texts)
    stretches = (
        text[places[at][0] : places[min(at + TOKENS, len(places)) - 1][1]]
        for text, places in encoded
        for at in range(0, max(1, len(places) - TOKENS), TOKENS)
    )
    return list(islice(stretches, PASSAGES))


def _time(assistant: Assistant, questions: Sequence[str], folder: Path) -> dict[str, list[float]]:
    plain, encoder, passages = _cross_encoder(folder / "model"), SentenceEncoder.shipped(), _passages(assistant)
    for question in questions[:5]:
        plain.predict([(question, passage) for passage in passages])
        encoder.encode([question])
        assistant.ask(f"Now then: {question}")  # different from later ones, since answers are cached
    names = (PLAIN, WHOLE, "  encode", "  search", "  evidence", ENCODED, AGAIN)
    timed: dict[str, list[float]] = {name: [] for name in names}
    for question in questions:
        began = time.perf_counter()
        plain.predict([(question, passage) for passage in passages])
        read = time.perf_counter()
        timings = assistant.ask(question).timings
        asked = time.perf_counter()
        encoder.encode([question])
        timed[PLAIN].append(read - began)
        timed[WHOLE].append(asked - read)
        timed[ENCODED].append(time.perf_counter() - asked)
        for stage in ("encode", "search", "evidence"):
            timed[f"  {stage}"].append(getattr(timings, stage) / 1000)
        timed[AGAIN].append(assistant.ask(question).timings.total / 1000)
    return timed


if __name__ == "__main__":
    sys.exit(main())
