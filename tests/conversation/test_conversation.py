"""A question and the turns before it: what it means on its own."""

import pytest

from retriever import Turn
from retriever.answering.reader import Reader
from retriever.conversation import ContextModel, resolved, understand
from retriever.conversation.antecedents import FOLDER, Antecedents, Entity, History, antecedents_of, marked
from retriever.conversation.cues import Role, cues, place_of
from retriever.conversation.rewriting import name_antecedent, name_both
from retriever.conversation.signals import topic_of
from retriever.conversation.slots import fill
from retriever.conversation.wording import is_talk, stem_of
from retriever.text.phrases import phrases
from retriever.text.question import Question

STORM = Turn("How many boats did the storm sink in February?", "Three boats.")
KEEPER = Turn("Who is Ada Brook?", "Its keeper is Ada Brook, who climbs 212 steps to the lamp.")
LAMP = Turn("What is the Varn lamp?", "")


def thing(name: str, *turns: Turn) -> Entity:
    history = History.of(turns)
    start = history.text.index(name)
    return history.entity_at(start, start + len(name))


def names(text: str) -> list[str]:
    return [phrase.text for phrase in phrases(text)]


def test_a_phrase_is_a_run_of_naming_words_alone_and_joined_to_the_next() -> None:
    assert names("What is the height of the old lamp?") == ["height", "height of the old lamp", "old lamp"]
    assert names("Did Ada Brook and Tom Reed meet?") == ["Ada Brook", "Ada Brook and Tom Reed", "Tom Reed"]


def test_a_verb_behind_its_subject_is_no_part_of_the_name() -> None:
    assert names("How does the Varn ferry work?") == ["Varn", "Varn ferry"]


def test_a_possessive_ends_the_name_of_the_owner() -> None:
    assert "Ada Brook" in names("What is Ada Brook's trade?")


def test_an_empty_text_names_nothing() -> None:
    assert phrases("") == ()
    assert cues(Question("")) == ()


@pytest.mark.parametrize(
    ("question", "word", "role"),
    [
        ("What are its symptoms?", "its", Role.OWNER),
        ("How do they work?", "they", Role.THING),
        ("When did this storm begin?", "this", Role.POINTED),
        ("When was that?", "that", Role.ALONE),
        ("Describe it’s growth over time.", "it", Role.OWNER),
    ],
)
def test_a_pronoun_leans(question: str, word: str, role: Role) -> None:
    (cue,) = cues(Question(question))
    assert (cue.word, cue.role, cue.local) == (word, role, False)


@pytest.mark.parametrize(
    "question",
    [
        "How old was Chopin when he moved to Warsaw?",
        "What century did the Normans first gain their separate identity?",
        "Who moved his court from Kraków to Warsaw?",
        "What is ketosis and why is it important?",
    ],
)
def test_a_pronoun_whose_noun_stands_before_it_proves_nothing(question: str) -> None:
    assert [cue.local for cue in cues(Question(question))] == [True]


@pytest.mark.parametrize("question", ["How long does it take to sail to Varn?", "Is it true that the lamp broke?"])
def test_a_pronoun_that_stands_for_nothing_is_none(question: str) -> None:
    assert cues(Question(question)) == ()


def test_a_question_that_asks_what_a_thing_is_introduces_it() -> None:
    found = topic_of(Question("Tell me about the Varn ferry."))
    assert found is not None
    assert found.text == "Varn ferry"
    assert topic_of(Question("What are the symptoms?")) is None
    assert topic_of(Question("Who owns the ferry?")) is None


def test_what_is_spoken_of_again_gathers_its_mentions() -> None:
    lamp = thing("Varn lamp", LAMP, Turn("Who carried the Varn lamp up?", "Tom Reed carried it."))
    assert [(mention.back, mention.answer) for mention in lamp.mentions] == [(1, False), (2, False)]
    assert lamp.terms == ("varn", "lamp")


