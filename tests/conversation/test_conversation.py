"""A question and the turns before it: what it means on its own."""

import pytest

from retriever import Turn
from retriever.conversation import ContextModel, resolved, understand
from retriever.conversation.antecedents import FOLDER, Antecedents, Entity, History
from retriever.conversation.gaps import ConversationReader, Gap, instead_of_what, marked, words_of
from retriever.conversation.resolution import Resolution, resolution_of
from retriever.conversation.rewriting import filled, may_be
from retriever.conversation.slots import placed
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


def test_what_is_spoken_of_again_gathers_its_mentions() -> None:
    lamp = thing("Varn lamp", LAMP, Turn("Who carried the Varn lamp up?", "Tom Reed carried it."))
    assert [(mention.back, mention.answer) for mention in lamp.mentions] == [(1, False), (2, False)]
    assert lamp.terms == ("varn", "lamp")


def test_the_history_is_read_newest_turn_first_as_it_was_understood() -> None:
    turns = (LAMP, Turn("How heavy is it?", "90 kg.", understood_as="How heavy is the Varn lamp?"))
    assert History.of(turns).text == "How heavy is the Varn lamp? 90 kg. What is the Varn lamp?"


def test_a_gap_stands_between_quotation_marks() -> None:
    assert marked("What are its symptoms?", 9, 12) == 'What are "its" symptoms?'
    assert marked("Is there a fee?", 14, 14, "for") == 'Is there a fee "for"?'
    assert marked("How many sank?", 8, 8) == 'How many "what" sank?'
    assert instead_of_what("the nurses") == 'the nurses instead of "what"?'


def test_a_word_ends_before_its_possessive_ending() -> None:
    text = "Who's in Ada’s boat?"
    assert [text[start:end] for start, end in words_of(text)] == ["Who", "in", "Ada", "boat"]


def read_with(question: str, *turns: Turn) -> Resolution:
    return resolution_of(Question(question), turns, ConversationReader.shipped(FOLDER))


def gaps_of(question: str, *turns: Turn) -> list[str]:
    found = read_with(question, *turns)
    return [question[one.gap.start : one.gap.end] for one in found.gaps if one.gap.probability >= 0.5]


@pytest.mark.parametrize(
    ("question", "before", "gaps"),
    [
        ("What are its symptoms?", "What is lung cancer?", ["its"]),
        ("How do they work?", "Who are the keepers?", ["they"]),
        ("When did that storm begin?", "How many boats did the February storm sink?", ["that storm"]),
        ("Who lives there?", "Where is the island of Varn?", ["there"]),
        ("Why did he carry it up?", "Did Tom Reed find the Varn lamp?", ["he", "it"]),
        ("How long does it take to sail to Varn?", "Who is Ada Brook?", []),
        ("Is it true that the Varn lamp broke?", "Who is Ada Brook?", []),
    ],
)
def test_the_words_that_refer_are_gaps(question: str, before: str, gaps: list[str]) -> None:
    assert gaps_of(question, Turn(before, "")) == gaps


def test_without_turns_there_is_no_gap() -> None:
    found = read_with("How heavy is it?")
    assert (found.gaps, found.nothing) == ((), 1.0)


def things_of(question: str, *turns: Turn) -> Antecedents:
    return read_with(question, *turns).gaps[0].things


def test_what_a_pronoun_stands_for_is_found_in_questions_and_quotes() -> None:
    lamp = Turn("What is the Varn lamp?", "The Varn lamp is a light on a rock.")
    ((boat, _), *_) = things_of("How heavy is it?", lamp).likely
    assert boat.shown.phrase.text == "Varn lamp"
    sailor = Turn("Who sails the ferry?", "Tom Reed sails it daily.")
    ((person, _), *_) = things_of("Where did he work before?", sailor).likely
    assert person.shown.phrase.text == "Tom Reed"


def test_the_probabilities_of_the_things_and_of_nothing_sum_to_one() -> None:
    found = things_of("How heavy is it?", STORM, KEEPER, LAMP)
    assert sum(p for _, p in found.likely) + found.nothing == pytest.approx(1, abs=0.05)


