"""Questions on several collections, on the island of Varn: read, judged and measured, each by hand."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from eval.datasets import DataError, Gold, Question, find_collections, read_collections
from eval.measures import Measure, measure, parts, shares
from eval.runs import Run, Trial, collection_over
from eval.systems import Ibid, Outcome, PerCollection, SystemQuote
from retriever import Verdict
from tests.world import WordEncoder, write_world

CAPTAIN = {
    "id": "captain",
    "collection": "sea",
    "q": "Who is the captain of the ferry?",
    "history": [],
    "a": ["is tom  reed"],
    "doc": ["ferry.txt"],
    "kind": "who",
    "answerable": True,
}
COST = CAPTAIN | {"id": "cost", "collection": "land", "q": "And the ferry?", "kind": "followup"}
COST |= {"a": ["12 crowns"], "history": [{"question": "What does it cost?", "answer": "15 crowns"}]}
KING = CAPTAIN | {"id": "king", "q": "Who is the king?", "a": [], "doc": [], "kind": "near-miss", "answerable": False}
TEXTS = {"sea": {"ferry.txt": "The captain\n**is Tom Reed**."}, "land": {"ferry.txt": "It costs 12 crowns."}}


def write_folder(folder: Path, *rows: Mapping[str, object]) -> Path:
    """Write two collections, both with the documents of Varn, and questions on them."""
    for name in ("sea", "land"):
        write_world(folder / name / "docs")
    (folder / "questions.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\n", encoding="utf-8")
    return folder


# The format


def test_a_folder_is_told_by_what_is_in_it(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "island", CAPTAIN)
    assert find_collections(folder) == {"land": folder / "land" / "docs", "sea": folder / "sea" / "docs"}
    (folder / "questions.jsonl").rename(folder / "queries.jsonl")
    assert find_collections(folder) == {}


def test_each_question_is_of_its_collection_with_its_history(tmp_path: Path) -> None:
    dataset = read_collections(write_folder(tmp_path / "island", CAPTAIN, COST, KING), TEXTS)
    captain, cost, king = dataset.questions
    assert (dataset.name, dataset.documents) == ("island", None)
    assert (captain.collection, captain.category, captain.answers) == ("sea", "who", ("is tom  reed",))
    assert (cost.collection, cost.history) == ("land", (("What does it cost?", "15 crowns"),))
    assert cost.gold == (Gold("ferry.txt", 9, 18),)
    assert (king.answerable, king.gold, king.has_answer) == (False, (), False)
    assert dataset.qrels == {"captain": {"ferry.txt": 1.0}, "cost": {"ferry.txt": 1.0}}


@pytest.mark.parametrize(
    ("text", "string", "spans"),
    [
        ("The captain\n**is Tom Reed**.", "is tom  reed", [(14, 25)]),
        ("_Is_  `Tom`\tReed, is tom reed", "is Tom *Reed*", [(1, 16), (18, 29)]),
        ("a_b ab", "AB", [(0, 3), (4, 6)]),
        ("Straße", "STRASSE", [(0, 6)]),
        ("Tom Reeds", "Tom Reede", []),
        ("Tom’s “crew”, 3–4", 'tom\'s "crew", 3-4', [(0, 17)]),
    ],
)
def test_a_string_is_found_whatever_its_case_space_and_typography(
    tmp_path: Path, text: str, string: str, spans: list[tuple[int, int]]
) -> None:
    folder = write_folder(tmp_path / "island", CAPTAIN | {"a": [string]})
    (question,) = read_collections(folder, {"sea": {"ferry.txt": text}}).questions
    assert question.gold == tuple(Gold("ferry.txt", *span) for span in spans)
    assert question.has_answer


def test_only_the_documents_named_are_right_or_where_none_is_named_all(tmp_path: Path) -> None:
    texts = {"sea": {name: "Tom Reed" for name in ("ferry.txt", "old/ferry.txt", "harbour.txt")}}
    (named,) = read_collections(write_folder(tmp_path / "a", CAPTAIN | {"a": ["Reed"]}), texts).questions
    assert [gold.document_id for gold in named.gold] == ["ferry.txt", "old/ferry.txt"]
    (free,) = read_collections(write_folder(tmp_path / "b", CAPTAIN | {"a": ["Reed"], "doc": []}), texts).questions
    assert len(free.gold) == 3


def test_each_part_that_is_needed_has_its_own_spans(tmp_path: Path) -> None:
    row = CAPTAIN | {"need": [["captain", "master"], ["tom reed"], ["since May"]]}
    (question,) = read_collections(write_folder(tmp_path / "island", row), TEXTS).questions
    assert question.needs == ((Gold("ferry.txt", 4, 11),), (Gold("ferry.txt", 17, 25),), ())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"collection": "sky"}, "expected \"collection\" to be one of land, sea, found 'sky'."),
        ({"doc": ["ship.txt"]}, "expected \"doc\" to be files of sea, found 'ship.txt'."),
        ({"a": []}, 'expected strings in "a" where "answerable" is true, and only there, found [].'),
        ({"answerable": False}, 'expected strings in "a" where "answerable" is true, and only there, found'),
        ({"a": ["** "]}, 'expected strings with words in "a" and "need", found \'** \'.'),
        ({"need": ["Tom"]}, "expected \"need\" to be a list of lists, found 'Tom'."),
        ({"need": [[1]]}, 'expected "need" to be a list of strings, found 1.'),
        ({"a": [], "answerable": False, "need": [["Tom"]]}, 'expected no "need" where "answerable" is false'),
    ],
)
def test_what_breaks_the_format_is_said(tmp_path: Path, change: Mapping[str, object], message: str) -> None:
    with pytest.raises(DataError) as error:
        read_collections(write_folder(tmp_path / "island", CAPTAIN | change), TEXTS)
    assert message in str(error.value)


# The libraries


def test_each_collection_is_a_library_of_its_own_made_anew_when_a_file_changes(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "island", CAPTAIN, COST | {"a": ["14 crowns"]})
    ferry = folder / "land" / "docs" / "ferry.txt"
    ferry.write_text(ferry.read_text(encoding="utf-8").replace("12", "14"), encoding="utf-8")
    kept, encoder = tmp_path / "kept", WordEncoder()
    assistants = {name: collection_over(docs, kept, encoder) for name, docs in find_collections(folder).items()}
    texts = {name: {one.id: of.document(one.id).text for one in of.documents()} for name, of in assistants.items()}
    dataset = read_collections(folder, texts)
    system = PerCollection({name: Ibid(one, dataset) for name, one in assistants.items()})
    captain, cost = (system.answer(question) for question in dataset.questions)
    assert "Tom Reed" in captain.quotes[0].text
    assert "14 crowns" in " ".join(quote.text for quote in cost.quotes)

    encoded = encoder.texts_encoded
    collection_over(folder / "land" / "docs", kept, encoder).close()
    assert (encoder.texts_encoded, len(list(kept.iterdir()))) == (encoded, 2), "nothing is read a second time"
    ferry.unlink()
    with collection_over(folder / "land" / "docs", kept, encoder) as anew:
        assert [one.id for one in anew.documents()] == ["harbour.txt", "lighthouse.txt"]
    assert len(list(kept.iterdir())) == 3
    for assistant in assistants.values():
        assistant.close()


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    docs = write_world(tmp_path / "sea" / "docs")
    (docs / "broken.pdf").write_bytes(b"%PDF-1.4")
    collection_over(docs, tmp_path / "kept", WordEncoder()).close()
    assert "broken.pdf: " in capsys.readouterr().err


# The measures: four answerable questions of two kinds and two collections, two unanswerable ones


def asked(key: str, kind: str, collection: str, needs: tuple[tuple[Gold, ...], ...] = ()) -> Trial:
    answerable = kind != "near-miss"
    gold = (Gold("ferry.txt", 10, 20),) if answerable else ()
    answers = ("Tom Reed the elder", "old Reed") if answerable else ()
    question = Question(key, f"{key}?", gold, answers, answerable, kind, collection=collection, needs=needs)
    return Trial(question, answerable=answerable)


def came(key: str, verdict: Verdict, confidence: float, *starts: int, highlight: str = "") -> Outcome:
    """Quotes of ten characters and three words."""
    quotes = tuple(SystemQuote("ferry.txt", start, start + 10, "one two three", highlight) for start in starts)
    return Outcome(key, (), quotes, confidence, confidence, verdict, {"total": 1.0})


CLEAR, UNSURE, ABSENT = Verdict.CLEAR, Verdict.UNSURE, Verdict.ABSENT
PARTS = ((Gold("ferry.txt", 10, 12),), (Gold("ferry.txt", 30, 32), Gold("ferry.txt", 40, 42)))
PAIRS = [
    (asked("first", "who", "sea", PARTS), came("first", CLEAR, 0.9, 10, 50, 40, highlight="Tom Reed")),
    (asked("third", "who", "sea", PARTS), came("third", CLEAR, 0.8, 50, 60, 10, 30)),
    (asked("fourth", "date", "sea"), came("fourth", UNSURE, 0.4, 50, 60, 70, 10)),
    (asked("refused", "date", "land", PARTS), came("refused", ABSENT, 0.1, 10, 30)),
    (asked("rightly", "near-miss", "land"), came("rightly", ABSENT, 0.2, 10)),
    (asked("wrongly", "near-miss", "land"), came("wrongly", CLEAR, 0.7, 10)),
]
RUN = Run("ibid", tuple(one for one, _ in PAIRS), tuple(out for _, out in PAIRS))
EXPECTED = {
    "n_answerable": 4,
    "n_parts": 3,
    "first_right": 1 / 4,
    "three_right": 2 / 4,
    "refused_answerable": 1 / 4,
    "clear_wrong": 2 / 3,  # third and wrongly, of three clear ones
    "unanswerable_not_clear": 1 / 2,
    "refusal_precision": 1 / 2,
    "refusal_recall": 1 / 2,
    "parts_all": 1 / 3,  # the fourth quote of `third` comes too late
    "auroc": 5 / 8,  # 0.9 and 0.8 are above both of 0.2 and 0.7, 0.4 above one, 0.1 above none
    "highlight_f1": 2 * 2 / (2 + 3),  # "tom reed" and "tom reed elder", the article left out
    "words_first": 3,
}


def values(measured: Mapping[str, Measure]) -> dict[str, float]:
    return {name: one.value for name, one in measured.items()}


def test_the_measures_of_collections_are_those_worked_out_by_hand() -> None:
    measured = values(measure(RUN, {}))
    assert {name: measured[name] for name in EXPECTED} == pytest.approx(EXPECTED)
    # By bins: 0.9 is right, 0.8 and 0.7 wrong, 0.4 and 0.2 wrong; what was nearest to `refused` is right.
    assert measured["ece"] == pytest.approx((0.1 + 0.8 + 0.7 + 0.4 + 0.2 + 0.9) / 6)
    assert measured["first_right"] == measured["quote_hit@1"]
    assert measured["three_right"] == measured["quote_hit@3"]


def test_what_is_unmarked_shares_no_word() -> None:
    item, outcome = asked("first", "who", "sea"), came("first", CLEAR, 0.9, 10)
    assert measure(Run("ibid", (item,), (outcome,)), {})["highlight_f1"].value == 0


def test_an_answer_that_the_documents_lack_as_read_is_a_miss() -> None:
    lost = asked("first", "who", "sea").question
    lost = Question(lost.id, lost.text, (), lost.answers, True, "who", collection="sea", needs=((),))
    measured = values(measure(Run("ibid", (Trial(lost),), (came("first", CLEAR, 0.9, 10),)), {}))
    assert (measured["first_right"], measured["quote_hit@1"], measured["parts_all"]) == (0, 0, 0)
    assert (measured["clear_wrong"], measured["n_answerable"]) == (1, 1)


def test_other_data_sets_have_no_such_measures() -> None:
    item, outcome = asked("first", "who", ""), came("first", CLEAR, 0.9, 10)
    assert not measure(Run("ibid", (item,), (outcome,)), {}).keys() & {"first_right", "parts_all", "n_answerable"}


def test_a_run_is_cut_by_kind_what_is_answerable_first() -> None:
    by_kind = parts(RUN, lambda item: item.question.category)
    assert {name: len(part.outcomes) for name, part in by_kind.items()} == {"date": 2, "who": 2, "near-miss": 2}
    assert list(by_kind) == ["date", "who", "near-miss"]
    assert shares(by_kind["who"]) == {"first_right": 0.5, "three_right": 1, "refused": 0, "clear": 1}
    missed = shares(by_kind["near-miss"])
    assert (missed["refused"], missed["clear"]) == (0.5, 0.5)
    assert missed["first_right"] != missed["first_right"], "nothing there could be right"
    assert parts(RUN, lambda item: "") == {}


def test_groups_are_measured_apart_without_resampling() -> None:
    sea = parts(RUN, lambda item: item.question.collection)["sea"]
    measured = measure(sea, {}, resamples=0)
    assert measured["first_right"].value == pytest.approx(1 / 3)
    assert measured["ece"].interval is None
    assert "auroc" not in measured