def test_the_history_is_read_newest_turn_first_as_it_was_understood() -> None:
    turns = (LAMP, Turn("How heavy is it?", "90 kg.", understood_as="How heavy is the Varn lamp?"))
    assert History.of(turns).text == "How heavy is the Varn lamp? 90 kg. What is the Varn lamp?"


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("What are its symptoms?", 'What are "its" symptoms?'),
        ("Who lives there?", 'Who lives "there"?'),
        ("Is there a ferry?", "Is there a ferry?"),
        ("Who built the first one?", 'Who built the first "one"?'),
        ("How heavy?", "How heavy?"),
    ],
)
def test_the_word_that_refers_is_marked(question: str, text: str) -> None:
    assert marked(question, place_of(Question(question))) == text


def likely(question: str, *turns: Turn) -> Antecedents:
    asked = Question(question)
    return antecedents_of(asked, place_of(asked), turns, Reader.shipped(FOLDER))


def test_what_a_pronoun_stands_for_is_found_in_questions_and_quotes() -> None:
    lamp = Turn("What is the Varn lamp?", "The Varn lamp is a light on a rock.")
    ((boat, _), *_) = likely("How heavy is it?", lamp).likely
    assert boat.shown.phrase.text == "Varn lamp"
    sailor = Turn("Who sails the ferry?", "Tom Reed sails it daily.")
    ((person, _), *_) = likely("Where did he work before?", sailor).likely
    assert person.shown.phrase.text == "Tom Reed"


def test_the_probabilities_of_the_things_and_of_nothing_sum_to_one() -> None:
    found = likely("How heavy is it?", STORM, KEEPER, LAMP)
    assert sum(p for _, p in found.likely) + found.nothing == pytest.approx(1, abs=0.05)
    assert likely("How heavy is it?") == Antecedents((), 1.0)


@pytest.mark.parametrize(
    ("question", "before", "text"),
    [
        ("What are its symptoms?", "What is |lung cancer|?", "What are lung cancer's symptoms?"),
        ("How did they sail?", "Tell me about the |Varn pilots|.", "How did the Varn pilots sail?"),
        ("Do they swim?", "What is the |tree frog|?", "Do they (the tree frog) swim?"),
        ("Its height?", "What is the |Varn lamp|?", "The Varn lamp's height?"),
        ("When did this storm begin?", "What was the |February storm|?", "When did the February storm begin?"),
        ("How did she get her name?", "Who was |Ada Brook|?", "How did Ada Brook get her name?"),
        ("Did her own boat sink?", "Who was |Ada Brook|?", "Did Ada Brook's own boat sink?"),
    ],
)
def test_a_thing_is_named_where_grammar_allows(question: str, before: str, text: str) -> None:
    found = thing(before.split("|")[1], Turn(before.replace("|", ""), ""))
    assert name_antecedent(Question(question), cues(Question(question)), found) == text


@pytest.mark.parametrize("question", ["What are the symptoms?", "Is it the Varn lamp?"])
def test_nothing_is_named_where_nothing_refers_or_it_is_named_already(question: str) -> None:
    found = thing("Varn lamp", LAMP)
    assert name_antecedent(Question(question), cues(Question(question)), found) is None


@pytest.mark.parametrize("question", ["Who replaced her?", "Who chaired it before?", "Which team beat them?"])
def test_the_object_of_who_did_it_is_named_elsewhere(question: str) -> None:
    assert [cue.local for cue in cues(Question(question))] == [False]


@pytest.mark.parametrize(("pronoun", "named"), [("she", True), ("he", False), ("it", False)])
def test_whom_a_question_called_she_is_never_called_he(pronoun: str, named: bool) -> None:
    history = [
        Turn("Who is the officer for bees?", "", understood_as="Who is the officer for bees?"),
        Turn("Who was her predecessor?", "", understood_as="Who was Tilda Roon's predecessor?"),
    ]
    tilda = thing("Tilda Roon", *history)
    question = Question(f"When did {pronoun} start?")
    assert (name_antecedent(question, cues(question), tilda) is not None) is named


def test_a_count_of_an_answer_is_no_part_of_the_name() -> None:
    visitors = thing("52,700 visitors", Turn("How many came?", "In 2024 it had 52,700 visitors."))
    question = Question("How old were they?")
    assert name_antecedent(question, cues(question), visitors) == "How old were visitors?"