def test_a_fragment_is_told_with_what_it_takes_the_place_of() -> None:
    found = read_with("And the nurses?", Turn("What do the cleaners want?", "Better pay."))
    assert found.fragment > 0.5
    start, end, _ = found.replaced[0]
    assert "What do the cleaners want?"[start:end].removeprefix("the ") == "cleaners"
    assert read_with("How old is it?", LAMP).fragment < 0.5


def gap_in(question: str, spelt: str, preposition: str = "") -> Gap:
    start = question.index(spelt) if spelt else len(question) - 1
    return Gap(start, start + len(spelt), preposition, 1.0)


@pytest.mark.parametrize(
    ("question", "gap", "before", "text"),
    [
        ("What are its symptoms?", "its", "What is |lung cancer|?", "What are lung cancer's symptoms?"),
        ("How did they sail?", "they", "Tell me about the |Varn pilots|.", "How did the Varn pilots sail?"),
        ("Do they swim?", "they", "What is the |tree frog|?", "Does the tree frog swim?"),
        ("Is it old?", "it", "Who keeps the |old boats|?", "Are the old boats old?"),
        ("Its height?", "Its", "What is the |Varn lamp|?", "The Varn lamp's height?"),
        (
            "When did this storm begin?",
            "this storm",
            "What was the |February storm|?",
            "When did the February storm begin?",
        ),
        ("Did her own boat sink?", "her", "Who was |Ada Brook|?", "Did Ada Brook's own boat sink?"),
        ("Who saw her?", "her", "Who was |Ada Brook|?", "Who saw Ada Brook?"),
        ("Is there doubt about it?", "it", "Tell me about the |RICE| method.", "Is there doubt about the RICE method?"),
        ("How tall is the dam?", "the", "Who built the |Kibale dam|?", "How tall is the Kibale dam?"),
        ("Where's the red one?", "one", "Who owns the |boats|?", "Where's the red boat?"),
        ("Do I need one?", "one", "What is a |sea permit|?", "Do I need a sea permit?"),
        ("What is it to lose one?", "one", "How many are |eight flakes|?", "What is it to lose a flake?"),
        ("When does the last one leave?", "one", "When does the |first bus| leave?", "When does the last bus leave?"),
        ("How much can it press?", "it", "Who built the |press|?", "How much can the press press?"),
        ("Who keeps the second one?", "one", "Who saw |Tern and Petrel|?", "Who keeps Petrel?"),
        ("Who keeps the former?", "the former", "Who saw |Tern and Petrel|?", "Who keeps Tern?"),
        (
            "What was its cost?",
            "its",
            "When did the |first bus of line 4| leave?",
            "What was the cost of the first bus of line 4?",
        ),
        (
            "When will its night service end?",
            "its",
            "When did the |first bus of line 4| leave?",
            "When will the night service of the first bus of line 4 end?",
        ),
        (
            "Did it become his?",
            "his",
            "Who is |Ada Brook of Port Elm|?",
            "Did it become Ada Brook of Port Elm's?",
        ),
        ("How many of them sank?", "them", "Who owns the |boats|?", "How many of the boats sank?"),
        ("Who lives there?", "there", "Who lives in |Port Elm|?", "Who lives in Port Elm?"),
    ],
)
def test_a_thing_takes_the_place_of_a_word(question: str, gap: str, before: str, text: str) -> None:
    found = thing(before.split("|")[1], Turn(before.replace("|", ""), ""))
    assert filled(question, [(gap_in(question, gap), found)]) == text


def test_a_thing_that_is_left_out_is_joined_by_its_preposition() -> None:
    ferry, boats = thing("ferry", Turn("Who sails the ferry?", "")), thing("boats", Turn("Who owns the boats?", ""))
    assert filled("Is there a fee?", [(gap_in("Is there a fee?", "", "for"), ferry)]) == "Is there a fee for the ferry?"
    assert filled("How many sank?", [(Gap(8, 8, "", 1.0), boats)]) == "How many boats sank?"


