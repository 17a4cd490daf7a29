"""What is broken is named; what can be mended is."""

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from retriever import Assistant, LibraryForeign
from retriever.store.sqlite.dense import DenseIndex
from retriever.store.sqlite.indexes import INDEX_FOLDER
from tests.world import FERRY, TEXTS, WordEncoder

Break = Callable[..., None]


@pytest.fixture
def break_it(assistant: Assistant, tmp_path: Path) -> Break:
    """Changes the file behind the library's back."""

    def change(statement: str, *values: object) -> None:
        connection = sqlite3.connect(tmp_path / "library" / "library.db")
        with connection:
            assert connection.execute(statement, values).rowcount > 0
        connection.close()

    return change


def test_a_whole_library_has_no_findings(assistant: Assistant) -> None:
    assert assistant.verify() == ()


DAMAGES = {
    "sentences cannot be read": "UPDATE passages SET sentences = '[[' WHERE NOT furniture",
    "a vector is cut": "UPDATE passages SET vector = x'00' WHERE NOT furniture",
    "a vector is missing": "UPDATE passages SET vector = NULL WHERE NOT furniture",
    "a vector is no unit": "UPDATE passages SET vector = zeroblob(length(vector)) WHERE NOT furniture",
    "word vectors are cut": "UPDATE passages SET word_vectors = x'00' WHERE NOT furniture",
    "word vectors are halved": "UPDATE passages SET word_vectors = substr(word_vectors, 1, length(word_vectors) / 2) "
    "WHERE NOT furniture",
    "word vectors are missing": "UPDATE passages SET word_vectors = NULL WHERE NOT furniture",
    "a word has no vector": "UPDATE passages SET words = words - 1, "
    "word_vectors = substr(word_vectors, 1, length(word_vectors) / words * (words - 1)) WHERE NOT furniture",
    "words are others": "UPDATE passages SET text = 'The ferry is late.' WHERE NOT furniture",
    "a passage is moved": "UPDATE passages SET start = start + 1 WHERE NOT furniture",
    "a passage ends behind the text": "UPDATE passages SET end = 10000 WHERE NOT furniture",
    "passages are missing": "DELETE FROM passages",
    "the first passages are missing": "DELETE FROM passages WHERE start = 0",
    "the last passages are missing": "DELETE FROM passages WHERE number IN "
    "(SELECT max(number) FROM passages GROUP BY document)",
    "a vector is too long": "UPDATE passages SET vector = CAST(vector || x'00000000' AS BLOB) WHERE NOT furniture",
    "a vector is no number": "UPDATE passages SET vector = "
    "CAST(x'0000c07f' || substr(vector, 5) AS BLOB) WHERE NOT furniture",
    "a sentence begins before its passage": "UPDATE passages SET sentences = '[[-1, 5]]' WHERE NOT furniture",
    "a sentence ends behind its passage": "UPDATE passages SET sentences = json_array(json_array(start, end + 1)) "
    "WHERE NOT furniture",
}


@pytest.mark.parametrize("statement", DAMAGES.values(), ids=DAMAGES.keys())
def test_damage_is_found_and_mended(assistant: Assistant, break_it: Break, statement: str) -> None:
    before = assistant.passages("ferry.txt")
    break_it(statement)
    findings = assistant.verify()
    assert {finding.place for finding in findings} >= {"ferry.txt", "harbour.txt", "lighthouse.txt"}
    assert not any(finding.repaired for finding in findings)
    assert all(finding.repaired for finding in assistant.verify(repair=True))
    assert assistant.verify() == ()
    assert assistant.passages("ferry.txt") == before
    assert assistant.ask("Who is the captain of the ferry?").answered


def test_an_altered_text_is_found_and_not_mended(assistant: Assistant, break_it: Break) -> None:
    break_it("UPDATE documents SET text = ? WHERE id = 'ferry.txt'", FERRY.replace("12", "13"))
    for repair in (False, True):
        (finding,) = assistant.verify(repair=repair)
        assert finding.place == "ferry.txt"
        assert "index its file again" in finding.problem
        assert not finding.repaired


