"""The readers of evaluation data, in a village with a mill, a lake and an inn."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from eval.datasets import (
    DataError,
    DataSet,
    Distance,
    Gold,
    first_documents,
    leave_out,
    read_beir,
    read_conversations,
    read_questions,
)

TEXTS = {"mill.txt": "The mill is old. Anna owns the mill.", "lake.txt": "The lake is deep."}
OWN = {
    "id": "q1",
    "question": "Who owns the mill?",
    "category": "fact",
    "gold": [{"document_id": "mill.txt", "quote": "Anna"}],
    "answers": ["Anna"],
    "answerable": True,
    "split": "open",
}
CORPUS = [
    {"_id": "mill-0", "title": "Mill", "text": "The mill is old."},
    {"_id": "mill-1", "title": "Mill", "text": "Anna owns the mill."},
    {"_id": "lake-0", "title": "Lake", "text": "The lake is deep."},
]
OWNER = {
    "_id": "owner",
    "text": "Who owns the mill?",
    "is_impossible": False,
    "context_id": "mill-1",
    "article": "The_Mill",
    "answers": [{"text": "Anna", "start": 0}],
}
PRICE = {"_id": "price", "text": "What did the mill cost?", "is_impossible": True, "context_id": "mill-0"}
DEPTH = {"_id": "depth", "text": "How deep is the lake?"}
HEADER = "query-id\tcorpus-id\tscore"
JUDGEMENTS = [HEADER, "owner\tmill-1\t1", "depth\tlake-0\t2", "depth\tmill-0\t0"]


def write_lines(path: Path, lines: list[Mapping[str, object] | str]) -> Path:
    """Writes each line unchanged, or as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "\n".join(line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines)
    path.write_text(text + "\n", encoding="utf-8")
    return path


def write_folder(
    folder: Path,
    *queries: Mapping[str, object] | str,
    corpus: list[Mapping[str, object] | str] | None = None,
    judgements: list[str] | None = None,
    judgements_name: str = "qrels.tsv",
) -> Path:
    """Writes a folder in BEIR's layout."""
    write_lines(folder / "corpus.jsonl", list(CORPUS) if corpus is None else corpus)
    write_lines(folder / "queries.jsonl", list(queries or (OWNER, PRICE, DEPTH)))
    write_lines(folder / judgements_name, list(JUDGEMENTS if judgements is None else judgements))
    return folder


def message_of(error: pytest.ExceptionInfo[DataError]) -> str:
    """The message with the file's name in place of its path."""
    message = str(error.value)
    assert message.endswith(".")
    assert "\n" not in message
    return message[message.rindex("/") + 1 :] if "/" in message else message


# Our own questions


def test_a_gold_quote_becomes_a_span_of_its_document(tmp_path: Path) -> None:
    dataset = read_questions(write_lines(tmp_path / "questions.jsonl", [OWN]), TEXTS)
    question = dataset.questions[0]
    assert question.gold == (Gold("mill.txt", 17, 21),)
    assert (question.id, question.text, question.category) == ("q1", "Who owns the mill?", "fact")
    assert (question.answers, question.answerable, question.split) == (("Anna",), True, "open")
    assert (dataset.name, dataset.documents) == ("questions", None)
    assert dataset.qrels == {"q1": {"mill.txt": 1.0}}


def test_every_occurrence_of_a_gold_quote_is_gold(tmp_path: Path) -> None:
    question = OWN | {"gold": [{"document_id": "mill.txt", "quote": "mill"}]}
    dataset = read_questions(write_lines(tmp_path / "questions.jsonl", [question]), TEXTS)
    assert dataset.questions[0].gold == (Gold("mill.txt", 4, 8), Gold("mill.txt", 31, 35))


def test_occurrences_that_overlap_are_each_gold_and_the_same_span_only_once(tmp_path: Path) -> None:
    question = OWN | {"gold": [{"document_id": "sea", "quote": "nana"}] * 2}
    dataset = read_questions(write_lines(tmp_path / "questions.jsonl", [question]), {"sea": "bananana"})
    assert dataset.questions[0].gold == (Gold("sea", 2, 6), Gold("sea", 4, 8))


def test_gold_counts_characters_and_not_bytes(tmp_path: Path) -> None:
    question = OWN | {"gold": [{"document_id": "mill.txt", "quote": "“old”"}]}
    path = write_lines(tmp_path / "questions.jsonl", [question])
    dataset = read_questions(path, {"mill.txt": "Müller’s 🏭 is “old”."})
    assert dataset.questions[0].gold == (Gold("mill.txt", 14, 19),)


