"""The encoder that ships: the right weights, unit rows, the same bytes each time."""

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Encoding

from retriever import EncoderError
from retriever import encoder as module
from retriever.encoder import SHIPPED_DIGEST, SHIPPED_NAME, SentenceEncoder, Span, TextVectors
from retriever.encoder.compiled import CompiledBackend, _batches
from retriever.encoder.pieces import word_vectors
from retriever.encoder.preparing import STEPS, listening
from retriever.encoder.word_vectors import unit_rows
from retriever.settings import ENCODERS_VARIABLE, default_encoders
from retriever.text.tokens import words

SENTENCES = [
    "The ferry leaves the island at nine.",
    "Nine o'clock is when the boat departs from the isle.",
    "The baker has run out of rye flour.",
]


def spans(text: str) -> list[Span]:
    return [(word.start, word.end) for word in words(text)]


def encode_question(encoder: SentenceEncoder, question: str) -> TextVectors:
    return encoder.encode_question(question, spans(question))


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
        SentenceEncoder.from_folder(tmp_path).encode_question("Who?", [(0, 3)])


@pytest.mark.model
def test_rows_are_of_unit_length(shipped: SentenceEncoder) -> None:
    vectors = shipped.encode(SENTENCES)
    assert (vectors.shape, vectors.dtype) == ((3, shipped.dimension), np.float32)
    assert shipped.dimension == 384
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(3), abs=1e-5)


@pytest.mark.model
def test_no_texts_have_no_rows(shipped: SentenceEncoder) -> None:
    assert shipped.encode([]).shape == (0, 384)
    assert shipped.encode_passages([], []) == []


@pytest.mark.model
def test_the_same_texts_have_the_same_bytes(shipped: SentenceEncoder) -> None:
    assert shipped.encode(SENTENCES).tobytes() == shipped.encode(SENTENCES).tobytes()
    one, other = (encode_question(shipped, SENTENCES[0]) for _ in range(2))
    assert one.vector.tobytes() == other.vector.tobytes()
    assert one.word_vectors.tobytes() == other.word_vectors.tobytes()


@pytest.mark.model
def test_a_paraphrase_is_nearer_than_another_subject(shipped: SentenceEncoder) -> None:
    ferry, boat, baker = shipped.encode(SENTENCES)
    assert ferry @ boat > 0.5 > 0.3 > ferry @ baker


@pytest.mark.model
@pytest.mark.parametrize(
    "text",
    ["", "🌋", "متى تبحر؟", "the\0ferry", "ferry " * 5_000],
    ids=["empty", "emoji", "right to left", "a NUL", "5,000 words"],
)
def test_any_text_has_a_vector(shipped: SentenceEncoder, text: str) -> None:
    (reading,) = shipped.encode_passages([text], [spans(text)])
    assert np.linalg.norm(reading.vector) == pytest.approx(1, abs=1e-5)
    assert reading.word_vectors.shape == (len(spans(text)), 384)
    assert np.isfinite(reading.word_vectors).all()


@pytest.mark.model
def test_a_reading_has_the_vector_that_a_plain_script_would_have(shipped: SentenceEncoder) -> None:
    """Within what bfloat16 rounds: a cosine of 0.9999 or more."""
    text_vectors = shipped.encode_passages(SENTENCES, [spans(text) for text in SENTENCES])
    plain = shipped.encode(SENTENCES)
    for reading, sentence, vector in zip(text_vectors, SENTENCES, plain, strict=True):
        assert reading.vector @ vector > 0.9999
        assert encode_question(shipped, sentence).vector @ vector > 0.9999


@pytest.mark.model
def test_words_have_the_vectors_that_sentence_transformers_gives_them(shipped: SentenceEncoder) -> None:
    asked = [spans(text) for text in SENTENCES]
    pairs = zip(
        shipped.encode_passages(SENTENCES, asked), shipped.reference.encode_texts(SENTENCES, asked), strict=True
    )
    for ours, theirs in pairs:
        assert (unit_rows(ours.word_vectors) * unit_rows(theirs.word_vectors)).sum(axis=1).min() > 0.999


