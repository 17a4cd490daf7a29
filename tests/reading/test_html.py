"""HTML: a page's visible text in blocks, the article told from the page around it, and what the page says of itself."""

from itertools import pairwise
from pathlib import Path

import pytest

from retriever import ReadingError
from retriever.reading.extract import Extract
from retriever.reading.html import read, read_html
from retriever.records import Provenance
from tests.paths import DATA

OFFICE = DATA / "office_docs"

PARAGRAPHS = [
    f"<p>The harbour of the {place} town was dredged, and the council, which had paid for it, was pleased. "
    "Ships of any size could now come in, whatever the tide, and the fishermen said they had never seen so many.</p>"
    for place in ("first", "second", "third", "fourth", "fifth", "sixth")
]
PAGE = f"""<!doctype html><html lang="en-GB"><head><title>The harbour is deep | Coast News</title>
<meta property="og:site_name" content="Coast News"><meta name="author" content="By Ann Ames">
<meta property="article:published_time" content="2022-04-21T10:00:00+01:00">
<link rel="canonical" href="https://coast.example/2022/harbour"></head><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/sport">Sport</a></li></ul></nav>
<div class="page"><h1>The harbour is deep</h1><div class="share">Share this</div>
<div class="story">{"".join(PARAGRAPHS[:3])}<h2>What it cost</h2>{"".join(PARAGRAPHS[3:])}</div></div>
<div class="sidebar"><h3>Read next</h3><p><a href="/b">A bridge is closed and nobody knows for how long.</a></p></div>
<div class="comments"><p>I have lived there for years, and it was never deep enough, said a reader.</p></div>
<footer>© 2022 Coast News</footer></body></html>"""


def blocks(extract: Extract) -> list[str]:
    return extract.text.split("\n\n")


def marked(extract: Extract) -> list[str]:
    return [extract.text[start:end] for start, end in extract.furniture or ()]


def headings(extract: Extract) -> list[str]:
    return [extract.text[start:end] for start, end in extract.headings or ()]


def test_the_page_around_an_article_is_furniture_and_still_there() -> None:
    extract = read(PAGE.encode(), "harbour.html")
    assert marked(extract) == [
        "Home",
        "Sport",
        "Share this",
        "Read next",
        "A bridge is closed and nobody knows for how long.",
        "I have lived there for years, and it was never deep enough, said a reader.",
        "© 2022 Coast News",
    ]
    assert headings(extract) == ["The harbour is deep", "What it cost"]
    assert len(blocks(extract)) == 15


def test_a_page_says_what_it_is() -> None:
    extract = read(PAGE.encode(), "harbour.html")
    assert (extract.title.value, extract.title.known) == ("The harbour is deep", Provenance.METADATA)
    assert (extract.author.value, extract.author.known) == ("Ann Ames", Provenance.METADATA)
    assert (extract.publisher.value, extract.publisher.known) == ("Coast News", Provenance.METADATA)
    assert (extract.published.value, extract.published.known) == ("2022-04-21", Provenance.METADATA)
    assert (extract.language, extract.link) == ("en-GB", "https://coast.example/2022/harbour")


def test_metadata_in_json_ld_is_read() -> None:
    extract = read_html(
        """<script type="application/ld+json">{"@graph": [{"@type": "WebSite", "name": "Coast"},
        {"@type": "NewsArticle", "headline": "Deep", "datePublished": "2022-04-21",
        "author": [{"name": "Ann Ames"}, {"name": "Bo Beck"}],
        "publisher": {"name": "Coast News"}}]}</script><p>The harbour is deep.</p>"""
    )
    assert (extract.title.value, extract.author.value) == ("Deep", "Ann Ames, Bo Beck")
    assert (extract.publisher.value, extract.published.value) == ("Coast News", "2022-04-21")


@pytest.mark.parametrize("script", ["{", "[" * 100_000, '{"author": 7, "publisher": [], "datePublished": {}}', "null"])
def test_broken_json_ld_says_nothing(script: str) -> None:
    extract = read_html(f'<script type="application/ld+json">{script}</script><p>The harbour is deep.</p>')
    assert extract.author.value is extract.published.value is None


def test_what_is_only_inferred_says_so() -> None:
    extract = read_html('<link rel="canonical" href="https://www.coast.example/2022/04/21/harbour"><p>It is deep.</p>')
    assert (extract.publisher.value, extract.publisher.known) == ("coast.example", Provenance.INFERRED)
    assert (extract.published.value, extract.published.known) == ("2022-04-21", Provenance.INFERRED)
    assert extract.title.known is Provenance.UNKNOWN