@pytest.mark.parametrize(
    ("before", "text"),
    [
        ("Tell me about the |RICE| method.", "Is there doubt about the RICE method?"),
        ("What is the |Surrealism| movement in art?", "Is there doubt about the Surrealism movement?"),
        ("Who designed the |Harbour Bridge|?", "Is there doubt about the Harbour Bridge?"),
    ],
)
def test_a_name_behind_an_article_is_said_with_its_noun(before: str, text: str) -> None:
    named = thing(before.split("|")[1], Turn(before.replace("|", ""), ""))
    question = Question("Is there doubt about it?")
    assert name_antecedent(question, cues(question), named) == text


def test_a_title_is_nobody() -> None:
    course = thing("First Steps in Tatar", Turn('Who teaches "First Steps in Tatar"?', ""))
    question = Question("What did she write?")
    assert name_antecedent(question, cues(question), course) is None


def test_a_person_and_a_thing_take_their_own_pronouns() -> None:
    ada, lamp = (thing(name, Turn("Did Ada Brook mend the lamp?", "")) for name in ("Ada Brook", "lamp"))
    question = Question("Why did she carry it?")
    named = name_both(question, cues(question), ada, lamp)
    assert named == "Why did Ada Brook carry the lamp?"


def test_somebody_is_not_a_thing() -> None:
    found = thing("anemia", Turn("What is anemia?", ""))
    assert name_antecedent(Question("Where did she live?"), cues(Question("Where did she live?")), found) is None


@pytest.mark.parametrize(
    ("fragment", "earlier", "text"),
    [
        ("in March", STORM.question, "How many boats did the storm sink in March?"),
        ("in March", "How many boats sank in May 2021?", "How many boats sank in March 2021?"),
        ("in March", "How many boats sank in 2021?", "How many boats sank in March 2021?"),
        ("1905", "What happened in 1904?", "What happened in 1905?"),
        ("2.2", "What did version 2.1 change?", "What did version 2.2 change?"),
        ("Port Elm", "Who is the harbour master of Varn?", "Who is the harbour master of Port Elm?"),
        ("the lighthouse", "How old is the ferry?", "How old is the lighthouse?"),
        ("crabs", "How many tonnes of pilchards were landed?", "How many tonnes of crabs were landed?"),
        ("the last one", "When does the first ferry leave?", "When does the last ferry leave?"),
        ("the Danish one", "Who led the Swedish crew?", "Who led the Danish crew?"),
        ("the Danish crew", "Who led the Swedish crew?", "Who led the Danish crew?"),
        ("the U.S. one", "Who led the Swedish crew?", "Who led the U.S. crew?"),
        ("when it rains", "What do sailors get when it snows?", "What do sailors get when it rains?"),
        ("to Varn", "How long does the crossing to Port Elm take?", "How long does the crossing to Varn take?"),
    ],
)
def test_a_fragment_takes_every_place_that_it_may(fragment: str, earlier: str, text: str) -> None:
    assert text in [one.text for one in fill(fragment, Question(earlier))]


def test_a_fragment_takes_no_place_of_another_kind() -> None:
    found = [one.text for one in fill("in March", Question("How many boats sank in May 2021?"))]
    assert not any("in March?" in text for text in found), "the year would be lost"


def read(question: str, *turns: Turn) -> list[str]:
    return [one.text for one in understand(Question(question), turns)]


@pytest.mark.parametrize(
    ("question", "turns", "text"),
    [
        ("And in March?", [STORM], "How many boats did the storm sink in March?"),
        ("No, I meant in March.", [STORM], "How many boats did the storm sink in March?"),
        ("Same for the war?", [STORM], "How many boats did the war sink in February?"),
        ("Why?", [Turn("When did the keeper leave?", "")], "Why did the keeper leave?"),
        ("Why?", [STORM], "How many boats did the storm sink in February, and why?"),
        ("Where does she live?", [STORM, KEEPER], "Where does Ada Brook live?"),
        ("Is that more than in March?", [STORM], "How many boats did the storm sink in March?"),
        (
            "How many of them were Danish?",
            [Turn("How many visitors came to the lamp in 2024?", "4,000 visitors.")],
            "How many of the visitors in 2024 were Danish?",
        ),
    ],
)
def test_a_follow_up_is_read_as_a_whole_question(question: str, turns: list[Turn], text: str) -> None:
    assert text in read(question, *turns)


