"""The sentences that are fixed in the program: help, what Ibid is, and how many documents there are.

In: documents. Out: sentences. One decision: only counts, dates and names are put in; nothing is said of what documents
say.
"""

from collections.abc import Sequence

from ..records import DocumentSummary
from ..talk import AnswerKind
from ..text.calendar import date_words

GREETING = "Hello. Ask a question about these documents; the answer is a quote with its source."
THANKS = "You’re welcome."
ABOUT = (
    "Ibid is a program that answers with quotes from your documents, and shows where each quote stands.",
    "It writes no answer itself and uses no large language model. If the documents don’t answer, it says so.",
    "It works without the internet: your documents, questions and answers stay on this machine.",
)
HELP = "Ask for what a document says, in your own words. You can also ask for summaries, comparisons and changes."
MANAGING = (
    "To add documents, drop files onto the page, or type: ibid index PATH. A folder can be added the same way.",
    "PDF, web pages, Word, Excel, PowerPoint, EPUB, mail, text and more can be read. What cannot be read is listed.",
    "To remove a document or correct its title, publisher or date, open Documents on the page, or type: "
    "ibid remove ID, ibid edit ID. To erase it with all its traces, type: ibid forget ID.",
)
NO_DOCUMENTS = "There are no documents yet. Drop files onto the page, or type: ibid index PATH"
ONE_DOCUMENT = "There is only one document, so nothing can be compared."
NO_DIFFERENCE = (
    "Ibid found no difference between these documents. It compares the answers to some questions made from their "
    "sentences, and only figures, dates and names. So there may be differences that it did not find."
)
NO_AGREEMENT = (
    "Ibid found nothing on which two of these documents agree. It compares the answers to some questions made from "
    "their sentences, and only figures, dates and names. To compare two sources on one thing, name both and the thing."
)
NO_CHANGE = "Ibid found no dated event and no changed figure for that time."
ONLY_NEWEST = "This is about the newest versions: only what the documents say can be asked as of a day."
NONE_DATED = "No document is dated up to {}."
UNDATED = "Documents without a date, which count on any day: {}."
NOTHING_ON_IT = "Ibid found nothing about it in {}. It may have missed something."


def words_of(kind: AnswerKind) -> tuple[str, ...]:
    """The sentences that need no look at the documents; empty for other kinds."""
    return {
        AnswerKind.GREETING: (GREETING,),
        AnswerKind.THANKS: (THANKS,),
        AnswerKind.ABOUT: ABOUT,
        AnswerKind.MANAGING: MANAGING,
        AnswerKind.HELP: (HELP,),
    }.get(kind, ())


def sentences_to_type(documents: Sequence[DocumentSummary]) -> tuple[str, ...]:
    """Examples of what can be typed beside questions, with names of these documents."""
    sources = list(dict.fromkeys(one.publisher for one in documents if one.publisher))
    years = sorted({one.published[:4] for one in documents if one.published})
    found = ["What are these documents about?"]
    if documents:
        named = f"the {sources[0].removeprefix('The ')} article" if sources else f"“{documents[0].title}”"
        found.append(f"Summarise {named}")
    if len(sources) > 1:
        found.append(f"Compare {sources[0]} and {sources[1]}")
    if len(years) > 1:
        found.append(f"What changed between {years[0]} and {years[-1]}?")
    if len(documents) > 1:
        found += ["Do the documents contradict each other?", "Where do the documents agree?"]
    return tuple(found)


def counted(documents: Sequence[DocumentSummary], whole: int) -> str:
    """How many documents there are, by whom and from when: `5 documents by 3 publishers, April 2022 to 2025.`.

    Args:
        documents: those that are spoken of.
        whole: how many the library holds.
    """
    publishers = {one.publisher for one in documents if one.publisher}
    dates = sorted(one.published for one in documents if one.published)
    count = f"{len(documents):,} of {whole:,} documents" if len(documents) < whole else _number(whole, "document")
    by = f" by {_number(len(publishers), 'publisher')}" if publishers else ""
    from_, to = (date_words(dates[0]), date_words(dates[-1])) if dates else ("", "")
    when = f", {from_}" if from_ else ""
    return f"{count}{by}{when}{f' to {to}' if to != from_ else ''}."


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'s' * (count != 1)}"
