"""How surely a quote answers: what its signals say, and what becomes of them."""

from collections.abc import Sized
from dataclasses import replace
from math import exp, log

import numpy as np
import pytest

from retriever.answering.calibration import (
    SIGNALS,
    UNREAD_SIGNALS,
    WITHOUT_RANK,
    Calibrator,
    RankedQuote,
    signals_of,
)
from retriever.answering.candidates import Candidates
from retriever.answering.features import FEATURES, features_of
from retriever.answering.matching import compare
from retriever.answering.ranker import READ_FEATURES, Ranker
from retriever.answering.reader_scores import UNREAD
from retriever.answering.retrieval import Retrieval
from retriever.answering.selection import (
    LED_CONFIDENCE,
    Evidence,
    EvidenceModel,
    RankedEvidence,
    divide,
    rank_evidence,
)
from retriever.learning import MOST_DEVIATIONS, Floats, Regression
from retriever.records import Why
from tests.comparing import EvenReader, asked, candidates, evenly_read, hit

REED = candidates(
    hit(1, "The captain is Tom.", "He waits."), hit(3, "Reed sank.", start=100), titles={"varn": "The ferry"}
)


def found(
    question: str, there: Candidates = REED, probabilities: tuple[float, ...] = (0.7, 0.2, 0.1), last: int = 0
) -> RankedQuote:
    """A quote of the first sentence, or of those up to `last`."""
    wanted = asked(question)
    weights = np.array(probabilities, dtype=np.float32)
    return RankedQuote(wanted, there, compare(wanted, there), evenly_read(there), weights, (0, last))


def signal(name: str, one: RankedQuote) -> float:
    return float(signals_of(one, {name: {**SIGNALS, **UNREAD_SIGNALS}[name]})[0])


def test_a_number_that_stands_in_no_passage_is_nowhere() -> None:
    there = candidates(hit(1, "Order 48213 left."), hit(3, "Reed sank.", start=100), titles={"varn": "The year 1951"})
    for question, nowhere in (("Order 48213?", 0), ("Order 48231?", 1), ("Reed in 1951?", 0), ("Who sank?", 0)):
        assert signal("numbers_nowhere", found(question, there, (0.9, 0.1))) == nowhere


def test_a_number_or_name_that_only_another_passage_has_is_missing_here() -> None:
    there = candidates(hit(1, "Tom Reed sank."), hit(3, "Order 48213 of Elm.", start=100), titles={"varn": "In 1951"})
    weights = (0.9, 0.1)
    numbers = [("Reed 48213?", 1), ("Reed in 1951?", 0), ("Order 48231?", 1), ("Who sank?", 0)]
    assert [signal("numbers_missing", found(asked, there, weights)) for asked, _ in numbers] == [
        is_ for _, is_ in numbers
    ]
    ferries = candidates(hit(1, "Tom Reed sails the ferry."), hit(3, "The captain waits.", start=100))
    assert signal("missed", found("Tom captain", ferries, weights)) > 0.5
    assert signal("missed", found("Tom Reed", ferries, weights)) == 0


def test_how_far_a_passage_is_ahead_is_told_by_the_third_best_of_the_others() -> None:
    texts = ("Tom Reed sails the ferry.", "Tom Reed sails the ferry.", "Tom Reed sails.", "Tom waits.", "It rains.")
    there = candidates(*(hit(at, text, start=100 * at) for at, text in enumerate(texts, start=1)))
    one = found("Tom Reed ferry", there, (0.5, 0.3, 0.1, 0.06, 0.04))
    covered = one.comparison.coverage
    assert signal("coverage_ahead", one) == pytest.approx(covered[0] - covered[3])
    assert signal("coverage_ahead", one) > signal("coverage_ahead", found("Tom", there, (0.5, 0.3, 0.1, 0.06, 0.04)))
    assert signal("coverage_ahead", found("Tom Reed", candidates(hit(1, "Tom Reed.")), (1.0,))) == 0
    assert signal("shared", one) == pytest.approx(1)
    assert signal("shared", found("Tom Reed lamp", there, (0.5, 0.3, 0.1, 0.06, 0.04))) < 1


def test_the_readers_log_odds_of_the_quotes_passage_and_of_the_others() -> None:
    one = found("captain")
    answers = np.array([2, 2, -1], dtype=np.float32)
    told = replace(one, said=replace(one.said, answers=answers, spans=np.array([3, 5, 4], dtype=np.float32)))
    names = ("answers", "best_answers", "other_answers", "span")
    assert [signal(name, told) for name in names] == [2, 2, -1, 3]
    alone = found("captain", candidates(hit(1, "The captain.")), (1.0,))
    assert signal("other_answers", alone) == UNREAD


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