def test_who_is_meant_may_stand_in_the_quote_only() -> None:
    found = read("Where did he work before?", Turn("Who sails the ferry?", "The ferry's captain is Tom Reed."))
    assert "Where did Tom Reed work before?" in found


def test_a_fragment_follows_what_the_turn_before_was_understood_as() -> None:
    turns = (STORM, Turn("And in March?", "", understood_as="How many ships did the ice crush in March?"))
    assert "How many ships did the ice crush in May?" in read("And in May?", *turns)
    guessed = (STORM, Turn("And in March?", ""))
    assert resolved(guessed, ContextModel.shipped())[1].understood_as == "How many boats did the storm sink in March?"
    assert "How many boats did the storm sink in May?" in read("And in May?", *guessed)


def test_a_comparison_keeps_the_question_before_it() -> None:
    (first, *_) = understand(Question("Is that more than in March?"), [STORM])
    assert first.beside is not None
    assert first.beside.text == STORM.question
    (first, *_) = understand(Question("And in March?"), [STORM])
    assert first.beside is None


def test_the_turns_that_a_reading_uses_are_told() -> None:
    (first, *_) = understand(Question("And in March?"), [KEEPER, KEEPER, STORM])
    assert first.used == (2,)
    (first, *_) = understand(Question("Who was Tom Reed?"), [KEEPER, STORM])
    assert first.used == ()


@pytest.mark.parametrize("text", ["hi", "Thanks!", "thank you very much", "help", "Good morning", "ok"])
def test_what_is_said_to_the_program_is_no_follow_up(text: str) -> None:
    assert is_talk(text)
    assert read(text, STORM) == [text]


def test_a_follow_up_passes_over_what_is_said_to_the_program() -> None:
    (first, *_) = understand(Question("And in March?"), [STORM, Turn("Thanks!", "")])
    assert first.text == "How many boats did the storm sink in March?"
    assert first.used == (0,)


def test_a_question_is_cut_behind_what_it_asks_for() -> None:
    stem = stem_of(Question("How many boats did the storm sink?"))
    assert (stem.asks, stem.noun, stem.verb) == ("How many boats", "boats", "did the storm sink")


@pytest.mark.parametrize(
    "question",
    ["Who was Tom Reed?", "When was the Varn lighthouse lit?", "How many passengers does the Varn ferry carry?"],
)
def test_a_question_that_stands_alone_is_left_as_it_is(question: str) -> None:
    assert read(question, STORM, KEEPER) == [question]


def test_the_probabilities_of_the_readings_sum_to_one() -> None:
    found = understand(Question("Where did he work before?"), [STORM, KEEPER])
    assert len(found) > 1
    asked = [one.probability for one in found if not one.is_fallback]
    assert sum(asked) == pytest.approx(1)
    assert asked == sorted(asked, reverse=True)
    assert [one.is_fallback for one in found] == [False] * len(asked) + [True]


def test_somebody_is_never_the_place_of_an_office() -> None:
    mayor = Turn("Who is the mayor of Marlow?", "Ines Duarte has been mayor of Marlow since May.")
    found = read("What did she say?", mayor)
    assert "What did Ines Duarte say?" in found
    assert "What did Marlow say?" not in found


def test_without_turns_before_it_a_question_is_itself() -> None:
    assert read("And in March?") == ["And in March?"]


def test_turns_that_name_nothing_do_no_harm() -> None:
    assert understand(Question("Why?"), [Turn("?", ""), Turn("And?", "")])


@pytest.mark.parametrize(
    ("asked", "answer", "follow_up", "expected"),
    [
        ("How tall is the tower of Selby?", "90 metres.", "And its cost?", "The tower of Selby's cost?"),
        ("Who is the chair of the board?", "Ada Brook.", "And her deputy?", "Ada Brook's deputy?"),
        ("When was the bridge opened?", "In 1904.", "What about its builder?", "The bridge's builder?"),
    ],
)
def test_what_belongs_to_something_named_is_asked_of_that(
    asked: str, answer: str, follow_up: str, expected: str
) -> None:
    texts = [one.question.text for one in understand(Question.of(follow_up), [Turn(asked, answer)])]
    assert expected in texts
    assert not any("its" in text.split() or "her" in text.split() for text in texts[:1])
