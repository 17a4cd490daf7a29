"""Answers as HTML: what is shown, what is escaped, and whether it can be read."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from retriever import Assistant, as_text
from retriever.filters import Scope
from retriever.interfaces.html import cards, templating
from retriever.interfaces.html.source import Link, Source, blocks
from retriever.interfaces.text import VERDICT_WORDS
from retriever.interfaces.uploads import UploadBatch, UploadedFile
from retriever.reading.sources import read_examples, read_sources
from retriever.records import (
    Agreement,
    Answer,
    Copy,
    Covers,
    Difference,
    DifferenceKind,
    Document,
    DocumentSummary,
    LibraryState,
    Provenance,
    Quote,
    Timings,
    Verdict,
    Why,
)
from retriever.settings import shipped_corpus
from retriever.text.calendar import date_words
from retriever.timeline import Point
from retriever.web import panels
from retriever.web.conversations import Conversation
from retriever.web.library_handlers import examples_for
from retriever.web.timeline_panel import TimelineView, bars_of, timeline_html

UNSURE, ABSENT = VERDICT_WORDS[Verdict.UNSURE], VERDICT_WORDS[Verdict.ABSENT]
CHANGED = "This document has changed"

MOMENT = datetime(2026, 11, 22, tzinfo=UTC)


TEXT = """The Lighthouse

The lamp was lit in 1871. It burned whale oil.

Early Years

The keeper had three dogs.

