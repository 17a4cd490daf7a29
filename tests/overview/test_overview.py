"""Sentences that are no questions, through the assistant, the shell and programs."""

import json
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from starlette.testclient import TestClient

from retriever import Answer, AnswerKind, Assistant, DifferenceKind, Document, Scope, Turn, Verdict, as_json, as_text
from retriever.__main__ import main
from retriever.interfaces.html.cards import notebook_html
from retriever.interfaces.http import build_api
from retriever.interfaces.json_lines import line
from retriever.interfaces.schemas import json_schemas
from retriever.interfaces.uploads import Uploads
from retriever.overview.fixed import NO_AGREEMENT, ONLY_NEWEST
from retriever.overview.suggesting import Suggestions
from tests.overview.island import PAPERS

pytestmark = pytest.mark.model

KINDS = {
    "hello": AnswerKind.GREETING,
    "thank you": AnswerKind.THANKS,
    "help": AnswerKind.HELP,
    "Who are you?": AnswerKind.ABOUT,
    "How do I add a file?": AnswerKind.MANAGING,
    "List all documents": AnswerKind.DOCUMENTS,
    "What are these documents about?": AnswerKind.OVERVIEW,
    "Summarise the Ledger article": AnswerKind.OVERVIEW,
    "What changed between 2022 and 2025?": AnswerKind.CHANGE,
    "Compare what the Herald and the Ledger say about the fare": AnswerKind.COMPARISON,
    "Do the documents contradict each other?": AnswerKind.CONTRADICTIONS,
    "Do the sources agree?": AnswerKind.CONTRADICTIONS,
    "Do the sources agree or contradict each other?": AnswerKind.CONTRADICTIONS,
    "Where do the sources disagree?": AnswerKind.CONTRADICTIONS,
    "Which statements are not the same in all documents?": AnswerKind.CONTRADICTIONS,
    "Where do the sources agree?": AnswerKind.AGREEMENTS,
    "What do the sources agree on?": AnswerKind.AGREEMENTS,
    "On which points do all documents agree?": AnswerKind.AGREEMENTS,
    "Show me where the documents agree": AnswerKind.AGREEMENTS,
    "Which statements are the same in all documents?": AnswerKind.AGREEMENTS,
    "What do these documents have in common?": AnswerKind.AGREEMENTS,
}
QUESTIONS = (
    "How many passengers does the Sandpiper carry?",
    "Who is the harbour master?",
    "What is the quay made of?",
    "What were the talks about?",
    "What does the Ledger say the fare is?",
    "Compare mitosis and meiosis",
    "Compare what the Gazette and the Tribune say about the fare",
)
TEXTS = {paper.id: paper.text for paper in PAPERS}


def check_quotes(answer: Answer) -> None:
    """Whatever is quoted is a slice, and whatever names a position names one."""
    for quote in answer.quotes:
        assert TEXTS[quote.document_id][quote.start : quote.end] == quote.text
    assert answer.overview
    positions = [place for topic in answer.overview.topics for place in topic.quotes]
    positions += [place for document in answer.overview.documents for place in document.quotes]
    positions += [place for one in answer.agreement.differing for place in one.quotes]
    positions += [place for group in answer.agreement.same for place in group]
    assert all(0 <= place < len(answer.quotes) for place in positions)


@pytest.mark.parametrize("sentence", KINDS)
def test_each_kind_of_sentence_is_answered_as_such(island: Assistant, sentence: str) -> None:
    answer = island.ask(sentence)
    assert (answer.kind, answer.verdict) == (KINDS[sentence], Verdict.CLEAR)
    check_quotes(answer)
    fields = as_json(answer)
    Draft202012Validator({**json_schemas(), "$ref": "#/$defs/AnswerSchema"}).validate(fields)
    assert as_text(answer)
    assert notebook_html(answer).count("</figure>") == len(answer.quotes)


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_stays_one(island: Assistant, question: str) -> None:
    answer = island.ask(question)
    assert (answer.kind, answer.overview) == (AnswerKind.QUESTION, None)


def test_an_overview_of_all_documents_quotes_each_and_counts_names(island: Assistant) -> None:
    answer = island.ask("What are these documents about?")
    assert answer.overview
    assert [one.document_id for one in answer.overview.documents] == sorted(TEXTS)
    assert all(len(one.quotes) == 1 for one in answer.overview.documents)
    counted = {thing.name: (thing.count, thing.documents) for thing in answer.overview.people}
    assert counted["Mira Holt"] == (4, 3)
    assert "Port Elm" in {thing.name for thing in answer.overview.places}
    assert "Sandpiper" not in counted


