"""The numbers of lists and headings of OpenDocument files, which their text does not hold."""

import pytest

from retriever.reading.extract import Extract
from retriever.reading.odt import read
from tests.office import headings, lines, zipped

SPACE = "urn:oasis:names:tc:opendocument:xmlns:"
SPACES = (
    f'xmlns:office="{SPACE}office:1.0" xmlns:text="{SPACE}text:1.0" xmlns:style="{SPACE}style:1.0" '
    f'xmlns:table="{SPACE}table:1.0" xmlns:draw="{SPACE}drawing:1.0" xmlns:loext="urn:libreoffice"'
)


def level(number: int, form: str, more: str = "", kind: str = "list-level-style-number") -> str:
    return f"<text:{kind} text:level='{number}' style:num-format='{form}' {more}/>"


DOT, BRACKET = "style:num-suffix='.'", "style:num-suffix=')'"
LEVELS = {
    "L1": [level(1, "1", DOT), level(2, "a", BRACKET), level(3, "i", f"{BRACKET} text:display-levels='3'")],
    "L2": [level(1, "I", f"{DOT} text:start-value='4'"), level(2, "A")],
    "L3": [
        "<text:list-level-style-bullet text:level='1' text:bullet-char='•'/>",
        level(2, "1", "loext:num-list-format='%1%.%2%.'"),
    ],
}
STYLES = (
    "".join(f"<text:list-style style:name='{name}'>{''.join(each)}</text:list-style>" for name, each in LEVELS.items())
    + "<style:style style:name='P1' style:parent-style-name='P0'/>"
    "<style:style style:name='P0' style:list-style-name='L1'/>"
    "<style:style style:name='P2' style:parent-style-name='P0' style:list-style-name=''/>"
)
CHAPTERS = level(1, "1", kind="outline-level-style")
SECTIONS = level(2, "1", "text:display-levels='2'", kind="outline-level-style")
OUTLINE = f"<text:outline-style style:name='Outline'>{CHAPTERS}{SECTIONS}</text:outline-style>"


