"""How surely a quote answers: what its signals say, and what becomes of them."""

from dataclasses import replace
from math import exp, log

import numpy as np
import pytest

from retriever.evidence import FOREIGN, SEEN_CONFIDENCE, Evidence, Model, weigh
from retriever.evidence.confidence import (
    MOST_DEVIATIONS,
    SIGNALS,
    WITHOUT_RANK,
    Calibrator,
    Found,
    Regression,
    signals_of,
)
from retriever.evidence.features import FEATURES, Candidates, Floats, compare
from retriever.evidence.gather import Gathered
from retriever.evidence.highlight import MARKS
from retriever.evidence.ranking import Ranker
from retriever.records import Why
from tests.comparing import asked, candidates, hit

REED = candidates(
    hit(1, "The captain is Tom.", "He waits."), hit(3, "Reed sank.", start=100), titles={"varn": "The ferry"}
)


def found(
    question: str, there: Candidates = REED, probabilities: tuple[float, ...] = (0.7, 0.2, 0.1), last: int = 0
) -> Found:
    """A quote of the first sentence, or of those up to `last`."""
    wanted = asked(question)
    weights = np.array(probabilities, dtype=np.float32)
    return Found(wanted, there, compare(wanted, there), weights, (0, last), 0.8, 0.3)


def signal(name: str, one: Found) -> float:
    return float(signals_of(one, [name])[0])


def test_a_name_that_is_nowhere_near_the_quote_is_missing() -> None:
    assert signal("names_missing", found("Is it Tom?")) == 0
    assert signal("names_missing", found("Is it Tom Reed?")) == 0.5, "Reed stands in another passage"
    assert signal("names_missing", found("Is it Ada Brook?")) == 1


def test_a_name_in_the_title_or_elsewhere_in_the_passage_is_not_missing() -> None:
    there = candidates(hit(1, "She waits.", "Tom sails."), titles={"varn": "Reed"})
    assert signal("names_missing", found("Is it Tom Reed?", there, (0.9, 0.1))) == 0


def test_a_question_without_names_misses_none() -> None:
    assert signal("names_missing", found("who is the captain")) == 0


def test_the_quotes_own_share_and_its_lead() -> None:
    one = found("captain")
    assert signal("mass", one) == pytest.approx(log(0.71))
    assert signal("margin", one) == pytest.approx(0.5)
    both = found("captain", last=1)
    assert signal("mass", both) == pytest.approx(log(0.91))
    assert signal("margin", both) == pytest.approx(0.8)
    assert both.top == 0


def test_a_quote_of_all_there_is_leads_by_its_whole_share() -> None:
    alone = candidates(hit(1, "The captain."))
    assert signal("margin", found("captain", alone, (1.0,))) == pytest.approx(1)


def test_entropy_is_highest_where_all_are_alike() -> None:
    assert signal("entropy", found("captain", probabilities=(1, 0, 0))) == 0
    assert signal("entropy", found("captain", probabilities=(0.5, 0.5, 0))) == pytest.approx(log(2))


def test_words_met_and_unmet_in_the_passage() -> None:
    """Of the captain and the lamp, as rare, the passage has the captain."""
    one = found("captain lamp")
    assert signal("unmet", one) == pytest.approx(0.5)
    assert signal("passage_best", one) == pytest.approx(0.5)
    assert signal("quote_rarest", one) == signal("passage_rarest", one) == 0


def test_a_quotes_passage_is_more_than_the_quote_and_less_than_all() -> None:
    there = candidates(hit(1, "It waits.", "The captain."), hit(3, "The lamp.", start=100))
    one = found("captain lamp", there)
    assert signal("passage_best", one) == pytest.approx(0.5)
    assert signal("passage_best", found("lamp", there)) == 0


def test_a_word_of_the_title_counts_by_its_share() -> None:
    assert signal("titled", found("captain ferry")) == pytest.approx(0.5)
    assert signal("titled", found("captain lamp")) == 0


def test_how_well_the_nearest_sentences_meet_the_question() -> None:
    """The captain's sentence has nearly 1, the two others 0, and there are fewer than twenty."""
    one = found("captain")
    soft = one.comparison.soft[0]
    assert soft[0] > 0.9 > 0.1 > max(soft[1:])
    assert signal("twenty", one) == pytest.approx(float(soft.mean()))
    assert signal("all_soft", one) == pytest.approx(float(soft[0]))


