"""Blocks: line breaks that were meant part them, wrapped lines do not."""

from retriever.text.blocks import split_blocks


def blocks(text: str) -> list[str]:
    return [text[block.start : block.end] for block in split_blocks(text)]


def test_a_wrapped_line_with_room_left_is_no_heading_in_the_middle_of_a_sentence() -> None:
    text = (
        "Ada Brook was born in Telby by the sea, and grew up in\n"
        "Varn with her grandparents after her mother had moved to a far country across the\n"
        "sea. She studied in Esk and in the old harbour town of\n"
        "Dunmore, and kept the light."
    )
    assert blocks(text) == [text]


def test_a_long_address_does_not_widen_a_paragraph() -> None:
    text = (
        "The town of Velm was founded by the monks of the abbey of Carrow, Ardmore\n"
        "Saint Odo and all of their brothers had come from the south some years ago, to\n"
        "see https://example.org/a/very/long/address/that/makes/this/line/much/longer/than/the/others/index.html\n"
        "It lies on the river."
    )
    assert blocks(text) == [text]


def test_a_number_at_the_start_of_a_wrapped_line_is_no_item() -> None:
    text = (
        "The board decided under the rules that were laid down for all towns in section\n"
        "12. The rest was struck by the court of appeal in the autumn of the year after,\n"
        "and nobody contested it."
    )
    assert blocks(text) == [text]
    assert blocks("Shopping\n1. Milk\n2. Bread and a long loaf of rye from the baker\n3. Salt") == [
        "Shopping",
        "1. Milk",
        "2. Bread and a long loaf of rye from the baker",
        "3. Salt",
    ]


def test_a_command_below_its_colon_is_a_block() -> None:
    assert blocks("Run the following command:\nsudo pumpctl --reset --tank 4\nThen wait for the lamp.") == [
        "Run the following command:",
        "sudo pumpctl --reset --tank 4",
        "Then wait for the lamp.",
    ]


def test_lines_of_their_own_stay_blocks() -> None:
    text = "Full name Iwan\nBorn in 1968\nPlace of birth Bangor\nPlayed for Norwich City and for many other clubs"
    assert blocks(text) == text.split("\n")
