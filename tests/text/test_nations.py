import pytest

from retriever.text.nations import FILE, asked_of, nations_in


def named(text: str) -> list[tuple[str, str]]:
    return [(mention.nation, mention.naming.value) for mention in nations_in(text)]


def test_a_country_its_people_and_its_capital_are_one_nation() -> None:
    assert named("Cuba met Cuban officials in Havana, the Cubans said") == [
        ("Cuba", "country"),
        ("Cuba", "adjective"),
        ("Cuba", "capital"),
        ("Cuba", "people"),
    ]


@pytest.mark.parametrize("spelt", ["United States", "U.S.", "US", "America", "the U.S.’s", "USA"])
def test_a_country_is_known_by_each_of_its_names(spelt: str) -> None:
    assert named(f"talks with {spelt} began") == [("United States", "country")]


def test_a_word_without_its_capital_is_no_nation() -> None:
    assert named("They told us that china and polish were sold; tell Us") == []


def test_a_question_may_be_typed_without_capitals() -> None:
    assert [mention.nation for mention in asked_of("how many haitians did they count for us")] == ["Haiti"]


def test_the_longest_name_is_meant() -> None:
    assert named("South Korean envoys left Papua New Guinea") == [
        ("South Korea", "adjective"),
        ("Papua New Guinea", "country"),
    ]


def test_no_two_nations_share_a_name() -> None:
    lines = FILE.read_text(encoding="utf-8").splitlines()
    names = [name for line in lines for part in line.split("|") for name in part.split(",") if name]
    assert len(names) == len(set(names))