def test_plain_signals_come_as_they_are() -> None:
    one = found("captain of the ferry")
    assert [signal(name, one) for name in ("best_cosine", "cosine_gap")] == pytest.approx([0.8, 0.3])
    assert signal("lexical_rank", one) == 0, "the logarithm of 1"


def test_a_passage_that_no_word_found_ranks_behind_those_that_words_found() -> None:
    there = candidates(replace(hit(1, "The captain."), why=Why(1, None, ())))
    assert signal("lexical_rank", found("captain", there, (1.0,))) == pytest.approx(log(WITHOUT_RANK))


def test_signals_come_in_the_order_of_their_names() -> None:
    one = found("captain")
    every = signals_of(one)
    assert every.shape == (len(SIGNALS),)
    assert np.array_equal(every[::-1], signals_of(one, list(SIGNALS)[::-1]))


REGRESSION = Regression(
    np.array([1, 0], np.float32), np.array([2, 1], np.float32), np.array([0.5, 0], np.float32), 0.25
)


def probability(*signals: float) -> float:
    return REGRESSION.probability(np.array(signals, dtype=np.float32))


def test_the_mean_signal_has_the_intercepts_probability() -> None:
    assert probability(1, 0) == pytest.approx(1 / (1 + exp(-0.25)))


def test_a_signal_counts_by_its_deviations_and_its_weight() -> None:
    """5 is two deviations above the mean."""
    assert probability(5, 0) == pytest.approx(1 / (1 + exp(-1.25)))
    assert probability(5, 3) == probability(5, 0), "a weight of 0"


def test_no_signal_counts_for_more_than_four_deviations() -> None:
    assert probability(1 + 2 * MOST_DEVIATIONS, 0) == probability(1e6, 0) > probability(8, 0)
    assert probability(-1e6, 0) == probability(1 - 2 * MOST_DEVIATIONS, 0)


def gathered(question: str, there: Candidates) -> Gathered:
    wanted = asked(question)
    hits = tuple(dict.fromkeys(one.hit for one in there.sentences))
    return Gathered(hits, {one.number: 0.5 for one in hits}, wanted, there, compare(wanted, there))


def weighed(question: str, there: Candidates, by: Model) -> tuple[Evidence, ...]:
    return weigh(question, gathered(question, there), by, 3).evidence


def model(**weights: float) -> Model:
    """Ranks by the share of the question's words, and judges by the signals given."""
    ranker = np.zeros(2 * len(FEATURES), dtype=np.float32)
    ranker[list(FEATURES).index("shared_title")] = 10
    ones: Floats = np.ones(len(SIGNALS), dtype=np.float32)
    signals = np.array([weights.get(name, 0) for name in SIGNALS], dtype=np.float32)
    calibrator = Calibrator(Regression(0 * ones, ones, 0 * ones, 0.0), Regression(0 * ones, ones, signals, 0.0))
    return Model(Ranker(ranker), calibrator, np.zeros(len(MARKS), np.float32))


def test_a_quote_is_right_only_if_the_documents_answer() -> None:
    """The two probabilities multiply; whether the documents answer is one number for all quotes."""
    sure, half = np.full(len(SIGNALS), 0, np.float32), np.ones(len(SIGNALS), np.float32)
    calibrator = Calibrator(Regression(sure, half, sure, log(1 / 4)), Regression(sure, half, sure, log(3)))
    assert calibrator.probability(sure) == pytest.approx(0.2 * 0.75)
    judged = weigh("captain", gathered("captain", REED), replace(model(), calibrator=calibrator), 3)
    assert judged.present == pytest.approx(0.2)
    assert [one.confidence for one in judged.evidence] == pytest.approx([0.15] * 3)


def test_a_quote_is_marked_only_where_it_is_sure_enough() -> None:
    sure = Model.shipped().marker
    by = replace(model(mass=1), marker=sure)
    there = candidates(hit(1, "Tom Reed sails the ferry."))
    one = gathered("Who sails the ferry?", there)
    first = weigh("Who sails the ferry?", one, by, 1).evidence[0]
    (unmarked,) = weigh("Who sails the ferry?", one, by, 1, first.confidence + 0.01).evidence
    assert unmarked == replace(first, highlight=None, vector=unmarked.vector)