def test_each_gap_takes_its_own_thing() -> None:
    ada, lamp = (thing(name, Turn("Did Ada Brook mend the lamp?", "")) for name in ("Ada Brook", "lamp"))
    question = "Why did she carry it?"
    fillings = [(gap_in(question, "she"), ada), (gap_in(question, "it"), lamp)]
    assert filled(question, fillings) == "Why did Ada Brook carry the lamp?"


def test_no_gap_takes_words_of_the_gap_before_it() -> None:
    birds, ada = (
        thing(name, Turn("Did Ada Brook keep Tern and Petrel?", "")) for name in ("Tern and Petrel", "Ada Brook")
    )
    question = "What does the first one do?"
    text = filled(question, [(gap_in(question, "the"), ada), (gap_in(question, "first one"), birds)])
    assert text == "What does Ada Brook Tern do?"


@pytest.mark.parametrize(("pronoun", "fits"), [("she", True), ("he", False), ("it", False)])
def test_whom_a_question_called_she_is_never_called_he(pronoun: str, fits: bool) -> None:
    history = [
        Turn("Who is the officer for bees?", "", understood_as="Who is the officer for bees?"),
        Turn("Who was her predecessor?", "", understood_as="Who was Tilda Roon's predecessor?"),
    ]
    assert may_be(pronoun, thing("Tilda Roon", *history)) is fits


def test_a_count_of_an_answer_is_no_part_of_the_name() -> None:
    visitors = thing("52,700 visitors", Turn("How many came?", "In 2024 it had 52,700 visitors."))
    question = "How old were they?"
    assert filled(question, [(gap_in(question, "they"), visitors)]) == "How old were visitors?"


@pytest.mark.parametrize(
    ("fragment", "earlier", "replaced", "text"),
    [
        ("for children", "What is the fee for adults?", "adults", "What is the fee for children?"),
        ("in March", "How many boats sank in May 2021?", "in May", "How many boats sank in March 2021?"),
        ("the lighthouse", "How old is the ferry?", "ferry", "How old is the lighthouse?"),
        ("women", "How often can men give blood?", "men", "How often can women give blood?"),
        ("Birch", "Is the room 'Ash and Elm' free?", "Ash", "Is the room Birch free?"),
        ("rule 3.4", "What does rule 2.3 say?", "rule 2", "What does rule 3.4 say?"),
        ("10.2", "Who wrote 9.1?", "9", "Who wrote 10.2?"),
        ("the Birch Room", "What does the Ash Room seat?", "Ash", "What does the Birch Room seat?"),
        ("the last bus of line 4", "Is the first bus of line 4 full?", "first", "Is the last bus of line 4 full?"),
    ],
)
def test_a_fragment_goes_where_the_model_says(fragment: str, earlier: str, replaced: str, text: str) -> None:
    start = earlier.index(replaced)
    (there, added) = placed(fragment, Question(earlier), [(start, start + len(replaced), 0.9)], 0.1)
    assert there.text == text
    assert not there.is_added
    assert added.text == f"{earlier[:-1]} {fragment}?"
    assert added.is_added
    assert there.log_odds > added.log_odds


def read(question: str, *turns: Turn) -> list[str]:
    return [one.text for one in understand(Question(question), turns)]


