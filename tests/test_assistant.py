"""Questions about Varn, answered in the words of its documents, or not at all."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retriever import (
    Answer,
    Assistant,
    Document,
    DocumentUnknown,
    QuestionError,
    Quote,
    Settings,
    Turn,
    Verdict,
    as_json,
)
from retriever.answering.retrieval import MET_WEIGHT, SEEN_PENALTY
from tests.world import FERRY, HARBOUR, LIGHTHOUSE, TEXTS, WordEncoder

CAPTAIN = "Who is the captain of the ferry?"
CAPTAIN_SENTENCE = "The captain of the ferry is Tom Reed."


def without_times(answer: Answer) -> str:
    fields = as_json(answer)
    del fields["milliseconds"]
    return json.dumps(fields)


def shown(answer: Answer) -> list[str]:
    """The words of all quotes, those of a refusal too."""
    return [quote.text for quote in (*answer.quotes, *answer.nearest)]


@pytest.mark.parametrize(
    ("question", "document_id", "sentence"),
    [
        (CAPTAIN, "ferry.txt", CAPTAIN_SENTENCE),
        ("When was the lighthouse lit?", "lighthouse.txt", "The lighthouse was lit in 1904."),
        ("How many steps does keeper Ada Brook climb?", "lighthouse.txt", LIGHTHOUSE.split(". ")[1].split("\n")[0]),
        ("Which boats sank in the February storm?", "harbour.txt", HARBOUR.split("\n")[-2]),
    ],
)
def test_the_sentence_that_answers_comes_first(
    assistant: Assistant, question: str, document_id: str, sentence: str
) -> None:
    answer = assistant.ask(question)
    assert answer.answered
    assert answer.quotes[0].document_id == document_id
    assert sentence.rstrip(".") in answer.quotes[0].text


def test_every_quote_is_a_slice_of_its_document_with_its_origin(assistant: Assistant) -> None:
    for quote in assistant.ask("What does a ticket for the ferry cost?").quotes:
        document = assistant.document(quote.document_id)
        assert document.text[quote.start : quote.end] == quote.text
        assert (quote.title, quote.publisher, quote.published) == (
            document.title, document.publisher, document.published,
        )  # fmt: skip


def test_where_a_time_cannot_be_told_that_is_said(assistant: Assistant) -> None:
    """The newest document is known to the month."""
    plain, timed = (assistant.ask(f"Which boats sank in the February storm{when}?") for when in ("", " last week"))
    assert plain.taken_as == ()
    assert timed.taken_as[-1] == (
        "Ibid cannot tell which days “last week” means: the newest document has only the date March 2021."
    )


def test_a_quote_begins_behind_the_date_of_its_page(assistant: Assistant) -> None:
    lead, told = "date 2021-04-20 ", "The storm of February sank boats in the harbour of Norvik."
    assistant.add(
        [Document("n.txt", "Norvik", f"{lead}{told}", "n.txt", "text/plain", "a" * 64, published="2021-04-20")]
    )
    quote = assistant.ask("Which storm sank boats in the harbour of Norvik?").shown[0]
    assert (quote.document_id, quote.start, quote.text) == ("n.txt", len(lead), told)
    assert quote.highlight is not None
    assert quote.highlight[0] >= 0


def test_both_sources_of_a_disagreement_are_quoted(assistant: Assistant) -> None:
    quoted = " ".join(quote.text for quote in assistant.ask("How many crowns does a ticket cost?").quotes)
    assert "12 crowns" in quoted
    assert "15 crowns" in quoted


def test_a_question_far_from_everything_is_refused_with_what_is_covered(assistant: Assistant) -> None:
    answer = assistant.ask("Why do volcanoes erupt?")
    assert answer.verdict is Verdict.ABSENT
    assert answer.quotes == ()
    assert answer.covers is not None
    assert {document_id for _, document_id in answer.covers.nearest} <= TEXTS.keys()
    assert (answer.covers.first_published, answer.covers.last_published) == ("2018-06-02", "2021-03")


def test_an_empty_library_refuses_everything(empty_assistant: Assistant) -> None:
    answer = empty_assistant.ask(CAPTAIN)
    assert (answer.verdict, answer.quotes, answer.library.documents) == (Verdict.ABSENT, (), 0)


@pytest.mark.parametrize("top", [1, 2, 3])
def test_no_more_quotes_than_asked_for(assistant: Assistant, top: int) -> None:
    assert 1 <= len(assistant.ask("the storm, the keeper and the ferry", top=top).quotes) <= top


def test_no_place_is_quoted_twice(assistant: Assistant) -> None:
    quotes = assistant.ask("the storm, the keeper and the ferry", top=50).quotes
    places = [(quote.document_id, quote.start, quote.end) for quote in quotes]
    assert len(set(places)) == len(places)


def test_page_furniture_is_never_quoted(assistant: Assistant) -> None:
    assert all("Share post" not in text for text in shown(assistant.ask("Share post: Recommended Videos", top=50)))


def test_a_misspelt_question_finds_what_it_means(assistant: Assistant) -> None:
    first = assistant.ask("Who is the captian of the ferry?").quotes[0]
    assert CAPTAIN_SENTENCE in first.text
    assert "captain" in first.why.matched


def test_a_question_word_that_no_document_has_is_not_misspelt(assistant: Assistant, varn: Path) -> None:
    """Not one slip from "were", which the documents have."""
    (varn / "crew.txt").write_text("They were in the harbour. The crew of the ferry were asleep.")
    assistant.index([varn])
    assert assistant.search("Where is the lighthouse?")[0].why.matched == ("lighthouse",)
    assert all("were" not in hit.why.matched for hit in assistant.search("Where is the lighthouse?"))


def test_a_text_without_words_can_be_asked_about(assistant: Assistant, varn: Path) -> None:
    (varn / "isle.txt").write_text("🏝️🏝️🏝️")
    assistant.index([varn])
    assert CAPTAIN_SENTENCE in assistant.ask(CAPTAIN).quotes[0].text
    assistant.remove(list(TEXTS))
    assert not assistant.ask(CAPTAIN).answered


def test_the_training_gathers_what_a_question_finds(assistant: Assistant) -> None:
    every, without = assistant.gather(f"  {CAPTAIN}", [(), ("ferry.txt",)])
    assert every is not None
    assert without is not None
    assert every.query.spelt == ("Who", "is", "the", "captain", "of", "the", "ferry")
    assert {hit.passage.document_id for hit in every.hits} == set(TEXTS)
    assert "ferry.txt" not in {hit.passage.document_id for hit in without.hits}
    assert assistant.gather(CAPTAIN, [tuple(TEXTS)]) == [None]


def test_a_search_ranks_passages_by_how_well_their_words_meet_the_question(assistant: Assistant) -> None:
    (gathered,) = assistant.gather(CAPTAIN, [()], count=100)
    assert gathered is not None
    found = assistant.search(CAPTAIN)
    assert found == gathered.reranked
    assert [hit.score for hit in found] == sorted((hit.score for hit in found), reverse=True)
    assert found[0].passage.document_id == "ferry.txt"
    shares = gathered.comparison.coverage
    met = dict(zip((one.hit.number for one in gathered.candidates.sentences), shares, strict=True))
    fused = {hit.number: hit.score for hit in gathered.hits}
    assert found[0].score == pytest.approx(fused[found[0].number] + MET_WEIGHT * met[found[0].number])
    assert len(assistant.search(CAPTAIN, count=1)) == 1


def test_the_same_question_gets_the_same_answer(assistant: Assistant, tmp_path: Path) -> None:
    again = Assistant.open(tmp_path / "library", encoder=WordEncoder())
    assert (
        without_times(assistant.ask(CAPTAIN))
        == without_times(assistant.ask(CAPTAIN))
        == without_times(again.ask(CAPTAIN))
    )
    again.close()


def test_the_order_of_indexing_does_not_matter(assistant: Assistant, varn: Path, tmp_path: Path) -> None:
    other = Assistant.open(tmp_path / "other", encoder=WordEncoder(), create=True)
    other.index([varn / "lighthouse.txt"])
    other.index([varn / "harbour.txt", varn / "ferry.txt"])
    for question in (CAPTAIN, "the storm", "Why do volcanoes erupt?"):
        assert without_times(other.ask(question)) == without_times(assistant.ask(question))
    other.close()


def test_an_excluded_document_does_not_answer(assistant: Assistant) -> None:
    answer = assistant.ask(CAPTAIN, excluded=["ferry.txt"])
    assert all(quote.document_id != "ferry.txt" for quote in (*answer.quotes, *answer.nearest))
    assert all(hit.passage.document_id != "ferry.txt" for hit in assistant.search(CAPTAIN, excluded=["ferry.txt"]))


def test_a_removed_document_does_not_answer(assistant: Assistant) -> None:
    assistant.ask(CAPTAIN)
    assistant.remove(["ferry.txt"])
    assert CAPTAIN_SENTENCE not in shown(assistant.ask(CAPTAIN))
    with pytest.raises(DocumentUnknown):
        assistant.document("ferry.txt")


def test_the_old_words_of_a_changed_file_do_not_answer(assistant: Assistant, varn: Path) -> None:
    assistant.ask(CAPTAIN)
    (varn / "ferry.txt").write_text(FERRY.replace("Tom Reed", "Eve Marsh"))
    assistant.index([varn])
    answer = assistant.ask(CAPTAIN)
    assert "Eve Marsh" in answer.quotes[0].text
    assert all("Tom Reed" not in text for text in shown(answer))


def test_what_another_process_indexed_answers_at_once(empty_assistant: Assistant, varn: Path, tmp_path: Path) -> None:
    assert not empty_assistant.ask(CAPTAIN).answered
    other = Assistant.open(tmp_path / "library", encoder=WordEncoder())
    other.index([varn])
    other.close()
    assert CAPTAIN_SENTENCE in empty_assistant.ask(CAPTAIN).quotes[0].text


def test_a_follow_up_is_answered_for_what_its_pronoun_means(assistant: Assistant) -> None:
    answer = assistant.ask("And who is its captain?", [Turn("When does the ferry sail?", "At nine.")])
    assert answer.question == "And who is its captain?"
    assert CAPTAIN_SENTENCE in answer.quotes[0].text, "beside the sentence that the question before it asked for"


def test_a_follow_up_that_is_surely_understood_says_so(assistant: Assistant) -> None:
    answer = assistant.ask("What does she climb?", [Turn("Who is Ada Brook?", "Its keeper is Ada Brook.")])
    assert answer.understood_as == "What does Ada Brook climb?"
    assert "212 steps" in answer.quotes[0].text


def test_a_follow_up_says_what_it_is_asked_as_and_by_which_turns(assistant: Assistant) -> None:
    history = [Turn("Who is Ada Brook?", "Its keeper is Ada Brook."), Turn("How many boats sank in February?", "")]
    answer = assistant.ask("Why?", history)
    assert answer.understood_as == "How many boats sank in February, and why?"
    assert answer.used_turns == (1,)
    assert assistant.ask("Who is Mira Holt?", history).used_turns == ()


def test_a_comparison_gives_both_quotes(assistant: Assistant) -> None:
    answer = assistant.ask("Is that more than on the harbour?", [Turn("What does a ticket cost?", "")])
    assert answer.question == "Is that more than on the harbour?"
    places = [(quote.document_id, quote.start) for quote in answer.shown]
    assert len(places) == len(set(places)), "nothing twice"


def test_the_turns_before_a_question_that_stands_alone_do_not_matter(assistant: Assistant) -> None:
    shown = (("ferry.txt", FERRY.index("The captain"), FERRY.index("Reed")),)
    history = [Turn("Who is Ada Brook?", "Its keeper is Ada Brook."), Turn("What is the ferry?", CAPTAIN, shown)]
    question = "What does a ticket for the ferry cost?"
    assert without_times(assistant.ask(question, history)) == without_times(assistant.ask(question))
    assert assistant.search(question, history) == assistant.search(question)


def test_a_passage_that_was_shown_whole_loses_in_a_follow_up(assistant: Assistant) -> None:
    question, first = "And who is its captain?", "When does the ferry sail?"
    seen = (("ferry.txt", 0, len(FERRY)),)
    fresh = {hit.number: hit.score for hit in assistant.search(question, [Turn(first, "")])}
    again = {hit.number: hit.score for hit in assistant.search(question, [Turn(first, "", seen)])}
    of_ferry = {hit.number for hit in assistant.search(question) if hit.passage.document_id == "ferry.txt"}
    for number, score in again.items():
        assert score == pytest.approx(fresh[number] - SEEN_PENALTY * (number in of_ferry))


def test_words_that_were_shown_count_as_seen_without_their_place(assistant: Assistant) -> None:
    question, first = "And who is its captain?", "When does the ferry sail?"
    (by_text,) = assistant.gather(question, [()], [Turn(first, f"See:  {CAPTAIN_SENTENCE}")])
    assert by_text is not None
    assert by_text.seen is not None
    seen = [one.text for one, flag in zip(by_text.candidates.sentences, by_text.seen, strict=True) if flag]
    assert seen == [CAPTAIN_SENTENCE]


def test_white_space_in_a_question_does_not_matter(assistant: Assistant) -> None:
    assert without_times(assistant.ask(f"  {CAPTAIN} \n")) == without_times(assistant.ask(CAPTAIN))


def test_a_question_may_be_as_long_as_the_settings_say(tmp_path: Path) -> None:
    brief = Assistant.open(
        tmp_path / "l", encoder=WordEncoder(), settings=Settings(longest_question_words=3), create=True
    )
    assert brief.ask("who is captain").question == "who is captain"
    with pytest.raises(QuestionError, match=r"4 words.* 3 or fewer"):
        brief.ask("who is the captain")
    brief.close()


def test_furniture_and_headings_are_spans_of_the_text(assistant: Assistant) -> None:
    (heading,) = assistant.headings("lighthouse.txt")
    assert LIGHTHOUSE[slice(*heading)] == "The lighthouse of Varn"
    pieces = [LIGHTHOUSE[start:end] for start, end in assistant.furniture("lighthouse.txt")]
    assert pieces == ["Share post:", "Recommended Videos"]


TEXT = st.characters(exclude_characters="\0", exclude_categories=["Cs"])
# Arbitrary text has few stops and words; this mixes some in.
PIECES = st.one_of(
    st.text(TEXT), st.sampled_from([". ", "\n\n", "The ferry sails. ", "Ada Brook", "🏝️", "e\u0301", "\r\n"])
)


@settings(max_examples=40, deadline=None)
@given(texts=st.lists(st.lists(PIECES, max_size=30).map("".join), min_size=1, max_size=3))
def test_every_quote_from_any_text_is_a_slice_of_it(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    documents = [
        Document(f"{number}.txt", "The ferry", text, "memory", "text/plain", "0" * 64)
        for number, text in enumerate(texts)
    ]
    any_text = Assistant.open(tmp_path_factory.mktemp("any") / "l", encoder=WordEncoder(), create=True)
    any_text.add(documents)
    answer = any_text.ask("When does the ferry sail?", top=50)
    for quote in (*answer.quotes, *answer.nearest):
        assert texts[int(quote.document_id.removesuffix(".txt"))][quote.start : quote.end] == quote.text
        assert quote.text.strip()
    assert any_text.verify() == ()
    any_text.close()


def test_a_document_that_is_taken_out_is_gone_and_put_back_it_is_as_it_was(assistant: Assistant) -> None:
    before, passages = assistant.state(), assistant.passages("ferry.txt")
    answer = assistant.ask(CAPTAIN)
    taken = assistant.take_out(["ferry.txt"])
    assert "ferry.txt" not in [document.id for document in assistant.documents()]
    assert all(quote.document_id != "ferry.txt" for quote in assistant.ask(CAPTAIN).quotes)
    assert assistant.put_back(taken) == ("ferry.txt",)
    assert (assistant.state(), assistant.passages("ferry.txt")) == (before, passages)
    assert assistant.ask(CAPTAIN).quotes == answer.quotes
    assert assistant.verify() == ()


def test_of_documents_to_be_taken_out_one_unknown_keeps_all(assistant: Assistant) -> None:
    before = assistant.state()
    with pytest.raises(DocumentUnknown):
        assistant.take_out(["ferry.txt", "nowhere.txt"])
    assert assistant.state() == before


def test_the_likeliest_quotes_are_handed_out_before_they_are_judged(assistant: Assistant) -> None:
    early: list[tuple[Quote, ...]] = []
    answer = assistant.ask(CAPTAIN, on_ranked=early.append)
    assert without_times(answer) == without_times(assistant.ask(CAPTAIN))
    (quotes,) = early
    assert quotes
    for quote in quotes:
        assert assistant.document(quote.document_id).text[quote.start : quote.end] == quote.text
        assert (quote.confidence, quote.highlight) == (0, None)


def test_an_answer_that_was_given_before_comes_at_once(assistant: Assistant) -> None:
    early: list[tuple[Quote, ...]] = []
    assistant.ask(CAPTAIN)
    assistant.ask(CAPTAIN, on_ranked=early.append)
    assert early == []