Share post:"""

QUESTION = "When was the lamp lit?"


def document(document_id: str = "lighthouse.txt", text: str = TEXT, publisher: str = "Harbour News") -> Document:
    known = {"publisher": Provenance.TEXT, "published": Provenance.INFERRED}
    return Document(
        document_id, "The Lighthouse", text, document_id, "text/plain", "0" * 64, publisher, "1902-05-09", known
    )


def source(text: str = TEXT, document_id: str = "lighthouse.txt") -> Source:
    spans = {line: (text.find(line), text.find(line) + len(line)) for line in ("Early Years", "Share post:")}
    furniture = [spans["Share post:"]] if "Share post:" in text else []
    headings = [spans["Early Years"]] if "Early Years" in text else []
    return Source.from_document(document(document_id, text), furniture, headings)


def quote(text: str, within: str = TEXT, document_id: str = "lighthouse.txt", publisher: str = "Harbour News") -> Quote:
    start = within.index(text)
    year = text.find("1871")
    return Quote(
        document_id=document_id,
        start=start,
        end=start + len(text),
        text=text,
        title="The Lighthouse",
        publisher=publisher,
        published="1902-05-09",
        page=None,
        heading=None,
        highlight=(year, year + 4) if year >= 0 else None,
        confidence=0.94,
        why=Why(1, None, ("lamp", "lit")),
    )


LAMP = quote("The lamp was lit in 1871.")
DOGS = quote("The keeper had three dogs.")


def answer(*quotes: Quote, verdict: Verdict = Verdict.CLEAR, agreement: Agreement | None = None) -> Answer:
    refused = verdict is Verdict.ABSENT
    return Answer(
        question=QUESTION,
        understood_as=QUESTION,
        verdict=verdict,
        confidence=0.94,
        quotes=() if refused else quotes,
        agreement=agreement or Agreement(),
        covers=Covers((("The Lighthouse", "lighthouse.txt"),), "1902-05-09", "1902-05-09") if refused else None,
        library=LibraryState(1, 3, "sha256:0"),
        timings=Timings(1, 1, 1, 3),
        nearest=quotes if refused else (),
    )


def summary(of: Document) -> DocumentSummary:
    return DocumentSummary(
        of.id, of.title, of.publisher, of.published, of.known, of.media_type, len(of.text), 3, of.sha256, of.source
    )


def card(shown: Answer) -> str:
    ids = {quote.document_id for quote in (*shown.quotes, *shown.nearest)}
    sources = {document_id: source(document_id=document_id) for document_id in ids}
    return cards.turn_html(0, shown, sources, [summary(document())])


def seen(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_a_clear_answer_shows_the_quote_with_its_byline_and_no_verdict() -> None:
    html = card(answer(LAMP, DOGS))
    assert 'The lamp was lit in <span class="last"><strong>1871</strong>.<sup>' in html
    assert "Harbour News The Lighthouse about 9 May 1902 paragraph 1" in seen(html)
    assert "about 9 May 1902, paragraph 2" in seen(html)
    assert UNSURE not in html


def test_an_unsure_answer_says_so_in_words() -> None:
    assert UNSURE in card(answer(DOGS, verdict=Verdict.UNSURE))


def test_a_refusal_of_some_documents_says_that_the_others_were_not_asked() -> None:
    html = card(replace(answer(DOGS, verdict=Verdict.ABSENT), library=LibraryState(5, 9, "sha256:0"), left_out=4))
    assert "Only 1 of 5 documents were asked." in seen(html)
    assert 'data-all="1"' in html
    assert "They date from" not in html


def test_a_refusal_says_so_and_offers_what_the_documents_cover() -> None:
    html = card(answer(DOGS, verdict=Verdict.ABSENT))
    assert ABSENT in html
    assert "They date from 9 May 1902" in seen(html)
    assert html.count('data-do="open" data-document="lighthouse.txt"') == 2
    folded = html[html.index("<details") :]
    assert "Closest passages" in folded
    assert "three dogs" in folded


def test_the_probability_stands_only_in_the_fold() -> None:
    html = card(answer(LAMP))
    fold = html.index("<details")
    assert "94 in 100" in html[fold:]
    assert "94" not in html[:fold]
    assert "lamp, lit" in html
    assert "no word matched" in html


def test_a_quote_says_what_time_it_speaks_of_where_that_is_not_its_documents() -> None:
    assert "speaks of March 1902" in seen(card(answer(replace(LAMP, as_of="1902-03"))))
    for as_of in ("1902-05-09", "1902-05", "1902", None):
        assert "speaks of" not in card(answer(replace(LAMP, as_of=as_of)))


def test_words_of_another_language_have_its_order_of_letters() -> None:
    assert [str(templating.lang_attribute(code)) for code in ("en", "ar", None)] == [
        "",
        ' lang="ar" dir="auto"',
        ' dir="auto"',
    ]
    assert '<h2 class="question" dir="auto">' in card(answer(LAMP))


def test_a_copy_is_listed_and_opens_at_the_same_words() -> None:
    copy = Copy("copy.txt", LAMP.start, LAMP.end, "A copy", "Varn Times", None)
    html = cards.turn_html(
        0,
        answer(replace(LAMP, copies=(copy,))),
        {name: source(document_id=name) for name in ("lighthouse.txt", "copy.txt")},
        [],
    )
    assert "The same text in Varn Times ." in seen(html)
    digest = cards.NumberedQuote.of(0, LAMP, {}).link.rpartition("=")[2]
    assert f'data-document="copy.txt" data-start="{LAMP.start}" data-end="{LAMP.end}" data-digest="{digest}"' in html


def test_a_copy_that_is_gone_is_not_offered() -> None:
    copy = Copy("gone.txt", LAMP.start, LAMP.end, "A copy", "Varn Times", None)
    assert "The same text" not in card(answer(replace(LAMP, copies=(copy,))))


def test_a_screen_reader_hears_who_agrees_and_who_differs() -> None:
    later = Difference((0, 2), ("1871", "three"), DifferenceKind.LATER)
    told = answer(
        replace(LAMP, as_of="1871"),
        quote("The lamp was lit in 1871.", publisher="Varn Times"),
        DOGS,
        agreement=Agreement(same=((0, 1),), differing=(later,)),
    )
    assert cards.screen_reader_text(told) == (
        "The lamp was lit in 1871. Harbour News, 9 May 1902, speaks of 1871. Also in 1 other source. "
        "Changed over time: 1871 (Harbour News, 1871); three (Harbour News, 9 May 1902)."
    )
    assert cards.screen_reader_text(answer(LAMP, verdict=Verdict.ABSENT)) == ABSENT
    assert cards.screen_reader_text(answer(DOGS, verdict=Verdict.UNSURE)) == (
        f"{UNSURE} {DOGS.text} Harbour News, 9 May 1902."
    )


@pytest.mark.parametrize(
    ("iso", "words"),
    [
        ("2021-10/2022-03", "October 2021 to March 2022"),
        ("2022-02/2022-03", "February to March 2022"),
        ("1990/1999", "the 1990s"),
        ("1990/1998", "1990 to 1998"),
        ("2022-04-22", "22 April 2022"),
        (None, ""),
    ],
)
def test_dates_and_intervals_are_written_for_people(iso: str | None, words: str) -> None:
    assert date_words(iso) == words


def test_sources_that_agree_are_folded_and_sources_that_differ_are_not() -> None:
    copy = quote("The lamp was lit in 1871.", document_id="copy.txt", publisher="Gazette")
    agreement = Agreement(same=((0, 1),), differing=(Difference((0, 2), ("1871", "three")),))
    html = card(answer(LAMP, copy, DOGS, agreement=agreement))
    assert "Also in 1 other source" in html
    assert html.count("<figure") == 3
    assert "Sources differ 1871 Harbour News, 9 May 1902 three Harbour News, 9 May 1902" in seen(html)
    assert html.index("Sources differ") < html.index("<details")


def test_two_sources_against_one_are_counted_and_dated() -> None:
    gazette = replace(LAMP, document_id="copy.txt", publisher="Gazette", published="1902-05-11")
    differ = Difference((0, 2), ("1871", "three"), sources=((0, 1), (2,)))
    told = answer(LAMP, gazette, DOGS, agreement=Agreement(same=((0, 1),), differing=(differ,)))
    words = "Sources differ, 2 against 1"
    sources = "Harbour News, 9 May 1902; Gazette, 11 May 1902"
    assert f"{words} 1871 {sources} three Harbour News, 9 May 1902" in seen(card(told))
    assert f"{words}: 1871 ({sources}); three (Harbour News, 9 May 1902)." in cards.screen_reader_text(told)
    printed = " ".join(as_text(told).split())
    assert f"{words}: 1871 (1, 2: {sources}), three (3: Harbour News, 9 May 1902)" in printed


def test_a_follow_up_shows_what_it_was_understood_as() -> None:
    html = card(replace(answer(LAMP), question="And when?"))
    assert "Asked as:" in html
    assert f'<input name="question" value="{QUESTION}"' in html
    assert '<input type="hidden" name="alone"' in html


def test_how_a_time_was_taken_is_said_above_the_quotes() -> None:
    html = seen(card(replace(answer(LAMP), taken_as=("“last month” is taken as 1902-04.",))))
    assert html.index("“last month” is taken as 1902-04.") < html.index("The lamp was lit")


def test_a_notebook_says_what_is_inferred_too(assistant: Assistant) -> None:
    html = cards.notebook_html(assistant.ask("Who is the harbour master?", top=1))
    assert "Island Post (inferred) The harbour master of Varn about March 2021 characters" in seen(html)


def test_a_citation_names_its_origin_and_says_what_is_inferred() -> None:
    numbered = cards.NumberedQuote(0, LAMP, "paragraph 1", {"published": Provenance.INFERRED})
    assert numbered.citation == (
        "“The lamp was lit in 1871.” — Harbour News, “The Lighthouse”, about 9 May 1902, paragraph 1."
    )


HOSTILE = """<script>alert(1)</script><img src=//evil.example onerror='alert(2)'> ${alert(3)} {{value}} "x" """.strip()