def test_the_questions_of_an_overview_are_answered_clearly_by_its_documents(island: Assistant) -> None:
    answer = island.ask("Summarise the Ledger article")
    assert answer.overview
    assert {quote.document_id for quote in answer.quotes} == {"ledger.txt"}
    assert answer.overview.questions
    for question in answer.overview.questions:
        asked = island.ask(question)
        assert asked.verdict is Verdict.CLEAR
        assert asked.quotes[0].document_id == "ledger.txt"


def test_a_comparison_gives_each_source_its_own_quotes(island: Assistant) -> None:
    answer = island.ask("Compare what the Herald and the Ledger say about the fare")
    assert answer.overview
    by_source = {
        topic.name: {answer.quotes[place].document_id for place in topic.quotes} for topic in answer.overview.topics
    }
    assert by_source == {"The Orrin Herald": {"herald.txt"}, "Port Elm Ledger": {"ledger.txt"}}
    assert all("fare" in quote.text for quote in answer.quotes)


def test_contradictions_list_what_differs_with_its_sources(island: Assistant) -> None:
    answer = island.ask("Do the documents contradict each other?")
    told = [set(one.values) for one in answer.agreement.differing]
    assert any({"12 crowns", "15 crowns"} <= values for values in told)
    passengers = next(one for one in answer.agreement.differing if any("240" in value for value in one.values))
    assert {answer.quotes[place].document_id for place in passengers.quotes} >= {"herald.txt", "post.txt"}
    assert not any("3 million" in value for values in told for value in values)


@pytest.mark.parametrize(
    ("sentence", "document", "words"),
    [
        ("What does the Orrin Herald say about the fare?", "herald.txt", "fare"),
        ("What does the Ledger write about the school?", "ledger.txt", "school"),
        ("What is said in the Island Post about the quay?", "post.txt", "quay"),
    ],
)
def test_what_one_source_says_about_something_is_quoted_from_it_alone(
    island: Assistant, sentence: str, document: str, words: str
) -> None:
    answer = island.ask(sentence)
    assert (answer.kind, answer.verdict) == (AnswerKind.COMPARISON, Verdict.CLEAR)
    assert {quote.document_id for quote in answer.quotes} == {document}
    assert all(words in quote.text for quote in answer.quotes)


def test_what_a_source_does_not_speak_of_is_a_question_to_all(island: Assistant) -> None:
    assert island.ask("What does the Orrin Herald say about whales?").kind is AnswerKind.QUESTION


def test_what_sources_agree_on_is_listed_without_what_they_differ_on(island: Assistant) -> None:
    answer = island.ask("Where do the sources agree?")
    assert answer.overview
    agreed = [[answer.quotes[place] for place in group] for group in answer.agreement.same]
    assert len(agreed) == len(answer.overview.topics) >= 1
    assert any(all("3 million crowns" in quote.text for quote in group) for group in agreed)
    assert all(len({quote.document_id for quote in group}) == len(group) for group in agreed)
    assert not any("passengers" in quote.text for quote in answer.quotes)
    assert answer.agreement.differing == ()
    assert as_text(answer).count("say the same.") == len(agreed)


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        ("The lighthouse was lit in 1904.", "The lighthouse, lit in 1904, is the oldest.", "1904"),
        ("The bridge is 420 metres long.", "With its 420 metres the bridge is the longest here.", "420 metres"),
        ("The captain of the ferry is Tom Reed.", "Tom Reed is the captain of the ferry.", "Tom Reed"),
        ("The lighthouse was lit in 1904.", "The lighthouse, lit in 1911, is the oldest.", ""),
        ("The bridge is 420 metres long.", "The tower of the church is 420 steps high.", ""),
    ],
)
def test_two_sources_agree_only_on_what_both_say(tmp_path: Path, one: str, other: str, shared: str) -> None:
    with Assistant.open(tmp_path, create=True) as assistant:
        texts = (f"Notes\n\n{one}\n\nTickets are sold at the kiosk.\n", f"A guide\n\n{other}\n\nBring warm clothes.\n")
        assistant.add([Document.from_text(f"{at}.txt", text, publisher=f"P{at}") for at, text in enumerate(texts)])
        answer = assistant.ask("What do the sources agree on?")
    assert answer.overview
    assert len(answer.agreement.same) == bool(shared)
    assert all(shared in quote.text for quote in answer.quotes)
    assert answer.overview.words == (() if shared else (NO_AGREEMENT,))