def test_the_rarest_word_is_met_in_the_quote_in_its_passage_or_not() -> None:
    there = candidates(hit(1, "It waits.", "The captain."), hit(3, "The lamp.", start=100))
    names = ("quote_rarest", "passage_rarest")
    assert [signal(name, found("captain", there)) for name in names] == pytest.approx([0, 1], abs=0.01)
    assert [signal(name, found("lamp", there)) for name in names] == pytest.approx([0, 0], abs=0.01)


def test_how_well_the_likeliest_sentence_meets_the_question() -> None:
    one = found("captain")
    assert signal("all_soft", one) == pytest.approx(float(one.comparison.soft[0, 0]))
    assert signal("all_soft", one) > 0.9


def test_the_rank_by_words_is_its_logarithm() -> None:
    assert signal("lexical_rank", found("captain")) == 0
    there = candidates(replace(hit(1, "The captain."), why=Why(1, None, ())))
    assert signal("lexical_rank", found("captain", there, (1.0,))) == pytest.approx(log(WITHOUT_RANK))


def test_signals_come_in_the_order_of_their_names() -> None:
    one = found("captain")
    every = signals_of(one)
    assert every.shape == (len(SIGNALS),)
    assert np.array_equal(every[::-1], signals_of(one, dict(reversed(SIGNALS.items()))))


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


def gathered(question: str, there: Candidates) -> Retrieval:
    wanted = asked(question)
    hits = tuple(dict.fromkeys(one.hit for one in there.sentences))
    return Retrieval(question, {}, hits, wanted, there, compare(wanted, there))


def weighed(question: str, there: Candidates, by: EvidenceModel) -> tuple[Evidence, ...]:
    return rank_evidence(gathered(question, there), by, EvenReader(), 3).evidence


def model(**weights: float) -> EvidenceModel:
    """Ranks by the share of the question's words, and judges by the signals given."""
    ranker = np.zeros(2 * len(FEATURES), dtype=np.float32)
    ranker[list(FEATURES).index("shared_title")] = 10
    ones: Floats = np.ones(len(SIGNALS), dtype=np.float32)
    signals = np.array([weights.get(name, 0) for name in SIGNALS], dtype=np.float32)
    calibrator = Calibrator(Regression(0 * ones, ones, 0 * ones, 0.0), Regression(0 * ones, ones, signals, 0.0))
    combiner = np.array([name == "by_words" for name in READ_FEATURES], dtype=np.float32)
    return EvidenceModel(Ranker(ranker), Ranker(combiner), calibrator)


def test_a_quote_is_right_only_if_the_documents_answer() -> None:
    """The two probabilities multiply; whether the documents answer is one number for all quotes."""
    sure, half = np.full(len(SIGNALS), 0, np.float32), np.ones(len(SIGNALS), np.float32)
    calibrator = Calibrator(Regression(sure, half, sure, log(1 / 4)), Regression(sure, half, sure, log(3)))
    assert calibrator.probability(sure) == pytest.approx(0.2 * 0.75)
    judged = rank_evidence(gathered("captain", REED), replace(model(), calibrator=calibrator), EvenReader(), 3)
    assert judged.present == pytest.approx(0.2)
    assert [one.confidence for one in judged.evidence] == pytest.approx([0.15] * 3)


def test_a_quote_is_marked_only_where_it_is_sure_enough() -> None:
    one = gathered("Who sails the ferry?", candidates(hit(1, "Tom Reed sails the ferry.")))
    (marked,) = rank_evidence(one, model(mass=1), EvenReader(), 1).evidence
    assert marked.highlight is not None
    (unmarked,) = rank_evidence(one, model(mass=1), EvenReader(), 1, marked.confidence + 0.01).evidence
    assert unmarked == replace(marked, highlight=None)


def test_quotes_come_best_first_with_their_place() -> None:
    first, *others = weighed("captain", REED, model(mass=1))
    assert (first.start, first.end) == (0, len("The captain is Tom."))
    assert first.hit.number == 1
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


def test_without_a_reader_nothing_is_marked_and_the_likeliest_sentence_stands_for_the_quote() -> None:
    there = candidates(hit(1, "The ferry is old.", "Tom Reed sails the ferry."))
    (judged,) = rank_evidence(gathered("Who sails the ferry?", there), model(mass=1), None, 1).evidence
    assert judged.highlight is None
    assert judged.span in [(one.start, one.end) for one in there.sentences]


@pytest.mark.parametrize("by_words", [True, False])
@pytest.mark.parametrize("across", [True, False])
def test_the_weights_without_a_reader_are_for_these_features_and_signals(across: bool, by_words: bool) -> None:
    model = EvidenceModel.unread(by_words=by_words)
    check_weights(model.for_languages("de", "es" if across else "de"), UNREAD_SIGNALS)
    assert model.for_languages("en", None) is model
    assert model.for_languages("de", None) is model.across


