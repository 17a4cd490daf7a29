"""A question compared with sentences: every number can be worked out by hand."""

from itertools import permutations
from math import exp, log

import numpy as np
import pytest

from retriever.answering.candidates import Candidates
from retriever.answering.features import FEATURES, NEIGHBOUR, features_of
from retriever.answering.matching import NOTHING, TITLED, compare
from retriever.answering.pooling import SHARPNESS
from tests.comparing import asked, candidates, feature, hit

KEEPER, CLIMBS, STORM = "The keeper waits.", "She climbs up.", "A storm came."


def test_a_word_weighs_by_its_rarity_and_a_function_word_little() -> None:
    """Of four passages all have "the" and one has the lamp: IDFs ln(1 + 0.5 / 4.5) and ln(1 + 3.5 / 1.5)."""
    the, lamp = 0.15 * log(1 + 0.5 / 4.5), log(1 + 3.5 / 1.5)
    question = asked("the lamp", {"the": 4, "lamp": 1}, 4)
    assert question.weights == pytest.approx([the / (the + lamp), lamp / (the + lamp)])
    assert question.content.tolist() == [0, 1]


def test_where_no_word_names_anything_all_count_alike() -> None:
    assert asked("Who is it?").content == pytest.approx([1 / 3] * 3)


def test_the_words_that_ask_are_known_or_the_first_word_does() -> None:
    assert asked("Of how many steps?").asking.tolist() == [False, True, True, False]
    assert asked("Name the captain.").asking.tolist() == [True, False, False]


def test_names_and_numbers_are_known_by_how_they_are_written() -> None:
    assert asked("Did Tom Reed, of the U.S., earn 12 crowns?").naming.tolist() == [
        False, True, True, False, False, True, False, True, False,
    ]  # fmt: skip
    assert not asked("Lamps and What?").naming.any(), "the first word, and one that asks"


def test_soft_alignment_is_a_mean_in_which_the_nearest_word_has_most_say() -> None:
    """The lamp is like the lamp (1) and unlike the storm (0): 1 e^10 / (e^10 + e^0)."""
    (soft,) = compare(asked("lamp"), candidates(hit(1, "lamp storm"))).soft[0]
    assert soft == pytest.approx(exp(SHARPNESS) / (exp(SHARPNESS) + 1))


def test_the_best_alignment_is_the_nearest_word_alone() -> None:
    comparison = compare(asked("lamp storm"), candidates(hit(1, "The lamp broke.", "The storm, the lamp.")))
    assert comparison.best == pytest.approx(np.array([[1, 1], [0, 1]]))


def test_a_sentence_without_words_is_nearly_as_far_as_can_be() -> None:
    comparison = compare(asked("lamp"), candidates(hit(1, "The lamp.", "🏝️🏝️")))
    assert comparison.best[0] == pytest.approx([1, NOTHING])
    assert np.isfinite(features_of(comparison)).all()


def test_passages_without_any_word_are_compared_too() -> None:
    for hits in ([hit(1, "🏝️"), hit(5, "The lamp.", document_id="z")], [hit(1, "🏝️")]):
        features = features_of(compare(asked("Who lit the lamp?"), candidates(*hits)))
        assert features.shape == (len(hits), len(FEATURES))
        assert np.isfinite(features).all()


def test_words_are_shared_by_their_terms_whatever_their_accents_and_form() -> None:
    comparison = compare(asked("Fernández climbed"), candidates(hit(1, "FERNANDEZ climbs.", "She waits.")))
    assert comparison.shared.tolist() == [[True, False], [True, False]]


def test_function_words_are_not_shared() -> None:
    assert not compare(asked("The lamp"), candidates(hit(1, "The the."))).shared.any()


def test_a_title_and_a_heading_have_their_words_for_all_their_sentences() -> None:
    there = candidates(hit(1, "It sails.", "It waits.", heading="The crew"), titles={"varn": "The ferry"})
    comparison = compare(asked("ferry crew"), there)
    assert comparison.titled[:, ~there.headings].tolist() == [[True, True], [True, True]]
    assert not comparison.shared[:, ~there.headings].any()
    assert feature("shared_title", comparison) == pytest.approx([1, 1, 1])


def test_a_passage_meets_the_share_of_the_question_that_it_or_its_title_has() -> None:
    """Of three words as rare the passage has one, its title another, which counts a little less."""
    there = candidates(hit(1, "The captain waits.", "It sails."), titles={"varn": "The ferry"})
    wanted = asked("captain ferry lamp")
    met = compare(wanted, there).coverage
    assert met == pytest.approx([(1 + TITLED) / 3] * 2, abs=0.01)