@pytest.mark.parametrize(
    ("question", "title", "refused"),
    [
        ("How many Danes were stopped?", "The border", False),
        ("How many Swedes were stopped?", "The border", True),
        ("How many Swedes were stopped?", "Danes and Swedes at the border", False),
        ("Did Sweden stop them?", "Sweden's border", False),
    ],
)
def test_a_quote_on_another_nation_answers_nothing(question: str, title: str, refused: bool) -> None:
    """Every signal being 0, the documents answer with the probability 0.5, and so does each quote if they do."""
    there = candidates(hit(1, "Guards stopped 300 Danes."), titles={"varn": title})
    judged = weigh(question, gathered(question, there), model(), 3)
    assert (judged.present, judged.evidence[0].confidence) == pytest.approx((FOREIGN, 0.15) if refused else (0.5, 0.25))


def test_quotes_come_best_first_with_their_place() -> None:
    first, *others = weighed("captain", REED, model(mass=1))
    assert (first.start, first.end) == (0, len("The captain is Tom."))
    assert first.hit.number == 1
    assert np.linalg.norm(first.vector) == pytest.approx(1)
    assert {(one.start, one.end) for one in others} == {(20, 29), (100, 110)}


def test_no_quote_is_surer_than_the_one_before_it() -> None:
    """Its lead would make the second surer: here confidence grows as the lead shrinks."""
    judged = [one.confidence for one in weighed("captain", REED, model(margin=-1))]
    assert judged == sorted(judged, reverse=True)
    assert judged[1] == judged[0]


def test_a_quote_may_go_on_in_the_next_passage() -> None:
    there = candidates(hit(1, "It waits.", "The captain."), hit(2, "The captain.", start=23))
    (first, *_) = weighed("captain", there, model(mass=1))
    assert (first.start, first.end) == (10, 35)
    assert first.hit.number == 1


def test_a_quote_without_words_has_no_direction() -> None:
    (only,) = weighed("captain", candidates(hit(1, "🏝️🏝️")), model(mass=1))
    assert not only.vector.any()


def test_the_shipped_weights_are_for_these_features_and_signals() -> None:
    shipped = Model.shipped()
    assert shipped.ranker.weights.shape == (2 * len(FEATURES),)
    for regression in (shipped.calibrator.present, shipped.calibrator.right):
        assert regression.weights.shape == regression.means.shape == (len(SIGNALS),)
        assert (regression.deviations > 0).all()
    assert shipped.marker.shape == (len(MARKS),)


def sure() -> Model:
    """Judges every quote alike, at 0.9 times 0.9."""
    ones: Floats = np.ones(len(SIGNALS), dtype=np.float32)
    nine_in_ten = Regression(0 * ones, ones, 0 * ones, log(9))
    return replace(model(), calibrator=Calibrator(nine_in_ten, nine_in_ten))


@pytest.mark.parametrize(
    ("question", "seen", "confidence"),
    [
        ("captain", (False, False), 0.81),
        ("captain", (True, False), 0.81),
        ("captain lamp", (False, False), 0.81),
        ("captain lamp", (True, False), SEEN_CONFIDENCE),
    ],
)
def test_what_was_seen_is_a_clear_answer_only_where_it_says_all_that_is_asked(
    question: str, seen: tuple[bool, ...], confidence: float
) -> None:
    there = candidates(hit(1, "The captain is Tom."), hit(3, "Reed sank.", start=100))
    first = weigh(question, replace(gathered(question, there), seen=np.array(seen)), sure(), 1).evidence[0]
    assert first.start == 0
    assert first.confidence == pytest.approx(confidence)


def test_something_else_is_not_what_was_seen() -> None:
    there = candidates(hit(1, "The captain is Tom."), hit(3, "A captain sank.", start=100))
    seen = np.array((True, False))
    for question, start in (("is Tom the captain", 0), ("who else is captain like Tom", 100)):
        one = replace(gathered(question, there), seen=seen)
        assert weigh(question, one, sure(), 1).evidence[0].start == start