def test_a_follow_up_keeps_its_history_rewrite_and_conversation(tmp_path: Path) -> None:
    turns = [{"question": "Who owns it?", "answer": "Anna"}, {"question": "Since when?", "answer": ""}]
    follow_up = OWN | {"history": turns, "rewrite": "Is Anna rich?", "conversation": "c1", "turn": 3}
    question = read_questions(write_lines(tmp_path / "q.jsonl", [follow_up]), TEXTS).questions[0]
    assert question.history == (("Who owns it?", "Anna"), ("Since when?", ""))
    assert (question.rewrite, question.group) == ("Is Anna rich?", "c1")


def test_an_unanswerable_question_has_no_gold_and_no_judgement(tmp_path: Path) -> None:
    refused = OWN | {"id": "q2", "gold": [], "answers": [], "answerable": False}
    dataset = read_questions(write_lines(tmp_path / "q.jsonl", [OWN, "", refused]), TEXTS)
    assert [question.answerable for question in dataset.questions] == [True, False]
    assert list(dataset.qrels) == ["q1"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "expected a JSON object, found '{'"),
        ("[" * 100_000, "expected a JSON object, found '[[[[[[[[[[[[...[[[[[[[[[[[[['"),
        ("[1]", "expected a JSON object, found [1]"),
        ({}, 'expected "id" to be a string, found nothing'),
        (OWN | {"id": 7}, 'expected "id" to be a string, found 7'),
        (OWN, "expected an \"id\" that line 1 doesn't have, found 'q1'"),
        ({"question": None}, 'expected "question" to be a string, found nothing'),
        ({"answerable": "yes"}, "expected \"answerable\" to be true or false, found 'yes'"),
        ({"answers": "Anna"}, "expected \"answers\" to be a list, found 'Anna'"),
        ({"answers": [3]}, 'expected "answers" to be a list of strings, found 3'),
        ({"gold": ["Anna"]}, "expected \"gold\" to be a list of objects, found 'Anna'"),
        ({"gold": []}, 'expected a "gold" quote where "answerable" is true, found nothing'),
        ({"answerable": False}, 'expected no "gold" quote where "answerable" is false, found [{'),
        ({"split": None}, 'expected "split" to be a string, found nothing'),
        ({"history": [{"question": "Who?"}]}, 'expected "answer" to be a string, found nothing'),
        (
            {"gold": [{"document_id": "inn.txt", "quote": "Anna"}]},
            "expected \"document_id\" to be a document of the library, found 'inn.txt'",
        ),
        (
            {"gold": [{"document_id": "lake.txt", "quote": "Anna"}]},
            "expected \"quote\" to be words of lake.txt, found 'Anna'",
        ),
        (
            {"gold": [{"document_id": "lake.txt", "quote": ""}]},
            "expected \"quote\" to be words of lake.txt, found ''",
        ),
    ],
)
def test_a_broken_question_names_its_line_and_what_is_wrong(
    tmp_path: Path, line: Mapping[str, object] | str, message: str
) -> None:
    broken = OWN | {"id": "q2"} | line if isinstance(line, dict) and line and "id" not in line else line
    path = write_lines(tmp_path / "questions.jsonl", [OWN, broken])
    with pytest.raises(DataError) as error:
        read_questions(path, TEXTS)
    assert message_of(error).startswith(f"questions.jsonl, line 2: {message}")