@pytest.mark.model
def test_what_is_read_twice_is_read_once(shipped: SentenceEncoder) -> None:
    asked = [SENTENCES[0], SENTENCES[1], SENTENCES[0]]
    first, second, third = shipped.encode_passages(asked, [spans(text) for text in asked])
    assert third is first is not second


@pytest.mark.model
def test_the_compiled_model_needs_no_torch(shipped: SentenceEncoder) -> None:
    assert shipped.backend.name.startswith("OpenVINO")  # it is compiled, if it was not
    script = (
        "import sys; from retriever import SentenceEncoder; "
        "SentenceEncoder.shipped().encode_question('Who?', [(0, 3)]); "
        "print(*{'torch', 'transformers', 'sentence_transformers', 'openvino_telemetry.main'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "\n"


@pytest.fixture
def compiled(shipped: SentenceEncoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a compiled model of one's own, which the next encoder finds."""
    assert isinstance(shipped.backend, CompiledBackend)
    (kept,) = default_encoders().glob(f"{SHIPPED_DIGEST[:16]}-*")
    monkeypatch.setenv(ENCODERS_VARIABLE, str(tmp_path))
    return shutil.copytree(kept, tmp_path / kept.name)


@pytest.mark.model
@pytest.mark.parametrize("damaged", ["model.xml", "model.bin", "tokenizer.json", "about.json"])
def test_a_damaged_compiled_model_is_made_anew(compiled: Path, damaged: str) -> None:
    for blob in compiled.glob("*.blob"):
        blob.unlink()
    (compiled / damaged).write_bytes(b"no such thing")
    encoder = SentenceEncoder.shipped()
    assert encode_question(encoder, SENTENCES[0]).vector @ encoder.encode(SENTENCES[:1])[0] > 0.9999
    assert isinstance(encoder.backend, CompiledBackend)
    assert (compiled / damaged).stat().st_size > 1000


@pytest.mark.model
def test_a_compiled_model_of_other_weights_is_not_believed(compiled: Path) -> None:
    """Its vector for the sentence that it reads first is another: here, the kept one is turned round."""
    about = json.loads((compiled / "about.json").read_text())
    (compiled / "about.json").write_text(json.dumps(about | {"sample": [-number for number in about["sample"]]}))
    with pytest.raises(ValueError, match=r"has the cosine -1\.0000 to the model's own"):
        CompiledBackend.load(compiled)


@pytest.mark.model
def test_a_model_that_was_found_unsuitable_is_run_by_sentence_transformers(compiled: Path) -> None:
    shutil.rmtree(compiled)
    compiled.mkdir()
    (compiled / "unsuitable.txt").write_text("its vectors differ")
    encoder = SentenceEncoder.shipped()
    assert encoder.backend.name == "sentence-transformers"
    vector = encode_question(encoder, SENTENCES[0]).vector
    assert vector == pytest.approx(encoder.encode(SENTENCES[:1])[0], abs=1e-5)


@pytest.mark.model
def test_a_model_that_reads_otherwise_once_compiled_is_noted_as_unsuitable(
    tmp_path: Path, shipped: SentenceEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("retriever.encoder.compiled.LEAST_COSINE", 1.1)
    assert CompiledBackend.opened(tmp_path, SHIPPED_DIGEST, shipped.reference) is None
    (place,) = tmp_path.iterdir()
    assert [file.name for file in place.iterdir()] == ["unsuitable.txt"]
    assert "has the cosine" in (place / "unsuitable.txt").read_text()


def test_whoever_listens_hears_the_steps_of_compiling(tmp_path: Path, shipped: SentenceEncoder) -> None:
    steps: list[int] = []
    with listening(steps.append):
        assert CompiledBackend.opened(tmp_path, SHIPPED_DIGEST, shipped.reference) is not None
        assert steps == list(range(len(STEPS) + 1))
        assert CompiledBackend.opened(tmp_path, SHIPPED_DIGEST, shipped.reference) is not None
    assert steps == list(range(len(STEPS) + 1)), "what is compiled already says nothing"


def test_texts_of_like_length_share_a_batch() -> None:
    """1,024 pieces at once, lengths rounded up to 16: three of 300 take 304 each, the next batch is padded less."""
    assert list(_batches([300, 5, 16, 300, 17, 300, 300])) == [([0, 3, 5], 304), ([6, 4, 1], 304), ([2], 16)]
    assert list(_batches([2000, 3])) == [([0], 2000), ([1], 16)]
    assert list(_batches([])) == []


@pytest.mark.model
def test_a_word_has_the_vector_that_it_has_in_its_sentence(shipped: SentenceEncoder) -> None:
    """Words, not places: the same word, said again, is nearer than another, wherever it stands."""
    reading = encode_question(shipped, "The ferry left. Another ferry came.")
    unit = unit_rows(reading.word_vectors)
    similarity = unit @ unit.T
    assert np.argsort(-similarity[1])[:2].tolist() == [1, 4]
    assert similarity[1, 4] < 0.999, "each is read in its context"


@pytest.mark.model
def test_what_is_too_long_to_be_read_has_words_without_vectors(shipped: SentenceEncoder) -> None:
    text = "ferry " * 300
    read = encode_question(shipped, text).word_vectors.any(axis=1)
    assert read[:200].all()
    assert not read[256:].any()


@pytest.mark.model
def test_texts_and_their_words_go_together(shipped: SentenceEncoder) -> None:
    with pytest.raises(ValueError, match="1 lists of words for 2 texts"):
        shipped.encode_passages(["The ferry", "The lamp"], [[]])


def test_a_words_vector_is_the_mean_of_its_pieces() -> None:
    """Six pieces: a special one, "light" and "house", "is", a stop, and padding."""
    layer = np.array([[9, 9], [1, 0], [3, 4], [5, 6], [8, 8], [9, 9]], dtype=np.float32)
    places = np.array([[0, 0], [0, 5], [5, 10], [11, 13], [13, 14], [0, 0]])
    assert word_vectors(layer, places, [(0, 10), (11, 13)]).tolist() == [[2, 2], [5, 6]]


def test_a_word_that_no_piece_stands_for_has_zeros() -> None:
    layer, places = np.ones((1, 2), dtype=np.float32), np.array([[4, 7]])
    assert word_vectors(layer, places, [(0, 3), (4, 7), (8, 9)]).tolist() == [[0, 0], [1, 1], [0, 0]]
    assert word_vectors(layer, places, []).shape == (0, 2)


@pytest.mark.model
def test_questions_that_are_read_at_once_give_the_bytes_of_each_alone(shipped: SentenceEncoder) -> None:
    questions = [
        f"{start} {number}?" for number in range(8) for start in ("Who keeps lighthouse", "What did it cost in")
    ]
    alone = [encode_question(shipped, question) for question in questions]
    with ThreadPoolExecutor(16) as threads:
        at_once = list(threads.map(lambda question: encode_question(shipped, question), questions * 3))
    for question, read, known in zip(questions * 3, at_once, alone * 3, strict=True):
        assert np.array_equal(read.vector, known.vector), question
        assert np.array_equal(read.word_vectors, known.word_vectors), question


@pytest.mark.model
def test_questions_whose_bytes_depend_on_their_company_are_read_alone(
    shipped: SentenceEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend = shipped.backend
    assert isinstance(backend, CompiledBackend)
    monkeypatch.setattr(backend, "_equal_to_alone", {})
    first = backend._encode_batch

    def careless(length: int, some: Sequence[tuple[Encoding, Sequence[Span]]]) -> list[TextVectors]:
        return [replace(each, vector=each.vector + len(some) / 1e6) for each in first(length, some)]

    assert [backend._batch_limit(length) for length in (16, 32, 48)] == [16, 16, 1]
    monkeypatch.setattr(backend, "_equal_to_alone", {})
    monkeypatch.setattr(backend, "_encode_batch", careless)
    assert backend._batch_limit(16) == 1
