"""A question and the turns before it: what it means on its own."""

import numpy as np
import pytest

from retriever import Turn
from retriever.conversation import ContextModel, StandaloneQuestion, antecedent_scores, resolve, understand
from retriever.conversation.antecedents import ALONE, AntecedentScores, entities, topic_of
from retriever.conversation.cues import Role, cues
from retriever.conversation.rewriting import fill_slot, name_antecedent
from retriever.text.phrases import phrases
from retriever.text.question import Question

STORM = Turn("How many boats did the storm sink in February?", "Three boats.")
KEEPER = Turn("Who is Ada Brook?", "Its keeper is Ada Brook, who climbs 212 steps to the lamp.")
LAMP = Turn("What is the Varn lamp?", "")


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
    history = [LAMP, Turn("Who carried the Varn lamp up?", ""), Turn("Is it heavy?", "")]
    leaned = [ALONE, ALONE, AntecedentScores(0.9, {("varn", "lamp"): 0.8})]
    (lamp,) = [one for one in entities(history, leaned) if one.terms == ("varn", "lamp")]
    assert [mention.back for mention in lamp.mentions] == [2, 3]
    assert lamp.references == {1: 0.8}
    assert lamp.mentions[0].fresh == pytest.approx(0.9), "the newest that leans on nothing, unless the last does too"


@pytest.mark.parametrize(
    ("question", "before", "text"),
    [
        ("What are its symptoms?", "What is lung cancer?", "What are lung cancer's symptoms?"),
        ("How did they sail?", "Tell me about the Varn pilots.", "How did the Varn pilots sail?"),
        ("Do they swim?", "What is the tree frog?", "Do they (the tree frog) swim?"),
        ("Its height?", "What is the Varn lamp?", "The Varn lamp's height?"),
        ("When did this storm begin?", "What was the February storm?", "When did the February storm begin?"),
        ("How did she get her name?", "Who was Ada Brook?", "How did Ada Brook get her name?"),
    ],
)
def test_a_thing_is_named_where_grammar_allows(question: str, before: str, text: str) -> None:
    found = max(entities([Turn(before, "")], [ALONE]), key=lambda one: len(one.terms))
    assert name_antecedent(Question(question), cues(Question(question)), found) == text


@pytest.mark.parametrize("question", ["What are the symptoms?", "Why did he cook it?", "Is it the Varn lamp?"])
def test_nothing_is_named_where_that_would_be_a_guess(question: str) -> None:
    (*_, found) = entities([LAMP], [ALONE])
    assert name_antecedent(Question(question), cues(Question(question)), found) is None


def test_somebody_is_not_a_thing() -> None:
    (found,) = entities([Turn("What is anemia?", "")], [ALONE])
    assert name_antecedent(Question("Where did she live?"), cues(Question("Where did she live?")), found) is None


@pytest.mark.parametrize(
    ("question", "earlier", "text"),
    [
        ("And in March?", STORM.question, "How many boats did the storm sink in March?"),
        ("What about 1905?", "What happened in 1904?", "What happened in 1905?"),
        ("What about Port Elm?", "Who is the harbour master of Varn?", "Who is the harbour master of Port Elm?"),
        ("And the Danish one?", "Who led the Swedish crew?", "Who led the Danish crew?"),
        ("What about the Danish crew?", "Who led the Swedish crew?", "Who led the Danish crew?"),
        ("And the UK?", "Who led the Swedish crew?", "Who led the UK crew?"),
        ("And the U.S. one?", "Who led the Swedish crew?", "Who led the U.S. crew?"),
        ("And the U.S.?", "Who led the Swedish crew?", "Who led the U.S. crew?"),
        ("And the Danes?", "Who led the Swedish crew?", None),
        ("And the UK?", "Where does Sweden end?", None),
        ("And the Danish boat?", "Who led the Swedish crew?", None),
        ("Who led the Danish crew?", "Who led the Swedish crew?", None),
        ("And the Danish one?", "Who led the Swedish crew to the Norwegian coast?", None),
        ("And the big one?", "Who led the Swedish crew?", None),
        ("And in March?", "How many boats sank in May or June?", None),
        ("And in February?", STORM.question, None),
        ("Who owns the ferry?", "Who is the harbour master of Varn?", None),
    ],
)
def test_a_fragment_takes_the_place_of_its_like(question: str, earlier: str, text: str | None) -> None:
    assert fill_slot(Question(question), Question(earlier)) == text


def test_a_fragment_does_not_go_far_back() -> None:
    alone, leaning = Turn("Who is the harbour master of Varn?", ""), Turn("Why?", "")
    near = understand(Question("What about Port Elm?"), [alone, leaning])
    assert near.text == "Who is the harbour master of Port Elm?"
    assert understand(Question("What about Port Elm?"), [alone, leaning, leaning]).text == "What about Port Elm?"


@pytest.mark.parametrize(
    "question",
    ["Who was Tom Reed?", "When was the Varn lighthouse lit?", "How many passengers does the Varn ferry carry?"],
)
def test_a_question_that_stands_alone_is_left_as_it_is(question: str) -> None:
    assert understand(Question(question), [STORM, KEEPER]) == StandaloneQuestion(Question(question))


def test_a_question_is_shown_as_understood_where_that_is_sure() -> None:
    understood = understand(Question("Where did she live?"), [STORM, KEEPER])
    assert understood.text == "Where did Ada Brook live?"
    assert understood.rewritten
    assert understood.depends_on_turns


def test_an_unsure_question_is_shown_as_typed_and_searched_with_what_is_meant() -> None:
    understood = understand(Question("Why?"), [STORM])
    assert understood.text == "Why?"
    assert "storm" in understood.words
    assert understood.searched.text.startswith("Why? ")
    assert all(0 < weight <= 1 for weight in understood.weights.values())


def test_somebody_is_never_shown_as_the_place_of_an_office() -> None:
    mayor = Turn("Who is the mayor of Marlow?", "Ines Duarte has been mayor of Marlow since May.")
    asked = understand(Question("What did she say?"), [mayor])
    assert asked.depends_on_turns
    assert "Marlow" not in asked.text


def test_without_turns_before_it_a_question_is_itself() -> None:
    assert understand(Question("And in March?"), []) == StandaloneQuestion(Question("And in March?"))


def test_what_an_earlier_question_leaned_on_is_remembered() -> None:
    model = ContextModel.shipped()
    turns = (LAMP, Turn("How heavy is it?", ""), Turn("What is the Varn ferry?", ""))
    leaned = antecedent_scores(turns, model)
    assert [one.probability >= 0.5 for one in leaned] == [False, True, False]
    assert max(leaned[1].on, key=lambda terms: leaned[1].on[terms]) == ("varn", "lamp")
    guess = resolve(Question("Who owns it?"), turns, leaned, model)
    assert guess.probabilities.sum() == pytest.approx(1)
    assert guess.entity is not None
    assert np.argmax(guess.probabilities) == guess.entities.index(guess.entity)


def test_turns_that_name_nothing_do_no_harm() -> None:
    assert understand(Question("Why?"), [Turn("?", ""), Turn("And?", "")]).text == "Why?"
