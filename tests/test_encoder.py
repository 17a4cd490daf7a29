"""The encoder that ships: the right weights, unit rows, the same bytes each time."""

from pathlib import Path

import numpy as np
import pytest

from retriever import EncoderError
from retriever import encoder as module
from retriever.encoder import SHIPPED_DIGEST, SHIPPED_NAME, SentenceEncoder

SENTENCES = [
    "The ferry leaves the island at nine.",
    "Nine o'clock is when the boat departs from the isle.",
    "The baker has run out of rye flour.",
]


@pytest.fixture(scope="module")
def shipped() -> SentenceEncoder:
    return SentenceEncoder.shipped()


def test_the_shipped_weights_are_those_that_ibid_was_made_with(shipped: SentenceEncoder) -> None:
    assert (shipped.name, shipped.digest) == (SHIPPED_NAME, SHIPPED_DIGEST)


def test_altered_weights_are_not_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SHIPPED_DIGEST", "0" * 64)
    with pytest.raises(EncoderError, match=f"{SHIPPED_DIGEST}, not {'0' * 64}"):
        SentenceEncoder.shipped()


def test_a_missing_package_says_how_to_mend_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SHIPPED_PACKAGE", "no_such_package")
    with pytest.raises(EncoderError, match="install"):
        SentenceEncoder.shipped()


def test_a_folder_without_a_model_is_an_error(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(EncoderError, match="holds no sentence-transformers model"):
            SentenceEncoder.from_folder(folder)


@pytest.mark.model
def test_weights_that_are_no_model_are_an_error(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"no weights")
    with pytest.raises(EncoderError, match="cannot be loaded"):
        SentenceEncoder.from_folder(tmp_path).encode_question("Who?")


@pytest.mark.model
def test_rows_are_of_unit_length(shipped: SentenceEncoder) -> None:
    vectors = shipped.encode_passages(SENTENCES)
    assert (vectors.shape, vectors.dtype) == ((3, shipped.dimension), np.float32)
    assert shipped.dimension == 384
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(3), abs=1e-5)
    assert shipped.encode_question(SENTENCES[0]).shape == (384,)


@pytest.mark.model
def test_no_texts_have_no_rows(shipped: SentenceEncoder) -> None:
    assert shipped.encode_passages([]).shape == (0, 384)


@pytest.mark.model
def test_the_same_texts_have_the_same_bytes(shipped: SentenceEncoder) -> None:
    assert shipped.encode_passages(SENTENCES).tobytes() == shipped.encode_passages(SENTENCES).tobytes()
    assert shipped.encode_question(SENTENCES[0]).tobytes() == shipped.encode_question(SENTENCES[0]).tobytes()


@pytest.mark.model
def test_a_paraphrase_is_nearer_than_another_subject(shipped: SentenceEncoder) -> None:
    ferry, boat, baker = shipped.encode_passages(SENTENCES)
    assert ferry @ boat > 0.5 > 0.3 > ferry @ baker


@pytest.mark.model
@pytest.mark.parametrize(
    "text",
    ["", "🌋", "متى تبحر؟", "the\0ferry", "ferry " * 5_000],
    ids=["empty", "emoji", "right to left", "a NUL", "5,000 words"],
)
def test_any_text_has_a_vector(shipped: SentenceEncoder, text: str) -> None:
    (vector,) = shipped.encode_passages([text])
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