def test_a_missing_file_an_empty_one_and_one_that_is_not_utf8_are_named(tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    with pytest.raises(DataError) as missing:
        read_questions(path, TEXTS)
    path.write_bytes(b"\n\n")
    with pytest.raises(DataError) as empty:
        read_questions(path, TEXTS)
    path.write_bytes(b"\n\xff\xfe\n")
    with pytest.raises(DataError) as binary:
        read_questions(path, TEXTS)
    assert message_of(missing) == (
        "questions.jsonl: expected a file that can be read, found 'No such file or directory'."
    )
    assert message_of(empty) == "questions.jsonl: expected at least one line, found none."
    assert message_of(binary) == "questions.jsonl, line 2: expected UTF-8, found b'\\xff\\xfe'."


def test_windows_line_ends_and_a_byte_order_mark_change_nothing(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "questions.jsonl", [OWN, OWN | {"id": "q2", "question": "Who\u2028owns it?"}])
    plain = read_questions(path, TEXTS)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert read_questions(path, TEXTS) == plain


# BEIR's layout


def test_a_folder_in_beirs_layout_gives_documents_questions_and_judgements(tmp_path: Path) -> None:
    dataset = read_beir(write_folder(tmp_path / "village"))
    owner, price, depth = dataset.questions
    assert dataset.name == "village"
    assert [(source.id, source.title) for source in dataset.documents or ()] == [
        ("mill-0", "Mill"),
        ("mill-1", "Mill"),
        ("lake-0", "Lake"),
    ]
    assert dataset.qrels == {"owner": {"mill-1": 1.0}, "depth": {"lake-0": 2.0, "mill-0": 0.0}}
    assert (owner.gold, owner.answers, owner.answerable) == ((Gold("mill-1", 0, 4),), ("Anna",), True)
    assert (price.gold, price.answers, price.answerable) == ((), (), False)
    assert (depth.gold, depth.context_id, depth.answerable) == ((), None, True)


def test_judgements_are_also_read_from_where_beir_ships_them(tmp_path: Path) -> None:
    at_top = read_beir(write_folder(tmp_path / "a" / "village"))
    as_shipped = read_beir(write_folder(tmp_path / "b" / "village", judgements_name="qrels/test.tsv"))
    assert as_shipped == at_top


def test_the_group_is_the_article_or_else_the_title(tmp_path: Path) -> None:
    dataset = read_beir(write_folder(tmp_path))
    assert [question.group for question in dataset.questions] == ["The_Mill", "Mill", None]


def test_a_document_may_lack_a_title(tmp_path: Path) -> None:
    untitled = [{"_id": "mill-1", "text": "Anna owns the mill."}]
    owner = OWNER | {"article": None}
    dataset = read_beir(write_folder(tmp_path, owner, corpus=[*untitled], judgements=JUDGEMENTS[:2]))
    assert dataset.documents is not None
    assert dataset.documents[0].title == ""
    assert dataset.questions[0].group is None


def test_a_query_that_nothing_can_be_measured_on_is_left_out(tmp_path: Path) -> None:
    unjudged = {"_id": "unjudged", "text": "Is the inn open?"}
    follow_up = unjudged | {"_id": "follow-up", "history": [{"question": "Is there an inn?", "answer": ""}]}
    marked = unjudged | {"_id": "marked", "is_impossible": True}
    placed = OWNER | {"_id": "placed"}
    folder = write_folder(tmp_path, OWNER, unjudged, follow_up, marked, placed, judgements=JUDGEMENTS[:2])
    assert [question.id for question in read_beir(folder).questions] == ["owner", "follow-up", "marked", "placed"]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (OWNER | {"context_id": "inn"}, "expected \"context_id\" to be a document of corpus.jsonl, found 'inn'"),
        (OWNER | {"context_id": None}, 'expected a "context_id" beside "answers", found nothing'),
        (OWNER | {"is_impossible": 1}, 'expected "is_impossible" to be true or false, found 1'),
        (OWNER | {"is_impossible": True}, 'expected no "answers" where "is_impossible" is true, found [{'),
        (
            OWNER | {"answers": [{"text": "Anna", "start": 1}]},
            "expected \"text\" to stand at character 1 of mill-1, found 'Anna'",
        ),
        (
            OWNER | {"answers": [{"text": "mill", "start": -5}]},
            "expected \"text\" to stand at character -5 of mill-1, found 'mill'",
        ),
        (
            OWNER | {"answers": [{"text": "", "start": 0}]},
            "expected \"text\" to stand at character 0 of mill-1, found ''",
        ),
        (
            OWNER | {"answers": [{"text": "Anna", "start": "0"}]},
            "expected \"start\" to be a whole number, found '0'",
        ),
    ],
)
def test_a_broken_query_names_its_line_and_what_is_wrong(
    tmp_path: Path, query: Mapping[str, object], message: str
) -> None:
    with pytest.raises(DataError) as error:
        read_beir(write_folder(tmp_path, DEPTH, query))
    assert message_of(error).startswith(f"queries.jsonl, line 2: {message}")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("owner mill-1 1", "expected three fields, tabs between, found 'owner mill-1 1'"),
        ("owner\tmill-1", "expected three fields, tabs between, found 'owner\\tmill-1'"),
        ("owner\tmill-1\t1\t2", "expected three fields, tabs between, found 'owner\\tmill-1\\t1\\t2'"),
        ("owner\tmill-0\tyes", "expected \"score\" to be a number, found 'yes'"),
        ("owner\tmill-0\tnan", "expected \"score\" to be a number, found 'nan'"),
        ("innkeeper\tmill-0\t1", "expected \"query-id\" to be a query of queries.jsonl, found 'innkeeper'"),
        ("owner\tinn\t1", "expected \"corpus-id\" to be a document of corpus.jsonl, found 'inn'"),
        ("owner\tmill-1\t0", "expected one judgement of mill-1 for owner, found 'another'"),
    ],
)
def test_a_broken_judgement_names_its_line_and_what_is_wrong(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(DataError) as error:
        read_beir(write_folder(tmp_path, judgements=[*JUDGEMENTS[:2], line]))
    assert message_of(error) == f"qrels.tsv, line 3: {message}."


def test_judgements_without_their_header_are_an_error_and_lose_none(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"expected the header .*, found \['owner', 'mill-1', '1'\]"):
        read_beir(write_folder(tmp_path, judgements=JUDGEMENTS[1:]))


@pytest.mark.parametrize("name", ["corpus.jsonl", "queries.jsonl", "qrels.tsv"])
def test_a_folder_that_lacks_a_file_is_told_which(tmp_path: Path, name: str) -> None:
    (write_folder(tmp_path) / name).unlink()
    with pytest.raises(DataError) as error:
        read_beir(tmp_path)
    assert message_of(error).startswith(f"{name}: expected a file that can be read")


def test_a_document_listed_twice_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError) as error:
        read_beir(write_folder(tmp_path, corpus=[*CORPUS, CORPUS[0]]))
    assert message_of(error) == "corpus.jsonl, line 4: expected an \"_id\" that line 1 doesn't have, found 'mill-0'."