def hostile_point(text: str) -> Point:
    point = Point("1871", HOSTILE, 0, len(text), text, HOSTILE, HOSTILE, 1.0)
    return replace(point, also=(point,))


def test_mark_up_in_a_document_is_escaped_everywhere() -> None:
    text = f"{HOSTILE} and the lamp."
    hostile = replace(quote(text, text), title=HOSTILE, publisher=HOSTILE, heading=HOSTILE, why=Why(1, 1, (HOSTILE,)))
    about = replace(document(text=text), title=HOSTILE, publisher=HOSTILE, id=HOSTILE)
    shown = replace(answer(hostile), question=HOSTILE)
    pages = [
        cards.turn_html(0, shown, {"lighthouse.txt": source(text)}, [summary(about)]),
        cards.turn_html(
            0,
            replace(shown, verdict=Verdict.ABSENT, quotes=(), covers=Covers(((HOSTILE, HOSTILE),), None, None)),
            {},
            [summary(about)],
        ),
        panels.source_html(Source.from_document(about), [replace(hostile, document_id=HOSTILE)], 0),
        panels.documents_html(
            [summary(about)],
            scope=Scope(frozenset({HOSTILE}), HOSTILE, HOSTILE, frozenset({HOSTILE})),
            find=HOSTILE,
            failures=[(HOSTILE, HOSTILE)],
            copies={HOSTILE: [HOSTILE]},
            deleted=panels.DeletedItem(HOSTILE, HOSTILE),
        ),
        timeline_of([hostile_point(text)], [summary(about)], TimelineView(HOSTILE, HOSTILE, HOSTILE)),
        timeline_of([hostile_point(text)], [summary(about)], TimelineView(count=1)),
        panels.scope_html(Scope(frozenset({HOSTILE}), documents=frozenset({HOSTILE})), [summary(about)], 1),
        panels.uploads_html(UploadBatch([UploadedFile(HOSTILE, "skipped", HOSTILE)])),
        panels.conversations_html(
            [Conversation(HOSTILE, HOSTILE, MOMENT, MOMENT, 1)], 1, None, HOSTILE, panels.DeletedItem(HOSTILE, HOSTILE)
        ),
        panels.message_html(HOSTILE, HOSTILE),
        panels.welcome_html([summary(about)], error=HOSTILE),
        cards.message_html(HOSTILE, HOSTILE),
        templating.hint_html(HOSTILE, HOSTILE),
    ]
    for html in pages:
        assert "&lt;img" in html
        assert "<script" not in html
        assert "<img" not in html
        assert 'data-text="“<' not in html