def test_a_title_keeps_its_own_bars_and_loses_the_site() -> None:
    assert read_html("<title>Deep - and wide</title><p>It is deep.</p>").title.value == "Deep - and wide"
    assert read_html("<title>Deep and wide - Coast</title><h1>Deep and wide</h1>").title.value == "Deep and wide"


def test_what_a_browser_does_not_show_is_left_out() -> None:
    extract = read_html(
        """<p>Seen.</p><script>x</script><style>x</style><template><p>x</p></template><noscript>x</noscript>
        <p hidden>x</p><div style="display: none"><p>x</p></div><span style="visibility:hidden">x</span><!-- x -->
        <select><option>x</option></select><p>Seen<b> too</b><i hidden>x</i>.</p>"""
    )
    assert blocks(extract) == ["Seen.", "Seen too."]


def test_white_space_is_collapsed_and_two_breaks_part_paragraphs() -> None:
    extract = read_html("<div>One\n  <b>two</b>\tthree<br>four<br> <br/>five<p>six&nbsp;se\u00adven</div>")
    assert blocks(extract) == ["One two three four", "five", "six seven"]


def test_list_items_links_and_preformatted_lines_are_blocks() -> None:
    extract = read_html(
        "<ul><li>One<ul><li>two</li></ul></li></ul><a href='http://x'>a</a><a>b</a><pre>x\n  y\n\nz</pre>", whole=True
    )
    assert blocks(extract) == ["One", "two", "a b", "x\n  y", "z"]


def test_a_row_of_a_table_is_a_block_under_its_headers() -> None:
    extract = read_html(
        """<table><caption>Ships</caption><tr><th>Ship</th><th>Length</th></tr><tr><td>Ada</td><td>36 m</td></tr>
        <tr><td>Bo <a href="x">(new)</a></td><td>12 m</td></tr></table>"""
    )
    assert blocks(extract) == ["Ships", "Ship: Ada; Length: 36 m.", "Ship: Bo (new); Length: 12 m."]


def test_a_name_in_the_first_column_leads_its_row() -> None:
    extract = read_html("<table><tr><th>Built</th><td>1921</td></tr><tr><th>Depth</th><td>9 m</td></tr></table>")
    assert blocks(extract) == ["Built: 1921.", "Depth: 9 m."]


def test_a_table_for_the_layout_is_read_as_paragraphs() -> None:
    extract = read_html(f"<table><tr><td>Menu</td><td><h1>Deep</h1>{PARAGRAPHS[0]}</td></tr><tr><td>a<td>b</table>")
    assert blocks(extract)[:2] == ["Menu", "Deep"]
    assert headings(extract) == ["Deep"]


def test_a_page_without_an_article_is_content_but_for_its_navigation() -> None:
    found = "".join(f"<div><a href='/{n}'>Result {n}</a><span>A harbour, and more.</span></div>" for n in range(30))
    extract = read_html(f"<nav><a href='/'>Home</a></nav><div class='results'>{found}</div><footer>Help</footer>")
    assert marked(extract) == ["Home", "Help"]


def test_a_whole_text_has_no_furniture_but_navigation() -> None:
    extract = read_html(PAGE, whole=True)
    assert marked(extract) == ["Home", "Sport", "© 2022 Coast News"]


def test_a_class_cannot_condemn_what_holds_most_of_the_page() -> None:
    extract = read_html(f'<body><div class="site_header"><div>{"".join(PARAGRAPHS)}</div></div></body>')
    assert marked(extract) == []


@pytest.mark.parametrize(
    ("data", "warned"),
    [
        ("<p>Zoë’s café</p>".encode(), False),
        ("\ufeff<p>Zoë’s café</p>".encode(), False),
        ("<p>Zoë’s café</p>".encode("utf-16"), False),
        ('<meta charset="iso-8859-1"><p>Zoë’s café</p>'.encode("cp1252"), False),
        ('<meta charset="iso-8859-1"><p>Zoë’s café</p>'.encode(), False),
        ('<meta charset="no-such"><p>Zoë’s café</p>'.encode(), False),
        ('<meta charset="base64"><p>Zoë’s café</p>'.encode(), False),
        (("<p>Zoë’s café</p>" + "<p>The café was closed, and Zoë stayed at home.</p>" * 20).encode("cp1252"), True),
    ],
)
def test_letters_are_decoded(data: bytes, warned: bool) -> None:
    extract = read(data, "page.html")
    assert extract.text.startswith("Zoë’s café")
    assert bool(extract.warnings) is warned