def test_a_folder_with_nothing_to_measure_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="expected at least one question with a judgement, found none"):
        read_beir(write_folder(tmp_path, DEPTH, judgements=[HEADER]))


# Conversations


def test_conversations_are_read_without_documents(tmp_path: Path) -> None:
    opening = {"_id": "1_1", "text": "Who owns the mill?", "rewrite": "Who owns the mill?", "history": []}
    turns = [{"question": "Who owns the mill?", "answer": ""}]
    follow_up = {"_id": "1_2", "text": "Is she rich?", "rewrite": "Is Anna rich?", "history": turns}
    lines: list[Mapping[str, object] | str] = [
        opening | {"title": "mills"},
        follow_up | {"title": "mills", "dialog": "C_1"},
    ]
    dataset = read_conversations(write_lines(tmp_path / "village" / "queries.jsonl", lines))
    assert (dataset.name, dataset.documents, dataset.qrels) == ("village", None, {})
    assert [question.group for question in dataset.questions] == ["mills", "C_1"]
    assert dataset.questions[1].history == (("Who owns the mill?", ""),)
    assert dataset.questions[1].rewrite == "Is Anna rich?"


# Taking the answer out


@pytest.fixture
def village(tmp_path: Path) -> DataSet:
    return read_beir(write_folder(tmp_path))


def test_of_the_first_documents_only_what_they_answer_is_asked(village: DataSet) -> None:
    first = first_documents(village, 2)
    assert [one.id for one in first.documents or ()] == ["mill-0", "mill-1"]
    assert [one.id for one in first.questions] == ["owner"]
    assert first.qrels == {"owner": {"mill-1": 1.0}}
    with pytest.raises(DataError, match="first 1 documents answer no question"):
        first_documents(village, 1)


def test_impossible_questions_are_asked_of_everything(village: DataSet) -> None:
    assert leave_out(village, Distance.IMPOSSIBLE) == {"price": frozenset()}


def test_at_a_paragraphs_distance_the_documents_that_answer_are_hidden(village: DataSet) -> None:
    assert leave_out(village, Distance.PARAGRAPH) == {"owner": {"mill-1"}, "depth": {"lake-0"}}


def test_the_document_a_question_was_written_for_is_hidden_even_if_not_judged(tmp_path: Path) -> None:
    dataset = read_beir(write_folder(tmp_path, OWNER, DEPTH, judgements=[HEADER, "owner\tmill-0\t1"]))
    assert leave_out(dataset, Distance.PARAGRAPH) == {"owner": {"mill-0", "mill-1"}}


def test_at_an_articles_distance_all_of_its_paragraphs_are_hidden(village: DataSet) -> None:
    assert leave_out(village, Distance.ARTICLE) == {"owner": {"mill-0", "mill-1"}, "depth": {"lake-0"}}


def test_without_titles_an_article_is_what_its_questions_were_written_for(tmp_path: Path) -> None:
    untitled = [source | {"title": ""} for source in CORPUS]
    folder = write_folder(tmp_path, OWNER, PRICE | {"article": "The_Mill"}, DEPTH, corpus=[*untitled])
    hidden = leave_out(read_beir(folder), Distance.ARTICLE)
    assert hidden == {"owner": {"mill-0", "mill-1"}, "depth": {"lake-0"}}


def test_of_our_own_questions_the_documents_with_gold_are_hidden(tmp_path: Path) -> None:
    dataset = read_questions(write_lines(tmp_path / "questions.jsonl", [OWN]), TEXTS)
    assert leave_out(dataset, Distance.PARAGRAPH) == {"q1": {"mill.txt"}}
    assert leave_out(dataset, Distance.ARTICLE) == {"q1": {"mill.txt"}}
    assert leave_out(dataset, Distance.IMPOSSIBLE) == {}


def test_a_question_without_documents_cannot_lose_its_answer(tmp_path: Path) -> None:
    dataset = read_conversations(write_lines(tmp_path / "queries.jsonl", [DEPTH]))
    assert leave_out(dataset, Distance.PARAGRAPH) == {}