def point(time: str, text: str = "The lamp was lit in 1871.", weight: float = 1.0) -> Point:
    return Point(time, "lighthouse.txt", LAMP.start, LAMP.end, text, "The Lighthouse", "Harbour News", weight)


def timeline_of(points: list[Point], documents: list[DocumentSummary], view: TimelineView = TimelineView()) -> str:  # noqa: B008 (frozen)
    return timeline_html(points, documents, Scope(), len(documents), view, lambda text, _: [f"Is it so that {text}?"])


def test_each_event_of_the_timeline_opens_its_source_at_the_sentence() -> None:
    told = replace(point("1871-06"), also=(replace(point("1871-06"), document_id="copy.txt", publisher="Varn Times"),))
    html = timeline_of([told], [summary(document())])
    assert "1871 June 1871 The lamp was lit in 1871. Harbour News, The Lighthouse Also in Varn Times" in seen(html)
    for name in ("lighthouse.txt", "copy.txt"):
        assert f'data-document="{name}" data-start="{LAMP.start}" data-end="{LAMP.end}"' in html


def test_the_timeline_groups_by_year_and_offers_more() -> None:
    points = [point("1870/1879", weight=0.5), point("1871"), point("1872-03")]
    html = timeline_of(points, [], TimelineView(count=2))
    assert re.findall(r'<h3 class="year"[^>]*>(.*?)<', html) == ["1871", "1872"]
    assert 'data-count="62"' in html
    everything = timeline_of(points, [])
    assert re.findall(r'<h3 class="year"[^>]*>(.*?)<', everything) == ["1870s", "1871", "1872"]
    assert "Show more" not in everything


def test_a_year_with_many_events_is_parted_by_month() -> None:
    days = [point(f"1872-{month:02}-0{day}") for month in (1, 2, 4) for day in (1, 2, 3, 4, 5)]
    html = timeline_of([point("1871-03"), point("1872"), *days], [])
    headings = re.findall(r'<h3 class="year"[^>]*>(.*?)<', html)
    assert headings == ["1871", "1872", "January 1872", "February 1872", "April 1872"]
    few = timeline_of([point("1872"), *days[:12]], [])
    assert re.findall(r'<h3 class="year"[^>]*>(.*?)<', few) == ["1872"]