def made(body: str) -> Extract:
    content = (
        f"<office:document-content {SPACES}><office:automatic-styles>{STYLES}</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    styles = f"<office:document-styles {SPACES}><office:styles>{OUTLINE}</office:styles></office:document-styles>"
    return read(zipped({"content.xml": content, "styles.xml": styles}), "a.odt")


def items(*texts: str, style: str | None = "L1", more: str = "") -> str:
    """A list; a text that is an element stands in its item as it is."""
    inner = (text if text.startswith("<") else f"<text:p>{text}</text:p>" for text in texts)
    named = f' text:style-name="{style}"' if style else ""
    return (
        f"<text:list{named} {more}>{''.join(f'<text:list-item>{each}</text:list-item>' for each in inner)}</text:list>"
    )


def test_items_are_numbered_by_their_level() -> None:
    inner = items("plums", "<text:p>pears</text:p>" + items("late", style=None), style=None)
    body = items("Apples", f"<text:p>Others</text:p><text:p>all of them:</text:p>{inner}", "Nuts")
    assert lines(made(body)) == [
        "1. Apples",
        "2. Others",
        "all of them:",
        "a) plums",
        "b) pears",
        "2.b.i) late",
        "3. Nuts",
    ]


def test_a_list_begins_anew_unless_it_goes_on_with_another() -> None:
    body = (
        items("one", "two", more='xml:id="first"')
        + "<text:p>Between.</text:p>"
        + items("three", more='text:continue-numbering="true"')
        + items("other")
        + items("four", more='text:continue-list="first"')
        + items("again")
    )
    assert lines(made(body)) == ["1. one", "2. two", "Between.", "3. three", "1. other", "4. four", "1. again"]


def test_an_item_that_holds_only_a_list_is_not_counted() -> None:
    later = items(items("plums", style=None), "Nuts", more='text:continue-numbering="true"')
    assert lines(made(items("Apples") + later)) == ["1. Apples", "a) plums", "2. Nuts"]


def test_a_second_list_inside_of_an_item_begins_anew() -> None:
    body = items(
        f"<text:p>Apples</text:p>{items('a', 'b')}{items('c', style='L2')}", f"<text:p>Nuts</text:p>{items('d')}"
    )
    assert lines(made(body)) == ["1. Apples", "a) a", "b) b", "A c", "2. Nuts", "a) d"]


def test_numbers_start_where_the_file_says() -> None:
    restarted = '<text:list-item text:start-value="9"><text:p>nine</text:p></text:list-item>'
    body = items("four", "five", style="L2") + f'<text:list text:style-name="L1">{restarted}</text:list>'
    assert lines(made(body)) == ["IV. four", "V. five", "9. nine"]


def test_bullets_and_heads_of_lists_have_no_number() -> None:
    head = "<text:list-header><text:p>Fruit:</text:p></text:list-header>"
    body = f'<text:list text:style-name="L1">{head}<text:list-item><text:p>Apples</text:p></text:list-item></text:list>'
    bullets = items(f"<text:p>Dot</text:p>{items('numbered', style=None)}", style="L3")
    assert lines(made(body + bullets)) == ["Fruit:", "1. Apples", "Dot", "1. numbered"]


def test_the_numbers_of_a_list_in_the_cells_of_a_table_stand_in_its_rows() -> None:
    def row(*cells: str) -> str:
        inner = "".join(f"<table:table-cell>{cell}</table:table-cell>" for cell in cells)
        return f"<table:table-row>{inner}</table:table-row>"

    names = row(*(f"<text:p>{name}</text:p>" for name in ("Task", "Hours")))
    table = names + row(items("Oil", "Tar"), "<text:p>2</text:p>") + row(items("Paint"), "<text:p>5</text:p>")
    assert lines(made(f"<table:table>{table}</table:table>")) == [
        "Task: 1. Oil 2. Tar; Hours: 2.",
        "Task: 1. Paint; Hours: 5.",
    ]


def test_headings_are_numbered_by_the_outline() -> None:
    body = (
        "<text:h text:outline-level='1'>Coast</text:h><text:h text:outline-level='2'>Harbours</text:h>"
        "<text:h text:outline-level='1' text:style-name='P2'>Aside</text:h>"
        "<text:h text:outline-level='1' text:is-list-header='true'>Unnumbered</text:h>"
        "<text:h text:outline-level='1'>Rivers</text:h>"
        "<text:h text:outline-level='2'><text:number>2.1</text:number>Varn</text:h>"
        "<text:h text:outline-level='2'>Elm</text:h>"
        + items("<text:h text:outline-level='1'>Hills</text:h>", style="Outline")
    )
    numbered = ["1 Coast", "1.1 Harbours", "Aside", "Unnumbered", "2 Rivers", "2.1 Varn", "2.2 Elm", "3 Hills"]
    assert headings(made(body)) == numbered


def test_the_style_of_a_paragraph_names_the_list() -> None:
    assert lines(made(items("<text:p text:style-name='P1'>Apples</text:p>", style=None))) == ["1. Apples"]


def test_a_list_in_a_text_box_is_one_of_its_own() -> None:
    box = f"<draw:frame><draw:text-box>{items('boxed')}</draw:text-box></draw:frame>"
    assert lines(made(items(f"<text:p>Apples{box}</text:p>", "Nuts"))) == ["1. Apples", "1. boxed", "2. Nuts"]


@pytest.mark.parametrize("number", ["", "x", "99999999999", "-3", "²"])
def test_a_level_or_start_that_is_no_number_does_no_harm(number: str) -> None:
    body = f'<text:h text:outline-level="{number}" text:start-value="{number}">Coast</text:h>'
    item = f'<text:list-item text:start-value="{number}"><text:p>Apples</text:p></text:list-item>'
    extract = made(f'{body}<text:list text:style-name="L1">{item}</text:list>')
    assert lines(extract) == ["1 Coast", "1. Apples"]