def test_a_declared_encoding_is_followed() -> None:
    assert read('<meta charset="shift_jis"><p>港は深い。</p>'.encode("cp932"), "page.html").text == "港は深い。"
    assert read('<meta charset="euc-jp"><p>港は深い。</p>'.encode("euc-jp"), "page.html").text == "港は深い。"


def test_xhtml_with_empty_elements_is_read_whole() -> None:
    chapter = b"""<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title/>
        <script src="x.js"/></head><body><a id="c1"/><p>One<br/>line.</p><hr/><p>Two.</p></body></html>"""
    assert blocks(read_html(chapter, whole=True)) == ["One line.", "Two."]


def test_no_entity_is_read_from_elsewhere(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    page = f'<?xml version="1.0"?><!DOCTYPE html [<!ENTITY x SYSTEM "{secret.as_uri()}">]><p>It is &x; deep.</p>'
    assert "secret" not in read_html(page).text.replace(secret.as_uri(), "")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"  \n",
        b"<html><body></body></html>",
        b"<script>let text = 1</script>",
        b"<!-- only a comment -->",
        b"\0\x01\x02\xff" * 100,
        b"<div>" * 100_000 + b"deep" + b"</div>" * 100_000,
        b"<p " + b" ".join(b"a%d='1'" % number for number in range(20_000)) + b">x</p>",
        b"<p>" + b"x" * 11_000_000 + b"</p>",
    ],
    ids=["nothing", "blank", "no text", "script", "comment", "binary", "nested", "attributes", "endless"],
)
def test_a_page_that_cannot_be_read_says_why(data: bytes) -> None:
    with pytest.raises(ReadingError, match=r"^page\.html .*\.$"):
        read(data, "page.html")


def test_fonts_left_open_and_embedded_pictures_do_no_harm() -> None:
    fonts = read(b"<body>" + b"<p><font color=red><b>It is deep.</p>" * 300, "page.html")
    assert len(blocks(fonts)) == 300
    picture = read(
        b'<p>It is deep.</p><img src="data:image/png;base64,' + b"A" * 11_000_000 + b'"><p>End.</p>', "page.html"
    )
    assert blocks(picture) == ["It is deep.", "End."]


def test_many_tiny_elements_are_read() -> None:
    assert len(read(b"<b>x</b>" * 50_000, "page.html").text) == 50_000


@pytest.mark.skipif(not OFFICE.is_dir(), reason="the real files (office_docs) are not here")
def test_real_pages_are_read() -> None:
    extracts = {path.name: read(path.read_bytes(), path.name) for path in sorted(OFFICE.glob("*.html"))}
    assert len(extracts) == 5
    blog = extracts["markitdown__test_blog.html"]
    assert "Does Model and Inference Parameter Matter" in (blog.title.value or "")
    assert blog.published.value == "2023-04-21"
    for extract in extracts.values():
        spans = sorted((*(extract.headings or ()), *(extract.furniture or ())))
        assert all(extract.text[start:end] == extract.text[start:end].strip() != "" for start, end in spans)
        assert all(first[1] < second[0] for first, second in pairwise(spans))


def test_code_keeps_its_lines_steps_their_numbers_and_definitions_their_terms() -> None:
    page = (
        "<p>Run the following:</p><pre><code>  if lit:\n      echo 10<sup>6</sup>\n\n  exit</code></pre>"
        "<dl><dt>Weir</dt><dd>A low dam.</dd><dt>Lock</dt><dt>Sluice</dt><dd><p>A gate.</p><p>It lifts boats.</p></dd>"
        "<dt>Is it lit?</dt><dd>Yes.</dd><dt>Alone</dt></dl>"
        "<ol start='3'><li>Close it</li><li><p>Take it out</p><p>Wait.</p></li><li value='9'>Open it</li></ol>"
        "<ol style='list-style: none'><li>Cash</li></ol><ol><li><a href='/a'>A page elsewhere</a></li></ol>"
    )
    assert blocks(read_html(page, whole=True)) == [
        "Run the following:",
        "if lit:\n    echo 10⁶",
        "exit",
        "Weir: A low dam.",
        "Lock, Sluice: A gate.",
        "It lifts boats.",
        "Is it lit? Yes.",
        "Alone",
        "3. Close it",
        "4. Take it out",
        "Wait.",
        "9. Open it",
        "Cash",
        "A page elsewhere",
    ]