def test_an_axis_shows_how_many_events_each_year_has() -> None:
    points = [point("1871"), point("1871-05", "It burnt."), point("1874-03", "It was lit again.")]
    assert [(bar.year, bar.count) for bar in bars_of(points)] == [("1871", 2), ("1872", 0), ("1873", 0), ("1874", 1)]
    assert [bar.year for bar in bars_of([point("1871"), point("1950")])][:2] == ["1870-1879", "1880-1889"]
    html = timeline_of(points, [])
    assert re.findall(r'data-year="(\d+)"', html) == ["1871", "1874"]
    chosen = timeline_of(points, [], TimelineView(year="1874"))
    assert chosen.count('class="point"') == 1
    assert 'data-year="1871"' in chosen


def test_the_timeline_is_of_one_document_and_asks_about_an_event() -> None:
    other = replace(point("1902"), document_id="other.txt")
    both = [summary(document()), replace(summary(document()), id="other.txt")]
    html = timeline_of([point("1871"), other], both, TimelineView(document="other.txt"))
    assert html.count('class="point"') == 1
    assert "selected" in html
    assert 'data-do="ask" data-question="Is it so that The lamp was lit in 1871.?"' in html


def test_events_are_found_by_their_words_time_and_source() -> None:
    points = [point("1871"), point("1902-05", "The keeper had three dogs.")]
    for find, count in (("dogs", 1), ("may 1902", 1), ("harbour lamp", 1), ("lighthouse", 2), ("ferry", 0)):
        html = timeline_of(points, [], TimelineView(find))
        assert html.count('class="point"') == count
    assert "No event holds these words." in html