@pytest.mark.parametrize(
    ("one", "other", "values"),
    [
        ("The captain of the ferry is Tom Reed.", "The ferry's captain is Ada Brook.", {"Tom Reed", "Ada Brook"}),
        ("The lighthouse was lit in 1904.", "The lighthouse, lit in 1911, is the oldest.", {"1904", "1911"}),
        (
            "- Height of the lighthouse: 38 m\n- Its colour: red",
            "The height of the lighthouse is 31 m.",
            {"38 m", "31 m"},
        ),
    ],
)
def test_names_list_items_and_short_sentences_are_compared_too(
    tmp_path: Path, one: str, other: str, values: set[str]
) -> None:
    with Assistant.open(tmp_path, create=True) as assistant:
        texts = (f"Notes\n\n{one}\n\nTickets are sold at the kiosk.\n", f"A guide\n\n{other}\n\nBring warm clothes.\n")
        assistant.add([Document.from_text(f"{at}.txt", text, publisher=f"P{at}") for at, text in enumerate(texts)])
        told = [
            set(each.values) for each in assistant.ask("Do the documents contradict each other?").agreement.differing
        ]
    assert told == [values]


def test_other_names_in_sentences_that_share_words_are_no_contradiction(tmp_path: Path) -> None:
    with Assistant.open(tmp_path, create=True) as assistant:
        texts = (
            "The captain of the ferry Orla is Tom Reed. Ada Brook mended the quay in Varn.",
            "The captain of the ferry Skua is Jon Moe. Ida Falk mended the quay in Elm.",
        )
        assistant.add([Document.from_text(f"{at}.txt", text, publisher=f"P{at}") for at, text in enumerate(texts)])
        assert assistant.ask("Do the documents contradict each other?").agreement.differing == ()


def test_as_of_a_day_talk_says_that_it_is_about_the_newest_versions(island: Assistant) -> None:
    answer = island.ask("contradictions?", scope=Scope(as_of="2023"))
    assert answer.taken_as == (ONLY_NEWEST,)
    assert ONLY_NEWEST in as_text(answer)
    assert island.ask("contradictions?").taken_as == ()


def test_a_change_shows_what_happened_between_the_times(island: Assistant) -> None:
    answer = island.ask("What changed between 2024 and 2025?")
    assert answer.overview
    assert (answer.overview.since, answer.overview.until) == ("2024", "2025")
    assert {(quote.as_of or "")[:4] for quote in answer.quotes} <= {"2024", "2025", "2022"}
    assert any("second class" in quote.text for quote in answer.quotes)
    assert not any("4 May 2022" in quote.text for quote in answer.quotes)
    assert all(one.kind is DifferenceKind.LATER for one in answer.agreement.differing)


def test_talk_is_about_the_documents_that_are_asked(island: Assistant) -> None:
    only = Scope(documents=frozenset(["post.txt"]))
    answer = island.ask("What is this about?", scope=only)
    assert {quote.document_id for quote in answer.quotes} == {"post.txt"}
    alone = island.ask("contradictions?", scope=only)
    assert (alone.kind, alone.quotes) == (AnswerKind.CONTRADICTIONS, ())


def test_thanks_between_two_questions_break_no_follow_up(island: Assistant) -> None:
    first = Turn.of(island.ask("Who is Ada Brook?"))
    between = [first, Turn.of(island.ask("thanks")), Turn.of(island.ask("help"))]
    plain, thanked = (island.ask("When was she named?", history) for history in ([first], between))
    assert thanked.understood_as == plain.understood_as
    assert thanked.quotes == plain.quotes


@pytest.mark.parametrize("follow_up", ["Do I have to book it?", "How is she now?", "Who do I ask there?"])
def test_what_follows_from_the_conversation_is_no_talk(island: Assistant, follow_up: str) -> None:
    first = island.ask("Who is the captain of the ferry?")
    assert island.ask(follow_up, [Turn.of(first)]).kind is AnswerKind.QUESTION


@pytest.mark.parametrize(
    "sentence", ["What can you do?", "Who are you?", "How do I add a document?", "ok got it, thanks"]
)
def test_talk_stays_talk_in_a_conversation(island: Assistant, sentence: str) -> None:
    first = island.ask("Who is the captain of the ferry?")
    assert island.ask(sentence, [Turn.of(first)]).kind is not AnswerKind.QUESTION


@pytest.mark.parametrize(
    ("question", "value"),
    [("What is the fare for an adult?", "15 crowns"), ("Who is the harbour master?", "Ada Brook")],
)
def test_for_the_present_the_newest_leads_and_the_head_is_of_the_quotes_below(
    island: Assistant, question: str, value: str
) -> None:
    answer = island.ask(question)
    assert value in answer.quotes[0].text
    assert answer.agreement.differing
    for difference in answer.agreement.differing:
        assert any(0 in positions for positions in difference.sources)
        for position, told in zip(difference.quotes, difference.values, strict=True):
            assert told in answer.quotes[position].text