@pytest.mark.parametrize(
    ("question", "turns", "text"),
    [
        ("And in March?", [STORM], "How many boats did the storm sink in March?"),
        ("No, I meant in March.", [STORM], "How many boats did the storm sink in March?"),
        ("And yachts?", [STORM], "How many yachts did the storm sink in February?"),
        ("Why?", [Turn("When did the keeper leave?", "")], "Why did the keeper leave?"),
        ("Why?", [STORM], "How many boats did the storm sink in February, and why?"),
        ("Why?", [Turn("How many boats were lost?", "")], "Why were so many boats lost?"),
        ("Why so few?", [Turn("How many boats were lost?", "")], "Why were so few boats lost?"),
        ("Where does she live?", [STORM, KEEPER], "Where does Ada Brook live?"),
        ("Is that more than in March?", [STORM], "How many boats did the storm sink in March?"),
        (
            "How many of them were Danish?",
            [Turn("How many visitors came to the lamp in 2024?", "4,000 visitors.")],
            "How many of the visitors were Danish?",
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
        ("How tall is the tower of Selby?", "90 metres.", "And its cost?", "What about the tower of Selby's cost?"),
        ("Who is the chair of the board?", "Ada Brook.", "And her deputy?", "What about Ada Brook's deputy?"),
        ("When was the bridge opened?", "In 1904.", "What about its builder?", "What about the bridge's builder?"),
    ],
)
def test_what_belongs_to_something_named_is_asked_of_that(
    asked: str, answer: str, follow_up: str, expected: str
) -> None:
    texts = [one.question.text for one in understand(Question.of(follow_up), [Turn(asked, answer)])]
    assert expected in texts
    assert not any("its" in text.split() or "her" in text.split() for text in texts[:1])


def test_a_fragment_that_is_only_a_pronoun_is_the_question_before_about_somebody() -> None:
    turn = Turn("Where was Tom Reed on Tuesday?", "Tom Reed was in Varn, but Ada Brook was at sea.")
    assert "Where was Ada Brook on Tuesday?" in read("And she?", turn)
    assert not any(text in ("Ada Brook?", "Tom Reed?") for text in read("And she?", turn))


def test_a_question_word_alone_keeps_no_capital_behind_it() -> None:
    assert "Why can the member appeal?" in read("Why?", Turn("Can the member appeal?", "Yes."))


def test_of_a_long_earlier_question_only_the_beginning_is_read() -> None:
    long = Turn("Who is Ada Brook? " * 5000, "The keeper.")
    (first, *_) = understand(Question("Where was she born?"), [long])
    assert len(first.text) < 2500


def test_both_are_the_two_things_of_one_kind() -> None:
    turns = [
        Turn("How many people does the Ash Room seat?", "It seats 12."),
        Turn("What about the Birch Room?", "It seats 40.", understood_as="How many people does the Birch Room seat?"),
    ]
    found = read("Do both have a projector?", *turns)
    assert "Do both the Ash Room and the Birch Room have a projector?" in found
    assert "Do both the Birch Room have a projector?" not in found


def test_a_question_in_front_is_not_carried_on() -> None:
    turns = [
        Turn("Who was Tom Reed?", "A captain.", understood_as="Who was Tom Reed?"),
        Turn("Was it right?", "Yes.", understood_as="Who was Tom Reed? Was it right?"),
    ]
    assert not any(text.startswith("Who was Tom Reed? Was") for text in read("And in Varn?", *turns))


def test_a_comparison_shows_both_questions() -> None:
    (first, *_) = understand(Question("Is that more than in March?"), [STORM])
    assert first.shown == f"{STORM.question} How many boats did the storm sink in March?"


@pytest.mark.parametrize(
    ("text", "spelt", "name"),
    [
        ("When does the bus of line 4 leave?", "bus of line 4 leave", "bus of line 4"),
        ("The boat was sold to Tom Reed.", "boat was sold", "boat"),
        ("What ended the rule of the Sea Peoples during the war?", "Sea Peoples during", "Sea Peoples"),
    ],
)
def test_a_thing_ends_where_its_noun_does(text: str, spelt: str, name: str) -> None:
    assert thing(spelt, Turn(text, "")).shown.phrase.text == name


@pytest.mark.parametrize(
    ("question", "before", "text"),
    [
        ("Why not?", "Are dogs allowed in the boats?", "Are dogs allowed in the boats, and why not?"),
        ("WHEN?", "WHO FOUNDED THE TANNERY?", "WHO FOUNDED THE TANNERY, and WHEN?"),
        ("And a junior?", "How much does an adult member pay?", "How much does a junior member pay?"),
    ],
)
def test_small_words_are_kept_as_they_should_be(question: str, before: str, text: str) -> None:
    assert text in read(question, Turn(before, "120 crowns."))
