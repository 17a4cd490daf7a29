"""The five articles agree and differ as their readers know that they do."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from retriever import Assistant, Turn

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def articles(real_library: Path) -> Iterator[Assistant]:
    with Assistant.open(real_library) as opened:
        yield opened


def test_32_000_and_32_500_are_a_rounding(articles: Assistant) -> None:
    answer = articles.ask("How many Cubans were apprehended at the border in March?")
    (difference,) = answer.agreement.differing
    assert (difference.kind.value, difference.values) == ("rounding", ("more than 32,000", "32,500"))
    assert tuple(answer.quotes[place].published for place in difference.quotes) == ("2022-04", "2022-04")


def test_four_sources_agree_on_who_led(articles: Assistant) -> None:
    answer = articles.ask("Who led the Cuban delegation?")
    assert ([len(group) for group in answer.agreement.same], answer.agreement.differing) == ([4], ())


def test_flights_were_not_accepted_in_2022_and_are_in_2025(articles: Assistant) -> None:
    answer = articles.ask("Does Cuba receive deportation flights?")
    (difference,) = answer.agreement.differing
    assert difference.kind.value == "later"
    assert [answer.quotes[place].published for place in difference.quotes] == ["2022-04", "2025"]


def test_no_source_is_said_to_differ_on_2018(articles: Assistant) -> None:
    answer = articles.ask("Since when had there been no migration talks?")
    assert "since 2018" in answer.quotes[0].text
    assert answer.agreement.differing == ()


def test_a_month_that_no_article_counts_is_not_answered_clearly_by_another(articles: Assistant) -> None:
    march = "How many Cubans were apprehended at the border in March?"
    history = [Turn(march, articles.ask(march).quotes[0].text)]
    assert articles.ask("And in April?", history).verdict.value != "clear"
    february = articles.ask("And in February?", history)
    assert february.quotes[0].as_of == "2022-02"


def test_a_question_of_2025_is_answered_by_the_article_of_2025(articles: Assistant) -> None:
    assert articles.ask("Does Cuba accept deportation flights in 2025?").quotes[0].published == "2025"


def test_the_timeline_tells_once_what_several_articles_tell(articles: Assistant) -> None:
    told = {point.time: len(point.also) for point in articles.timeline() if "32,500" in point.text}
    assert told["2022-02/2022-03"] == 1
    assert len(told) == sum("32,500" in point.text for point in articles.timeline())


@pytest.mark.parametrize(
    "question",
    [
        "How many Mexicans were apprehended at the border?",
        "How many Venezuelans were apprehended at the border?",
        "how many haitians were stopped in march",
        "How many Mexicans have a final deportation order?",
        "Which countries lifted visa requirements for Haitians?",
        "Who led the Nicaraguan delegation at the talks?",
        "How many Nicaraguans were stopped from October through March?",
        "Where did the U.S. and Mexican officials meet on April 21?",
        "Did Haiti agree to accept deportations on a case-by-case basis?",
        "How many encounters with Venezuelans were registered from fiscal years 2022 to 2024?",
        "What did Ned Price say about Haitian migrants?",
        "Who oversaw the historic rapprochement with Venezuela?",
    ],
)
def test_what_is_told_of_cubans_does_not_answer_for_others(articles: Assistant, question: str) -> None:
    assert articles.ask(question).verdict.value != "clear"


@pytest.mark.parametrize(
    "question",
    [
        "How many Cubans were apprehended at the Mexican border in March?",
        "How many people from Cuba have a final deportation order?",
        "Who led Havana's delegation?",
        "Who led the American delegation?",
        "who led the u.s. delegation",
    ],
)
def test_a_nation_is_met_by_its_other_names(articles: Assistant, question: str) -> None:
    assert articles.ask(question).answered