def test_the_words_of_an_altered_text_are_not_quoted(assistant: Assistant, break_it: Break) -> None:
    break_it("UPDATE documents SET text = ? WHERE id = 'ferry.txt'", f"New! {FERRY}")
    with pytest.raises(Exception, match=r"ferry\.txt"):
        assistant.ask("Who is the captain of the ferry?")


def test_an_index_that_holds_other_vectors_is_found_and_built_anew(assistant: Assistant, tmp_path: Path) -> None:
    (file,) = (tmp_path / "library" / INDEX_FOLDER).glob("*/vectors.npy")
    number = assistant.search("captain of the ferry")[0].number
    index = DenseIndex.load(file.parent)
    numbers, vectors = index.numbers(), np.array(index.vectors(index.numbers()))
    vectors[numbers == number] = 0
    file.unlink()  # never written in place: the assistant has it mapped into memory
    DenseIndex.build(file.parent, numbers, numbers, [vectors])
    assert [finding.place for finding in assistant.verify()] == ["index"]
    assert [finding.repaired for finding in assistant.verify(repair=True)] == [True]
    assert assistant.verify() == ()


def test_an_index_that_knows_other_documents_is_found_and_built_anew(assistant: Assistant, tmp_path: Path) -> None:
    (file,) = (tmp_path / "library" / INDEX_FOLDER).glob("*/documents.npy")
    documents = np.load(file)[::-1]
    file.unlink()  # never written in place: the assistant has it mapped into memory
    np.save(file, documents)
    assert [finding.place for finding in assistant.verify()] == ["index"]
    assert [finding.repaired for finding in assistant.verify(repair=True)] == [True]
    assert assistant.verify() == ()


def test_a_mended_document_need_not_be_read_again(assistant: Assistant, break_it: Break, varn: Path) -> None:
    break_it("UPDATE passages SET vector = NULL WHERE NOT furniture")
    assistant.verify(repair=True)
    assert assistant.index([varn]).unchanged == tuple(TEXTS)


def cut(file: Path) -> None:
    put(file, file.read_bytes()[: file.stat().st_size // 2])


def garble(file: Path) -> None:
    put(file, b"The ferry sails at nine. " * 40)


def put(file: Path, content: bytes) -> None:
    """A new file in the old one's place: the assistant still has that one mapped, and would die of its being cut."""
    file.unlink()
    file.write_bytes(content)


@pytest.mark.parametrize("damage", [Path.unlink, cut, garble])
@pytest.mark.parametrize(
    "kind",
    [
        "numbers.npy",
        "documents.npy",
        "vectors.npy",
        "gone.npy",
        "added-vectors.npy",
        "lexical/meta.json",
        "lexical/*.term",
        "lexical/*.store",
    ],
)
def test_damaged_index_files_are_found_and_built_anew(
    assistant: Assistant, tmp_path: Path, kind: str, damage: Callable[[Path], None]
) -> None:
    for file in list((tmp_path / "library" / INDEX_FOLDER).glob(f"*/{kind}")):
        damage(file)
    assert [finding.place for finding in assistant.verify()] == ["index"]
    assert [finding.repaired for finding in assistant.verify(repair=True)] == [True]
    assert assistant.verify() == ()


def test_indexes_that_are_gone_are_built_anew_and_no_finding(assistant: Assistant, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "library" / INDEX_FOLDER)
    assert assistant.verify() == ()
    assert list((tmp_path / "library" / INDEX_FOLDER).glob("*/vectors.npy"))


@pytest.mark.parametrize(
    "statement",
    ["UPDATE manifest SET format = 99", "UPDATE manifest SET encoder_digest = '7'"],
)
def test_a_library_of_another_make_is_not_opened(
    assistant: Assistant, break_it: Break, tmp_path: Path, statement: str
) -> None:
    break_it(statement)
    with pytest.raises(LibraryForeign, match="index your documents again into a new folder"):
        Assistant.open(tmp_path / "library", encoder=WordEncoder())


def test_an_altered_dimension_is_found_and_mends_nothing(assistant: Assistant, break_it: Break, tmp_path: Path) -> None:
    break_it("UPDATE manifest SET dimension = dimension - 1")
    with Assistant.open(tmp_path / "library", encoder=WordEncoder()) as again:
        for repair in (False, True):
            findings = again.verify(repair=repair)
            assert findings
            assert not any(finding.repaired for finding in findings)
