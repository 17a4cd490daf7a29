"""The verdict with the real models, on small invented documents of many subjects.

First what word rules once got wrong: right answers that lack a digit, a date or a nation. Then identity: what a
question names and the documents lack is not answered by a look-alike.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from retriever import Answer, Assistant, Document, Turn, Verdict

pytestmark = pytest.mark.model

TEXTS = {
    "ovens.txt": """Cookware at the trail fair

A French maker sold 300 cast-iron Dutch ovens to hikers there. A Danish firm brought kettles and sold none.

The fair's own shop sold 40 lamps, and the café ran out of soup on both days.
""",
    "regatta.txt": """The regatta on Lake Orsa

The regatta started at sunrise, before the wind came up. Eleven boats took part, and the Petrel won by two lengths.

The prizes were given at the boathouse by the club's chair, Hanna Lid.
""",
    "editor.txt": """Penwright, an editor for screenplays

The licence is gratis for students and schools. Support is given by mail on working days.

Penwright runs on Linux only. The Falcon processor, for which a faster build is planned, was released in Q2.
""",
    "dogs.txt": """The dog show at Marl

The German shepherd Rex, trained by Ottilie Brandt, took first place. Second was the collie Moss.

Rex is four years old and had never been shown before.
""",
    "council.txt": """The council of Marl

Before the vote the mayor read a letter from the bus drivers aloud. The budget was passed by nine votes to four.

The mayor, Ida Stroud, has been in office for six years. The deputy mayor is Paul Venn.
""",
    "settlement.txt": """St. Pierre v. City of Elmore

The City offered to settle St. Pierre's claim for $20,000, but she declined. The trial lasted three days.

The jury found for the City on two of the three counts.
""",
    "health.txt": """The health plan

The Blue Cross plan has a monthly premium of $96. It covers visits to a doctor after a payment of $25 each.

The dental plan is run by Brightline and costs $11 a month.
""",
    "shipping.txt": """Orders at the depot

Order 48213 left the depot on 4 May and was signed for by K. Lund. Order 48217 waits for a gasket.

Part PX-7741 is the drive belt. Part PX-7714 is the belt guard. The belt is changed every 400 hours.
""",
    "pump.txt": """Faults of the pump

E17 means that the motor is too hot: let it cool for half an hour. E71 means that the outlet is blocked.

The pump was made in Trondheim. Wilma Trent checks it every spring.
""",
}


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    assistant = Assistant.open(tmp_path_factory.mktemp("verdict") / "library", create=True)
    assistant.add(Document.from_text(name, text) for name, text in TEXTS.items())
    yield assistant
    assistant.close()


def holds(answer: Answer, words: str) -> bool:
    return answer.answered and words in answer.quotes[0].text


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("How many Dutch ovens were sold to hikers?", "sold 300 cast-iron Dutch ovens"),
        ("When did the regatta start?", "started at sunrise"),
        ("Who trained the German shepherd Rex?", "Ottilie Brandt"),
        ("What did the mayor do before the vote?", "read a letter from the bus drivers"),
        ("When was the Falcon processor released?", "in Q2"),
        ("What did Elmore offer St. Pierre to settle?", "$20,000"),
        ("Who won the regatta?", "the Petrel won"),
        ("How old is Rex?", "four years old"),
        ("How many lamps did the French maker's neighbours, the fair's own shop, sell?", "40 lamps"),
        ("Which system does Penwright run on?", "Linux"),
    ],
)
def test_a_right_answer_is_given_whatever_its_form(assistant: Assistant, question: str, words: str) -> None:
    assert holds(assistant.ask(question), words)


def test_gratis_is_a_price(assistant: Assistant) -> None:
    assert holds(assistant.ask("How much does the licence cost?"), "gratis")


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("What does E71 mean?", "E71 means that the outlet is blocked"),
        ("What is PX-7714?", "Part PX-7714 is the belt guard"),
        ("Who signed for order 48213?", "K. Lund"),
    ],
)
def test_an_identifier_that_is_there_is_found(assistant: Assistant, question: str, words: str) -> None:
    assert holds(assistant.ask(question), words)


@pytest.mark.parametrize(
    "question",
    [
        "Who is the treasurer of Marl?",
        "What is part PX-7174?",
        "What does E77 mean?",
        "When did order 48231 leave the depot?",
        "What is the deductible of the Blue Cross plan?",
        "Why did the mayor resign?",
        "When was the Kestrel processor released?",
        "Who checked the pump in 1987?",
    ],
)
def test_a_look_alike_is_never_clear(assistant: Assistant, question: str) -> None:
    assert assistant.ask(question).verdict is not Verdict.CLEAR


_TAKEN = pytest.mark.xfail(
    strict=True, reason="what is said of one of two that stand together is taken for the other's"
)


@pytest.mark.parametrize(
    "question",
    [
        "Who trained the collie Moss?",
        pytest.param("How much does the dental plan of Blue Cross cost?", marks=_TAKEN),
    ],
)
def test_a_neighbours_property_is_never_clear(assistant: Assistant, question: str) -> None:
    assert assistant.ask(question).verdict is not Verdict.CLEAR


def test_of_many_rows_the_one_that_is_named_comes_first(tmp_path: Path) -> None:
    rows = "".join(f"QX-{number},crate {number % 97},shelf {number % 311}\n" for number in range(1000, 4000))
    table = tmp_path / "parts.csv"
    table.write_text("Part,Box,Shelf\n" + rows)
    assistant = Assistant.open(tmp_path / "library", create=True)
    assistant.index([table])
    answer = assistant.ask("On which shelf is part QX-2718?")
    assert holds(answer, "QX-2718")
    assistant.close()


@pytest.mark.parametrize("before", ["What does E77 mean?", "Who is the treasurer of Marl?", "How old is Rex?"])
def test_a_whole_question_is_not_drawn_into_the_conversation(assistant: Assistant, before: str) -> None:
    answer = assistant.ask("When did the regatta start?", [Turn.of(assistant.ask(before))])
    assert answer.verdict is Verdict.CLEAR
    assert answer.taken_as == ()


def test_the_answering_part_is_marked_whole(assistant: Assistant) -> None:
    answer = assistant.ask("Who trained the German shepherd Rex?")
    first = answer.quotes[0]
    assert first.highlight is not None
    assert first.text[slice(*first.highlight)] == "Ottilie Brandt"


def test_the_same_question_gets_the_same_answer_in_a_batch_or_alone(assistant: Assistant) -> None:
    questions = ["What does E71 mean?", "Who won the regatta?"]
    alone = [assistant.ask(question).quotes for question in questions]
    with_others = [assistant.ask(question).quotes for question in reversed(questions)]
    assert alone == with_others[::-1]
