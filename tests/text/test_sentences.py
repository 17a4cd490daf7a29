"""Sentences: where they end, and that their offsets are right for any text."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from retriever.text.sentences import split_sentences

TEXTS = st.one_of(
    st.text(),
    st.text(alphabet=' \t\n\r\u00a0\u2028.!?…。؟।"”’)[]1a.BéС日-#*', max_size=200),
    st.lists(st.sampled_from(["The U.S. ", "Mr. ", "e.g. ", "“Why?” ", "\n\n", "\r\n", "# A\n", "- b\n", "5. "])).map(
        "".join
    ),
    st.lists(st.sampled_from(["The U.S. ", "No. 1. ", "Ex. B", "|a|\n", "|-|\n", "\r\n", " ", "| b. C |\n"])).map(
        "".join
    ),
)


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


@pytest.mark.parametrize(
    "sentence",
    [
        "The U.S. Department of Tides met the U.S. side in Washington, D.C. to discuss the moon.",
        "Mr. Reed, Dr. Marsh and Gen. Heron live on St. Kelp Street.",
        "They met at 9 a.m. on Jan. 5 in pier No. 7, near Mt. Gull.",
        "George W. Bush read J. K. Rowling to J. A. Hobson.",
        "Fish, e.g. Cod and i.e. Ling, were weighed vs. Last year's, cf. Fig. 3 and pp. 4-9.",
        "Marsh et al. (2004) found 3.5 kg of kelp at $1.50 in version 2.0.1 of www.kelp.org today.",
        "Kelp Inc. Harbour Co. Ltd. Partners sold it.",
        "“Is it high water?” asked the warden, “or … not...” and left.",
        "The tide [...] Came in (ca. 400 B.C. or so) again.",
        "The harbour, founded c. 1300, was sold in Nov. 1950 for approx. 20 pounds.",
        "It was about illegal fishing.changing tides, said the warden.",
        "Trinity-St. Paul's Church stands on the quay.",
        "Marsh v. Reed was heard in St. Pierre by the 9th Cir. Panel.",
        "The plan (Doc. 12, Ex. B, para. 4, Sec. 2) is in Vol. II and Art. IV of Dkt. 7 today.",
    ],
)
def test_a_stop_inside_a_sentence_does_not_end_it(sentence: str) -> None:
    assert sentences(sentence) == [sentence]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("They sailed to the U.S.", "The tide was low."),
        ("He left at 9 p.m.", "It rained."),
        ("She works for Kelp Inc.", "He does not."),
        ("It grew in 1950.", "5 boats came."),
        ("He said “no.”", "She said yes."),
        ("(It was the end.)", "(A new one began.)"),
        ("“Who goes there?”", "“Me!”"),
        ("The tide turned...", "Then it turned again."),
        ("It rose.[1][2]", "It fell.[3]"),
        ("We measured p53.", "mTOR was absent."),
        ("They sold nets, ropes, etc.", "Boats were dear."),
        ("He said no.", "They left."),
        ("The gulls sat.", "Marsh ran."),
        ("They sailed in Dec.", "Kelp was cold."),
        ("World War II.", "Kelp grew again."),
        ("The rate was 5 mmol/L.", "Salt was low."),
        ("The harbour replied in Doc. 1.", "More than 8,000 came."),
        ("The harbour agreed. Doc. 1.", "More than 8,000 came."),
        ("The harbour agreed. Doc. 1 at 5.", "More than 8,000 came."),
        ("Doc. 1.", "More than 8,000 came."),
        ("The harbour agreed. (Dkt. 12, p. 4.)", "Then it rained."),
        ("No. 3. The pier is new.", "The pump is old."),
        ("Fig. 2. The pump is old.", "The pier is new."),
        ("He showed his doc.", "They left."),
        ("He said no.", "I left."),
    ],
)
def test_a_sentence_ends_at_its_stop(first: str, second: str) -> None:
    assert sentences(f"{first} {second}") == [first, second]


@pytest.mark.parametrize("text", ["潮が満ちた。|船が出た！|終わり", "هل جاء المد؟| نعم.", "ज्वार आया।| नाव गई।"])
def test_stops_of_other_scripts_end_sentences(text: str) -> None:
    assert sentences(text.replace("|", "")) == [part.strip() for part in text.split("|")]


def test_two_sentences_that_touch_are_parted() -> None:
    assert sentences("The tide rose.The boats left early.") == ["The tide rose.", "The boats left early."]


def test_a_blank_line_ends_a_headline_without_a_stop() -> None:
    assert sentences("Tide rises in Kelp\r\n\r\nThe boats left.") == ["Tide rises in Kelp", "The boats left."]


def test_a_wrapped_line_does_not_end_a_sentence() -> None:
    text = "The boats of Kelp Harbour left with\nMarsh and Reed aboard.\nThey came home."
    assert sentences(text) == ["The boats of Kelp Harbour left with\nMarsh and Reed aboard.", "They came home."]


def test_a_heading_line_right_above_its_paragraph_stands_alone() -> None:
    text = "High Water\nThe tide rose by three metres on Monday, the harbour said."
    assert sentences(text) == text.split("\n")


def test_list_items_are_sentences_of_their_own() -> None:
    items = ["We took:", "- a net", "* a rope", "• salt", "1. Wash the fish.", "2) Dry it", "a) Eat it"]
    assert sentences("\n".join(items)) == items


def test_a_wrapped_item_is_one_sentence() -> None:
    items = ["- a net of tarred\n  twine and cork", "1. Wash the fish\n   in sea water."]
    assert sentences("\n".join(items)) == items


def test_a_row_of_a_markdown_table_is_a_sentence_and_the_rule_belongs_to_the_names() -> None:
    rows = ["| Day | Open |\n|:---|---:|", "| Mon. | 9 a.m. It varies. |", "| Tue | closed |"]
    text = "\n".join(["Hours:", *rows, "Call us. Then come."])
    assert sentences(text) == ["Hours:", *rows, "Call us.", "Then come."]


def test_prose_laid_out_in_cells_is_split_at_its_stops() -> None:
    long = f"| Keeper | {'Sees the light and the tide and the gulls each day. ' * 4}|"
    found = sentences(f"{long}\n| Cook | Bakes. |")
    assert (len(found), found[-1]) == (5, "| Cook | Bakes. |")


def test_a_bar_in_prose_is_no_table() -> None:
    assert sentences("| alone. It is |") == ["| alone.", "It is |"]


def test_only_the_stretch_asked_for_is_split() -> None:
    text = "One is here. Two is here. Three is here."
    assert [text[a:b] for a, b in split_sentences(text, 13, 25)] == ["Two is here."]


@given(TEXTS)
@example("")
@example("\ufeff.\u200b")
def test_sentences_cover_every_character_that_is_not_white_once(text: str) -> None:
    spans = split_sentences(text)
    assert list(spans) == sorted(spans)
    at = 0
    for start, end in spans:
        assert not text[at:start].strip()
        assert at <= start < end
        assert text[start:end] == text[start:end].strip()
        at = end
    assert not text[at:].strip()


@given(TEXTS)
def test_a_sentence_split_again_is_itself(text: str) -> None:
    for start, end in split_sentences(text):
        pieces = split_sentences(text, start, end)
        assert pieces[0][0] == start
        assert pieces[-1][1] == end