def test_the_same_sentence_gets_the_same_bytes(island_library: Path, island: Assistant) -> None:
    for sentence in ("help", "What are these documents about?", "contradictions"):
        with Assistant.open(island_library) as other:
            one, two = (line({**as_json(each.ask(sentence)), "milliseconds": None}) for each in (island, other))
        assert one == two


def test_a_library_without_documents_says_what_to_do(tmp_path: Path) -> None:
    with Assistant.open(tmp_path / "empty", create=True) as assistant:
        for sentence in ("hi", "help", "list the documents", "contradictions", "What are these documents about?"):
            answer = assistant.ask(sentence)
            assert answer.overview
            assert answer.overview.words
        assert assistant.examples() == ()


def test_follow_ups_are_new_and_answered_clearly(island: Assistant) -> None:
    answer = island.ask("How many passengers does the Sandpiper carry?")
    suggested = island.suggest(answer.quotes, [answer.question])
    assert 0 < len(suggested) <= 3
    assert len(set(suggested)) == len(suggested)
    assert answer.question not in suggested
    assert all(island.ask(question).verdict is Verdict.CLEAR for question in suggested)
    again = island.suggest(answer.quotes, [*suggested, answer.question])
    assert not set(again) & set(suggested)


def test_examples_renew_with_the_documents(island_library: Path, tmp_path: Path) -> None:
    with Assistant.open(tmp_path / "growing", create=True) as assistant:
        assistant.add(PAPERS[:1])
        before = assistant.examples()
        assistant.remove(["herald.txt"])
        assistant.add(PAPERS[2:])
        after = assistant.examples()
        assert before
        assert after
        assert before != after
        assert all(assistant.ask(question).verdict is Verdict.CLEAR for question in after)


DUTCH = (
    "Het eiland Varn\n\nKoning Willem won 12 medailles in Varn. Honden moeten op de steiger aan de lijn, en de haven "
    "sluit elke avond om tien uur."
)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_no_english_question_is_made_of_words_in_another_language(tmp_path: Path, language: str) -> None:
    made: list[str] = []

    def refuse(question: str, _scope: Scope) -> Answer:
        made.append(question)
        return assistant.ask("Who?")

    with Assistant.open(tmp_path / "dutch", create=True) as assistant:
        assistant.add([Document.from_text("haven.txt", DUTCH)])
        (document,) = assistant.documents()
        assert document.language == "nl"
        suggestions = Suggestions(assistant._library, refuse, lambda _: True, lambda _: AnswerKind.QUESTION)
        suggestions.about([replace(document, language=language)], 5)
    assert made == ([] if language == "nl" else ["How many medailles did Koning Willem win in Varn?"])


@pytest.mark.parametrize("sentence", ["thanks", "List all documents", "Summarise the Ledger article"])
def test_the_shell_prints_it(island_library: Path, capsys: pytest.CaptureFixture[str], sentence: str) -> None:
    assert main(["ask", sentence, "--library", str(island_library)]) == 0
    printed = capsys.readouterr().out
    assert "These documents don’t say" not in printed
    assert main(["ask", sentence, "--library", str(island_library), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["kind"] == KINDS.get(sentence, AnswerKind.THANKS).value


def test_a_program_gets_it_over_http(island: Assistant, tmp_path: Path) -> None:
    ready: Future[Assistant] = Future()
    ready.set_result(island)
    with TestClient(build_api(ready, Uploads(lambda: tmp_path))) as client:
        told = client.post("/ask", json={"question": "What are these documents about?"}).json()
    assert told["kind"] == "overview"
    assert told["overview"]["people"]


@pytest.mark.parametrize(
    ("question", "words"),
    [("Who built the mole?", "Abel Stern"), ("How many years did the mole of Port Elm take to build?", "nine years")],
)
def test_a_question_in_the_words_of_a_title_is_answered(tmp_path: Path, question: str, words: str) -> None:
    text = "The mole was built by Abel Stern. The mole of Port Elm took nine years to build."
    with Assistant.open(tmp_path / "library", create=True) as assistant:
        assistant.add(
            [
                Document.from_text("mole.txt", text, title="The mole was built by Abel Stern"),
                Document.from_text("ferry.txt", "The ferry carries 240 passengers."),
            ]
        )
        answer = assistant.ask(question)
        assert answer.kind is AnswerKind.QUESTION
        assert words in answer.quotes[0].text


def test_a_bare_topic_is_no_courtesy(tmp_path: Path) -> None:
    with Assistant.open(tmp_path / "library", create=True) as assistant:
        assistant.add(
            [Document.from_text("town.txt", "The choir of Aune sang on the bridge. The rent was raised in May.")]
        )
        for word in ("bridge", "choir", "rent"):
            assert assistant.ask(word).kind is AnswerKind.QUESTION, word
        assert assistant.ask("thank you").kind is AnswerKind.THANKS