def test_a_link_that_no_browser_should_follow_is_not_offered() -> None:
    def opened(link: str) -> str:
        return panels.source_html(Source.from_document(replace(document(), link=link)))

    assert 'href="https://harbour.example/lamp"' in opened("https://harbour.example/lamp")
    for link in ("javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "http://[bad"):
        assert "href" not in opened(link)


def test_of_a_document_that_is_gone_the_quote_stays_and_says_so() -> None:
    html = cards.turn_html(0, answer(LAMP), {}, [])
    assert 'The lamp was lit in <span class="last"><strong>1871</strong>.<sup>' in html
    assert "(no longer in the library)" in html


def test_a_quote_is_found_again_where_it_has_moved_to_and_missed_where_it_is_gone() -> None:
    moved = source("A new line.\n\n" + TEXT)
    chosen = '<mark data-place="0.0" class="chosen" tabindex="-1">The lamp was lit in 1871.</mark>'
    assert chosen in panels.source_html(moved, [LAMP], 0)
    gone = panels.source_html(source("Something else."), [LAMP], 0)
    assert CHANGED in gone
    assert "<mark" not in gone


def test_a_link_marks_the_stretch_that_it_names_and_nothing_where_it_names_none() -> None:
    link = Link.to(LAMP)
    assert Link.of(link.fields) == link
    assert '<mark class="chosen" tabindex="-1">The lamp was lit' in panels.source_html(source(), at=link)
    for span in ((5, 5), (-3, 4), (0, 10_000), (link.span[0] + 1, link.span[1] + 1)):
        html = panels.source_html(source(), at=replace(link, span=span))
        assert "<mark" not in html
        assert html.count(CHANGED) == 1


def test_pages_are_parted_and_named_after_their_kind() -> None:
    text = "First page.\n\nStill first.\n\nSecond page."
    pages = (0, text.index("Second"))
    for media_type, name in (("application/pdf", "Page"), ("application/vnd.oasis.opendocument.presentation", "Slide")):
        about = replace(document(text=text), pages=pages, media_type=media_type)
        html = panels.source_html(Source.from_document(about))
        assert [html.count(f"<span>{name} {number}</span>") for number in (1, 2, 3)] == [1, 1, 0]
        assert html.index("Still first") < html.index(f"<span>{name} 2</span>") < html.index("Second page")


def test_the_documents_are_found_by_the_words_of_their_title_publisher_date_or_name() -> None:
    other = replace(summary(document("storm.txt")), title="The Storm", publisher=None, published="1951")
    documents = [summary(document()), other]
    assert "The Storm" not in panels.documents_html(documents, find="lighthouse harbour")
    assert "The Lighthouse" not in panels.documents_html(documents, find="STORM 1951")
    assert "No document holds these words" in panels.documents_html(documents, find="whale")


def test_a_long_list_says_how_many_more_there_are() -> None:
    documents = [summary(document(f"{number}.txt")) for number in range(panels.LISTED + 3)]
    html = panels.documents_html(documents)
    assert "203 documents" in html
    assert html.count('<cite dir="auto">') == panels.LISTED
    assert "And 3 more" in html


def test_what_is_left_out_by_the_scope_is_said_at_the_list_and_above_the_field() -> None:
    other = replace(summary(document("storm.txt")), publisher=None)
    scope = Scope(publishers=frozenset({""}), since="1902")
    assert panels.documents_html([summary(document()), other], scope=scope).count("not asked") == 1
    line = seen(panels.scope_html(scope, [summary(document()), other], 1))
    assert "1 of 2 documents" in line
    assert "publisher unknown ×" in line
    assert "from 1902 ×" in line
    assert panels.scope_html(Scope(), [other], 1) == ""


def test_languages_can_be_chosen_where_there_are_several() -> None:
    english, german = (replace(summary(document(name)), language=code) for name, code in (("a", "en"), ("b", "de")))
    doubtful = replace(german, id="c", language=None)
    assert 'name="languages"' not in panels.documents_html([english])
    chosen = Scope(languages=frozenset({"de", ""}))
    html = panels.documents_html([english, german, doubtful], scope=chosen)
    assert html.count('name="languages"') == 3
    assert 'name="languages" value="de" checked> German' in html
    assert html.count("not asked") == 1
    line = seen(panels.scope_html(chosen, [english, german, doubtful], 2))
    assert "2 of 3 documents" in line
    assert "German ×" in line
    assert "language in doubt ×" in line
    assert ", in German" in panels.documents_html([english, german])


def test_paragraphs_are_counted_without_title_headings_and_furniture() -> None:
    kinds = [(paragraph.kind, paragraph.number) for paragraph in source().paragraphs]
    assert kinds == [("heading", None), ("text", 1), ("heading", None), ("text", 2), ("furniture", None)]


def test_lines_of_a_text_that_was_wrapped_by_hand_are_one_paragraph() -> None:
    text = "A line\nand its rest.\n\nAnother."
    assert [text[start:end] for start, end in blocks(text)] == ["A line\nand its rest.", "Another."]


def test_long_lines_are_paragraphs_of_their_own() -> None:
    text = "word " * 40 + "\nNext."
    assert len(list(blocks(text))) == 2


@pytest.mark.parametrize("text", ["", "\n \n", "one", "  one\n\ntwo  "])
def test_blocks_are_trimmed_and_never_empty(text: str) -> None:
    assert all(text[start:end] and text[start:end] == text[start:end].strip() for start, end in blocks(text))


def test_the_source_marks_every_quote_and_chooses_one() -> None:
    html = panels.source_html(source(), [LAMP, DOGS], 1, 4)
    assert '<mark data-place="4.1" class="chosen" tabindex="-1">The keeper had three dogs.</mark>' in html
    assert '<mark data-place="4.0">The lamp was lit in 1871.</mark> It burned' in html
    assert "Quote 2 of 2" in html
    assert 'data-place="4.0" style="top:' in html
    assert "Harbour News · about 9 May 1902" in html
    assert seen(html).count("The Lighthouse") == 1


def test_a_quote_over_two_paragraphs_is_marked_in_both() -> None:
    start, end = TEXT.index("It burned"), TEXT.index("dogs.") + 5
    across = replace(LAMP, start=start, end=end, text=TEXT[start:end])
    assert panels.source_html(source(), [across], 0).count('class="chosen"') == 3


def test_examples_are_offered_only_for_the_shipped_articles() -> None:
    notes = shipped_corpus() / "sources.toml"
    shipped = [replace(summary(document()), id=f"articles/{name}") for name in read_sources(notes)]
    assert examples_for(shipped) == read_examples(notes)
    assert examples_for(shipped[:-1]) == ()
    assert "Who led it?" in panels.welcome_html(shipped, examples=["Who led it?"])


def test_while_the_library_opens_the_page_says_so() -> None:
    assert "Opening the library" in panels.welcome_html(None)
    assert "only words are compared" in panels.welcome_html([summary(document())], loading=True)


def test_dates_may_be_reduced_or_missing() -> None:
    assert [date_words(date) for date in ("2022-04-02", "2022-04", "2022", None)] == [
        "2 April 2022",
        "April 2022",
        "2022",
        "",
    ]


def colours(style: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9A-F]{6});", style))


