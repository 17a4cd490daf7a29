import pytest

from retriever.nations import FILE, Naming, asked_of, nations_in, speaks_of_others


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


@pytest.mark.parametrize(
    "people", ["Haitians", "Haitian migrants", "Haitian asylum seekers", "applicants from Haiti", "the people of Haiti"]
)
def test_people_are_told_from_their_country(people: str) -> None:
    assert named(f"stopped 40 {people} there") == [("Haiti", "people")]


@pytest.mark.parametrize("border", ["the U.S.-Mexico border", "the U.S.–Mexican border"])
def test_what_stands_between_two_nations_speaks_of_neither(border: str) -> None:
    assert {mention.naming for mention in nations_in(f"crossed {border} in March")} == {Naming.SHARED}


def test_people_may_come_from_one_of_several_countries() -> None:
    assert named("legal status of applicants from Cuba, Haiti, Nicaragua and the United States") == [
        ("Cuba", "people"),
        ("Haiti", "people"),
        ("Nicaragua", "people"),
        ("United States", "people"),
    ]
    assert named("deportation flights from Cuba, a drift of Haiti") == [("Cuba", "country"), ("Haiti", "country")]


def test_citizens_of_a_country_are_its_people() -> None:
    assert named("How many U.S. citizens did the U.S. authorities stop?") == [
        ("United States", "people"),
        ("United States", "country"),
    ]


def test_all_but_a_people_are_none_of_it() -> None:
    assert named("Of the non-Cubans and Non-Cuban migrants") == [("non-Cuba", "people"), ("non-Cuba", "people")]
    others = asked_of("How many non-Cubans were stopped?")
    assert speaks_of_others(others, "They stopped 300 Cubans.", "They stopped 300 Cubans.")
    assert not speaks_of_others(others, "They stopped 20 non-Cubans.", "They stopped 20 non-Cubans.")


def test_a_people_as_a_side_is_its_country() -> None:
    assert [mention.naming for mention in asked_of("What did the Danes raise, and how many of the Finns?")] == [
        Naming.COUNTRY,
        Naming.PEOPLE,
    ]


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


AROUND = "The island. Guards stopped 300 Danes at the Swedish-Norwegian border in May. Oslo was told."


@pytest.mark.parametrize(
    ("question", "others"),
    [
        ("How many Norwegians were stopped?", True),
        ("How many Norwegian migrants were stopped?", True),
        ("how many finns were stopped", True),
        ("What did Finland say?", True),
        ("How many Danish Swedes were stopped?", False),
        ("What did the Swedish government say?", True),
        ("How many Danes were stopped at the Swedish border?", False),
        ("How many Danes were stopped at the Russian border?", True),
        ("How many Danes were stopped?", False),
        ("How many Danes were stopped at Norway's border?", False),
        ("How many were stopped?", False),
        ("Who was told in Helsinki?", False),
    ],
)
def test_a_quote_on_another_nation_is_told(question: str, others: bool) -> None:
    assert (
        speaks_of_others(asked_of(question), "Guards stopped 300 Danes at the Swedish-Norwegian border.", AROUND)
        is others
    )


def test_a_quote_that_names_no_nation_speaks_of_no_other() -> None:
    assert not speaks_of_others(asked_of("How many Finns were stopped?"), "They stopped 300.", AROUND)
