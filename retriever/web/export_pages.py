"""A conversation as a page that opens without Ibid, and as a Word document.

In: a conversation, its turns, and the library's documents. Out: bytes. One decision: both have each answer's quotes
first and their sources, numbered, as notes below it.
"""

from collections.abc import Sequence
from io import BytesIO

from docx import Document as WordDocument
from docx.document import Document as WordPage
from docx.shared import Pt, RGBColor
from markupsafe import Markup

from ..citing.names import CitationStyle
from ..interfaces.html.cards import CARD_STYLE, NumberedQuote, difference_parts, saved_turn_html
from ..interfaces.html.source import DocumentProvider
from ..interfaces.html.templating import render
from ..interfaces.text import DIFFERENCE_WORDS, VERDICT_WORDS, fit_for_xml
from ..records import Answer
from .conversations import Conversation, StoredTurn
from .export import Sources, origin_lines, shown_quotes, span_words

_QUIET = RGBColor(0x5F, 0x5A, 0x51)


def as_html(
    conversation: Conversation,
    turns: Sequence[StoredTurn],
    documents: DocumentProvider,
    style: CitationStyle | None = None,
) -> str:
    """Write a conversation as one HTML file: with its style, without scripts, and it loads nothing.

    Args:
        conversation: the conversation.
        turns: its turns, in order.
        documents: an assistant, or whatever holds documents.
        style: of the citations; None: as the page names sources.
    """
    sources = Sources.load(turns, documents, style)
    written = []
    for kept in turns:
        items = sources.numbered(shown_quotes(kept))
        notes = [(item.position + 1, origin_lines(item, sources)) for item in items]
        written.append((kept.question, saved_turn_html(kept.question, kept.reply, items), notes))
    asked = span_words(conversation.created, conversation.changed)
    look = Markup(CARD_STYLE)  # noqa: S704 (our own file)
    return render("saved.html", style=look, title=conversation.title, asked=asked, turns=written)


def as_word(
    conversation: Conversation,
    turns: Sequence[StoredTurn],
    documents: DocumentProvider,
    style: CitationStyle | None = None,
) -> bytes:
    """Write a conversation as a Word document.

    Args:
        conversation: the conversation.
        turns: its turns, in order.
        documents: an assistant, or whatever holds documents.
        style: of the citations; None: as the page names sources.
    """
    sources = Sources.load(turns, documents, style)
    page = WordDocument()
    page.core_properties.title, page.core_properties.author = fit_for_xml(conversation.title), "Ibid"
    page.add_heading(fit_for_xml(conversation.title), level=0)
    asked = span_words(conversation.created, conversation.changed)
    _note(page, f"Asked of Ibid, {asked}. Quotes are the documents’ own words.")
    for kept in turns:
        page.add_heading(fit_for_xml(kept.question), level=1)
        if isinstance(kept.reply, str):
            page.add_paragraph(fit_for_xml(kept.reply))
        else:
            _add_answer(page, kept.reply, sources.numbered(shown_quotes(kept)), sources)
    file = BytesIO()
    page.save(file)
    return file.getvalue()


def _add_answer(page: WordPage, answer: Answer, items: Sequence[NumberedQuote], sources: Sources) -> None:
    if answer.understood_as != answer.question:
        _note(page, f"Understood as: “{answer.understood_as}”")
    for said in answer.taken_as:
        _note(page, said)
    if VERDICT_WORDS[answer.verdict]:
        page.add_paragraph().add_run(VERDICT_WORDS[answer.verdict]).bold = True
    for difference in answer.agreement.differing:
        told = "; ".join(f"{value} ({named})" for value, named, _ in difference_parts(difference, items))
        page.add_paragraph(fit_for_xml(f"{DIFFERENCE_WORDS[difference.kind]}: {told}"))
    for item in items:
        text = item.quote.text
        start, end = item.quote.highlight or (0, 0)
        quoted = page.add_paragraph(style="Quote")
        for part, bold in ((text[:start], False), (text[start:end], True), (text[end:], False)):
            quoted.add_run(fit_for_xml(part)).bold = bold
        quoted.add_run(f" {item.position + 1}").font.superscript = True
    for item in items:
        first, *others = origin_lines(item, sources)
        _note(page, f"{item.position + 1}  {first.rstrip('.')}. {'; '.join(others)}")


def _note(page: WordPage, text: str) -> None:
    run = page.add_paragraph().add_run(fit_for_xml(text))
    run.font.size, run.font.color.rgb = Pt(9), _QUIET