LIGHT, DARK = (colours(part) for part in cards.CARD_STYLE.split("/* One question", 1)[0].split("@media", 1))


def luminance(colour: str) -> float:
    """Relative luminance, 0..1, as WCAG 2.2 defines it."""
    channels = [int(colour[position : position + 2], 16) / 255 for position in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio, 1..21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("front", "back", "least"),
    [
        ("ink", "paper", 7),
        ("quiet", "paper", 4.5),
        ("accent", "paper", 4.5),
        ("ink", "mark", 4.5),
        ("ink", "mark-other", 4.5),
        ("edge", "paper", 3),
    ],
)
def test_contrast_meets_wcag_aa(scheme: dict[str, str], front: str, back: str, least: float) -> None:
    assert contrast(scheme[front], scheme[back]) >= least


def test_contrast_of_black_on_white_is_21() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)


@pytest.mark.parametrize(
    ("text", "mark", "kept"),
    [
        ("The lamp was lit in 1871.", None, ("1871.", "", "")),
        ("The lamp was lit in 1871.", (20, 24), ("", "1871", ".")),
        ("The lamp was lit in 1871.", (4, 8), ("", "", "1871.")),
        ("It was lit on 9 May.", (14, 19), ("", "9 May", ".")),
        ("It was lit by Ada Brook of Norvik.", (14, 33), ("", "Norvik", ".")),
        ("It is at https://varn.example/lighthouse", None, ("", "", "")),
        ("Lit.\n1871", None, ("1871", "", "")),
        ("", None, ("", "", "")),
    ],
)
def test_a_quotes_last_word_and_what_is_marked_there_stay_with_its_number(
    text: str, mark: tuple[int, int] | None, kept: tuple[str, str, str]
) -> None:
    first, last = cards.NumberedQuote(0, replace(LAMP, text=text, highlight=mark), "", {}).parts
    assert last == kept
    assert "".join(first + last) == text
    if mark:
        assert first[1] + last[1] == text[slice(*mark)]


def test_a_follow_up_can_be_asked_on_its_own_or_as_another_reading() -> None:
    shown = replace(answer(LAMP), question="And when?", used_turns=(0,), other_readings=("When did it <break>?",))
    html = card(shown)
    assert 'data-question="And when?" data-alone="1">Ask on its own</button>' in html
    assert 'data-question="When did it &lt;break&gt;?" data-alone="1">Or: “When did it &lt;break&gt;?”</button>' in html
    assert "Ask on its own" not in card(answer(LAMP))


@pytest.mark.parametrize("between", [" ", "\n", "\t", "\u00a0"])
def test_the_passage_around_a_quote_is_cut_at_words(between: str) -> None:
    words = [f"word{number}" for number in range(200)]
    text = between.join(words)
    start = text.index("word100")
    around = Source.from_document(Document.from_text("a.txt", text)).around(
        replace(LAMP, document_id="a.txt", start=start, end=start + 7, text="word100")
    )
    assert around is not None
    before, after = (part.strip("…").split() for part in around)
    assert before == words[100 - len(before) : 100]
    assert after == words[101 : 101 + len(after)]
    assert (around[0][0], around[1][-1], min(len(before), len(after)) > 20) == ("…", "…", True)