def test_the_words_of_a_heading_are_those_of_a_candidate_of_its_own() -> None:
    there = candidates(hit(1, "It sails.", heading="The lamp"))
    assert there.terms == ("the", "lamp", "it", "sail")
    assert there.sentence_of.tolist() == [0, 0, 1, 1]
    assert there.headings.tolist() == [True, False]
    assert there.sentences[1].start == len("The lamp\n")


@pytest.mark.parametrize("name", ["names", "names_passage"])
def test_names_count_where_they_stand(name: str) -> None:
    """Of Tom and Reed, the first sentence has one, the second the other, the second passage neither."""
    there = candidates(hit(1, "Tom waits.", "Reed waits."), hit(3, "She waits.", start=100))
    expected = {"names": [0.5, 0.5, 0], "names_passage": [1, 1, 0]}
    assert feature(name, compare(asked("Did Tom Reed wait?"), there)) == pytest.approx(expected[name])


def test_a_question_without_names_has_none_in_a_sentence_and_all_in_a_passage() -> None:
    comparison = compare(asked("the keeper"), candidates(hit(1, KEEPER)))
    assert (feature("names", comparison), feature("names_passage", comparison)) == ([0], [1])


def test_neighbouring_words_count_where_they_are_neighbours_too() -> None:
    """Of "harbour master" and "master sank", not of "the harbour" across a full stop."""
    there = candidates(hit(1, "The harbour master.", "Master sank.", "A harbour.", "Master of it."))
    assert feature("bigrams", compare(asked("harbour master sank"), there)) == pytest.approx([0.5, 0.5, 0, 0])


def test_a_neighbours_word_counts_a_little_less_than_ones_own() -> None:
    comparison = compare(asked("keeper"), candidates(hit(1, CLIMBS, KEEPER, STORM, CLIMBS)))
    assert feature("in_context", comparison) == pytest.approx([NEIGHBOUR, 1, NEIGHBOUR, 0])
    assert feature("shared_before", comparison) == pytest.approx([0, 1, 1, 0])
    assert feature("passage_best", comparison) == pytest.approx([1, 1, 1, 1])


BEHIND = len(KEEPER) + 1
FOLLOWING = {
    "the next passage": (hit(2, CLIMBS, start=BEHIND), True),
    "a passage under a heading": (hit(2, CLIMBS, start=BEHIND, heading="Steps"), False),
    "a passage behind furniture": (hit(3, CLIMBS, start=BEHIND + 20), False),
    "another document": (hit(2, CLIMBS, document_id="z"), False),
}


@pytest.mark.parametrize(("second", "follows"), FOLLOWING.values(), ids=FOLLOWING.keys())
def test_a_sentence_follows_where_nothing_stands_between(second: object, follows: bool) -> None:
    there = candidates(hit(1, KEEPER), second)  # type: ignore[arg-type]
    assert there.follows[~there.headings].tolist() == [False, follows]
    shared = np.array(feature("shared_before", compare(asked("keeper"), there)))
    assert shared[~there.headings] == pytest.approx([1, float(follows)])
    assert there.passage[~there.headings].tolist() == [0, 1]


def test_what_the_question_explains_of_a_sentence_is_its_share_of_words() -> None:
    """The lamp is explained, what broke is not, and "the" counts a fifth: 1 / 2.2."""
    comparison = compare(asked("lamp"), candidates(hit(1, "The lamp broke.")))
    assert feature("backward", comparison) == pytest.approx([1 / 2.2])


def test_a_sentence_that_adds_nothing_has_nothing_new() -> None:
    comparison = compare(asked("lamp"), candidates(hit(1, "The lamp.", "The lamp broke.")))
    assert feature("novel_focus", comparison) == pytest.approx([NOTHING, 0])


def test_the_order_of_the_passages_does_not_matter() -> None:
    hits = [hit(1, KEEPER, CLIMBS), hit(2, STORM, start=33), hit(9, "The lamp broke.", document_id="a")]
    question = asked("Did the storm break the lamp of the keeper?")
    first = candidates(*hits)
    for order in permutations(hits):
        there = candidates(*order)
        assert there.sentences == first.sentences
        assert np.array_equal(features_of(compare(question, there)), features_of(compare(question, first)))


def test_words_and_vectors_go_together() -> None:
    with pytest.raises(ValueError, match="2 vectors for 3 words in varn:0-17"):
        Candidates.of([hit(1, KEEPER)], {"varn": ""}, {1: np.zeros((2, 4), np.int8)}, {})
