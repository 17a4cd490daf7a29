"""The context of words in their source -> what of it a draft hides.

In: the context, and the quotation with the draft's words around it. Out: the context without what the draft shows. One
decision: a draft shows a denial, a question or a supposition by one of its own; it shows a quotation if it names the
speaker, or has quotation marks of its own around the words.
"""

from dataclasses import replace

from ..records import Context, ContextKind
from ..text.context import context_of
from ..text.tokens import FUNCTION_TERMS
from .records import Quotation
from .words import WORD, word_key

_MARKS = "“”\"‘’'«»„‚「『"


def undisclosed(context: Context, quotation: Quotation) -> Context | None:
    """A context without the kinds that the draft shows; None if nothing is left to say."""
    shown = _shown(context, quotation)
    kinds = tuple(kind for kind in context.kinds if kind not in shown)
    if not kinds and (context.speaker is None or _names(context.speaker, quotation)):
        return None
    return replace(context, kinds=kinds)


def hides(context: Context, quotation: Quotation, *, is_named: bool) -> bool:
    """Whether a draft uses words in another sense than their source.

    Args:
        context: what it does not show.
        quotation: the quotation.
        is_named: whether it names a document as the source.
    """
    kinds = set(context.kinds)
    if kinds - {ContextKind.QUOTATION}:
        return True
    # Words of a speaker are taken for another's only where the draft says whose they are.
    return ContextKind.QUOTATION in kinds and context.speaker is not None and (is_named or _reports(quotation))


def _shown(context: Context, quotation: Quotation) -> set[ContextKind]:
    ours = _around(quotation)
    shown = set(ours.kinds) if ours else set()
    if "?" in quotation.around or quotation.text.rstrip(_MARKS + " .").endswith("?"):
        shown.add(ContextKind.QUESTION)
    has_marks = quotation.text.lstrip()[:1] in _MARKS and quotation.text.strip() != ""
    if has_marks or (context.speaker and _names(context.speaker, quotation)):
        shown.add(ContextKind.QUOTATION)
    return shown


def _around(quotation: Quotation) -> Context | None:
    """The context of a quotation in its draft."""
    place = quotation.around.find("…")
    return context_of(quotation.around, (place, place + 1)) if place >= 0 else None


def _reports(quotation: Quotation) -> bool:
    ours = _around(quotation)
    return ours is not None and ours.speaker is not None


def _names(speaker: str, quotation: Quotation) -> bool:
    """Whether the draft names a speaker: the last of his words with a capital, or else any of his longer words."""
    around = {word_key(word) for word in WORD.findall(f"{quotation.around} {quotation.attribution}")}
    words = [word for word in WORD.findall(speaker) if len(word) > 2 and word.casefold() not in FUNCTION_TERMS]
    capitals = [word for word in words if word[0].isupper()]
    wanted = capitals or words
    return any(word_key(word) in around for word in wanted)
