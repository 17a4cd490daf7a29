"""The reader's training: examples in tokens, batches, the loss, and the passages that the program would read."""

import json
import random
from pathlib import Path

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer
from transformers import BertConfig, BertModel

import training.served
from retriever.answering import reader
from retriever.answering.reader import TOKENIZER
from training.batches import LENGTHS, STEP_TOKENS, PairTable, batches
from training.reader import loss_of
from training.reader_check import MOST_SPAN_TOKENS, check
from training.reader_model import Reader
from training.served import served_pairs
from training.store import EVERY_ROUND, PairStore, StoreBuilder

LAMP = "The lamp was lit in 1904. Its keeper is Ada Brook."
FERRY = "The ferry sails at nine. It carries forty people."


def _store(questions: int = 3, in_round: int = 0) -> PairStore:
    builder = StoreBuilder(Tokenizer.from_file(str(TOKENIZER)))
    at = LAMP.index("Ada Brook")
    for number in range(questions):
        asked = f"Who keeps lamp {number}?"
        builder.add([(asked, "Lamps", LAMP, [(at, at + 9)]), (asked, "", FERRY, [])], "lamps", in_round)
    return builder.store()


def small_reader(layers: int = 2) -> Reader:
    """A reader with random weights, always the same."""
    torch.manual_seed(1)
    config = BertConfig(hidden_size=384, num_hidden_layers=layers, num_attention_heads=12, intermediate_size=64)
    config._attn_implementation = "eager"
    return Reader(BertModel(config), {"weight": torch.zeros(1, 384), "bias": torch.zeros(1)})


def test_the_answer_of_a_stored_pair_is_found_again_in_its_tokens() -> None:
    store, tokenizer = _store(1), Tokenizer.from_file(str(TOKENIZER))
    ((pair, first, last),) = store.spans.tolist()
    assert pair == 0
    assert tokenizer.decode(store.tokens[first : last + 1].tolist()) == "ada brook"
    passage = tokenizer.decode(store.tokens[store.firsts[0] : store.lengths[0]].tolist())
    assert passage.startswith("the lamp was lit")
    assert store.asked[0] < store.firsts[0]


def test_training_reads_as_much_as_the_program() -> None:
    assert (LENGTHS[-1], MOST_SPAN_TOKENS) == (reader.MOST_TOKENS, reader.MOST_SPAN_TOKENS)


def test_a_pair_whose_answer_is_cut_off_is_left_out() -> None:
    builder = StoreBuilder(Tokenizer.from_file(str(TOKENIZER)))
    text = "word " * 600 + "Ada Brook"
    builder.add([("Who?", "", text, [(len(text) - 9, len(text))]), ("Who?", "", FERRY, [])], "long", 0)
    store = builder.store()
    assert len(store.lengths) == 1
    assert not len(store.spans)


def test_stores_are_joined_and_come_back_from_a_file(tmp_path: Path) -> None:
    joined = PairStore.joined([_store(2), _store(1, EVERY_ROUND)])
    joined.save(tmp_path / "pairs.npz")
    again = PairStore.load(tmp_path / "pairs.npz")
    assert again.groups.tolist() == [0, 0, 1, 1, 2, 2]
    assert again.spans[:, 0].tolist() == [0, 2, 4]
    assert again.rounds.tolist() == [0] * 4 + [EVERY_ROUND] * 2
    assert np.array_equal(again.tokens, joined.tokens)


def test_a_round_has_its_own_pairs_and_those_of_every_round_with_questions_kept_together() -> None:
    store = PairStore.joined([_store(40, 0), _store(5, 1), _store(30, EVERY_ROUND)])
    table = PairTable(store, torch.device("cpu"))
    read: list[int] = []
    for pairs, length in batches(table, 0, random.Random(1)):
        assert length in LENGTHS
        assert len(pairs) * length <= STEP_TOKENS
        assert store.lengths[pairs].max() <= length
        groups = store.groups[pairs].tolist()
        assert all(groups.count(group) == 2 for group in groups)
        read += groups
    assert set(read) == {*range(40), *range(45, 75)}


def test_a_step_reads_the_same_as_the_model_that_is_exported() -> None:
    model, table = small_reader().eval(), PairTable(_store(), torch.device("cpu"))
    batch = table.batch(np.arange(6), 64, 8)
    with torch.no_grad():
        for one, other in zip(
            model(batch.ids, batch.types, batch.mask), model.fast(batch.ids, batch.types, batch.mask), strict=True
        ):
            inside = batch.mask.bool() if one.dim() == 2 else batch.counted.bool()
            assert torch.allclose(one[inside], other[inside], atol=1e-4)


@pytest.mark.parametrize("choice", [0.0, 1.0])
def test_learning_tells_the_passage_that_answers_from_the_other(choice: float) -> None:
    model, table = small_reader(), PairTable(_store(), torch.device("cpu"))
    batch = table.batch(np.arange(6), 64, 6)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    losses = []
    for _ in range(12):
        loss = loss_of(model, batch, choice)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < losses[0] / 2
    with torch.no_grad():
        answers = model.eval().fast(batch.ids, batch.types, batch.mask)[2]
    assert (answers[0::2] > answers[1::2]).all()


def test_rows_that_fill_a_batch_change_no_loss() -> None:
    model, table = small_reader().eval(), PairTable(_store(), torch.device("cpu"))
    losses = [float(loss_of(model, table.batch(np.arange(6), 64, rows), 1.0).detach()) for rows in (6, 11)]
    assert losses[0] == pytest.approx(losses[1], rel=1e-2)


def test_the_check_counts_a_span_in_a_right_sentence_of_a_passage_as_found() -> None:
    builder = StoreBuilder(Tokenizer.from_file(str(TOKENIZER)))
    builder.add([("Who keeps the lamp?", "", LAMP, [(0, len(LAMP))])], "tower full", 0)
    builder.add([("Who sails?", "", FERRY, [])], "tower full out", 0)
    found = check(small_reader(), PairTable(builder.store(), torch.device("cpu")))
    assert found["tower first"] == 1
    assert 0 <= found["tower auroc"] <= 1


def test_the_passages_that_the_program_would_read_carry_the_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, questions = tmp_path / "kept", tmp_path / "questions"
    questions.mkdir()
    monkeypatch.setattr(training.served, "KEPT_LIBRARIES", kept)
    monkeypatch.setattr(training.served, "QUESTIONS", questions)
    documents = {"1-lamp": f"Lamps\n\n{LAMP}", "1-tale": "Tales\n\nAda Brook keeps no lamp.", "1-held": "Held\n\nLamp."}
    asked = {"doc": "1-lamp", "q": "Who keeps the lamp?", "a": ["Ada Brook"], "kind": "who", "answerable": True}
    file = questions / "reader-6.jsonl"
    file.write_text(json.dumps(asked) + "\n", encoding="utf-8")
    (questions / "verdict-2.jsonl").write_text('{"doc": "1-held"}\n', encoding="utf-8")
    (pairs,) = list(served_pairs(tmp_path, documents, [file])["reader-6"])
    assert [pair.passage[start:end] for pair in pairs for start, end in pair.spans] == ["Ada Brook"]
    assert not any("keeps no lamp" in pair.passage or pair.passage == "Lamp." for pair in pairs)