def test_the_shipped_weights_are_for_these_features_and_signals() -> None:
    check_weights(EvidenceModel.shipped(), SIGNALS)


def check_weights(shipped: EvidenceModel, signals: Sized) -> None:
    assert shipped.ranker.weights.shape == (2 * len(FEATURES),)
    for regression in (shipped.calibrator.present, shipped.calibrator.right):
        assert regression.weights.shape == regression.means.shape == (len(signals),)
        assert (regression.deviations > 0).all()
    assert shipped.combiner.weights.shape == (len(READ_FEATURES),)


def sure() -> EvidenceModel:
    """Judges every quote alike, at 0.9 times 0.9."""
    ones: Floats = np.ones(len(SIGNALS), dtype=np.float32)
    nine_in_ten = Regression(0 * ones, ones, 0 * ones, log(9))
    return replace(model(), calibrator=Calibrator(nine_in_ten, nine_in_ten))


@pytest.mark.parametrize(
    ("led", "confidence"), [((False, False), 0.81), ((True, False), 0.81 * LED_CONFIDENCE), ((False, True), 0.81)]
)
def test_what_led_an_answer_is_less_likely_to_be_asked_for(led: tuple[bool, ...], confidence: float) -> None:
    there = candidates(hit(1, "The captain is Tom."), hit(3, "Reed sank.", start=100))
    one = replace(gathered("captain", there), seen=np.array(led), led=np.array(led))
    first = rank_evidence(one, sure(), EvenReader(), 1).evidence[0]
    assert first.start == 0
    assert first.confidence == pytest.approx(confidence)


def test_a_quote_that_stood_further_down_is_no_worse() -> None:
    there = candidates(hit(1, "The captain is Tom."), hit(3, "Reed sank.", start=100))
    one = replace(gathered("captain", there), seen=np.array((True, True)), led=np.array((False, True)))
    assert rank_evidence(one, sure(), EvenReader(), 1).evidence[0].confidence == pytest.approx(0.81)


def test_something_else_is_not_what_was_seen() -> None:
    there = candidates(hit(1, "The captain is Tom."), hit(3, "A captain sank.", start=100))
    seen = np.array((True, False))
    for question, start in (("is Tom the captain", 0), ("who else is captain like Tom", 100)):
        one = replace(gathered(question, there), seen=seen)
        assert rank_evidence(one, sure(), EvenReader(), 1).evidence[0].start == start


def test_what_was_found_is_divided_by_who_can_judge_it() -> None:
    hits = (
        hit(1, "The captain is Tom.", "He waits.", document_id="en"),
        hit(2, "Tom Reed sank.", document_id="de"),
        hit(5, "The ferry is old.", document_id="en", start=90),
    )
    everyone, words = sure(), replace(sure(), by_words=True)
    one = gathered("Who is the captain Tom?", candidates(*hits))
    assert [part is one for _, part in divide(one, lambda _: everyone)] == [True]
    german = replace(one, hits=hits, languages={"de": "de", "en": None}, seen=np.array([True, False, False, False]))
    divided = divide(german, lambda language: everyone if language == "en" else words)
    assert [judge is each for (judge, _), each in zip(divided, (everyone, words), strict=True)] == [True, True]
    assert [[sentence.text for sentence in part.candidates.sentences] for _, part in divided] == [
        ["The captain is Tom.", "He waits.", "The ferry is old."],
        ["Tom Reed sank."],
    ]
    assert [part.comparison.by_words for _, part in divided] == [False, True]
    assert [np.asarray(part.seen).tolist() for _, part in divided] == [[False, False, False], [True]]
    assert [len(part.hits) for _, part in divided] == [2, 1]
    english = gathered("Who is the captain Tom?", candidates(hits[0], hits[2]))
    assert np.array_equal(features_of(divided[0][1].comparison), features_of(english.comparison))


def test_quotes_of_parts_that_were_judged_alone_are_ordered_by_confidence() -> None:
    first, second = (
        rank_evidence(gathered("captain", candidates(hit(1, text, document_id=name))), sure(), EvenReader(), 3)
        for name, text in (("a", "The captain is Tom."), ("b", "Tom waits."))
    )
    low = replace(first, evidence=(replace(first.evidence[0], confidence=0.1),), present=0.4)
    merged = RankedEvidence.merged([low, replace(second, present=0.9)], 2)
    assert [one.hit.passage.document_id for one in merged.evidence] == ["b", "a"]
    assert merged.present == 0.9
    assert RankedEvidence.merged([low], 2) is low
