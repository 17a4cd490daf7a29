"""Handlers of the case file: its panel, and what a user keeps of an answer: a quote, a judgement, a standing question.

In: what a user did. Out: HTML. One decision: each control of the panel names one change, and the panel is drawn again.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from ..assistant import Assistant
from ..casefile.dossiers import FIRST_NAME, Dossiers
from ..casefile.records import Judgement, PinnedQuote, PointKind
from ..errors import CaseFileError, CaseFileUnknown, IbidError
from ..filters import Scope
from ..interfaces.desk import Desk
from ..interfaces.dossier import pdf
from ..interfaces.dossier.contents import STATE_WORDS, find_words, quote_at
from ..interfaces.html.source import Link
from ..interfaces.html.templating import hint_html, render
from ..interfaces.notices import KIND_WORDS, against_words
from ..interfaces.translation.catalogue import gettext
from ..records import Answer, Quote
from . import panels
from .loading import error_sentence
from .seen import SeenLibrary
from .standing_watch import StandingWatch
from .state import TabState

SHOWN_NOTICES, SHOWN_CASES = 50, 100
"""That the panel lists; programs get all."""


class CaseFileHandlers:
    """Show and change what a user keeps."""

    def __init__(self, model: SeenLibrary, watch: StandingWatch) -> None:
        """Store what the handlers need.

        Args:
            model: the assistant as the account sees it, once it can answer.
            watch: asks a new standing question.
        """
        self._model = model
        self._watch = watch

    async def show(self, user: str, data: Mapping[str, Any]) -> str:
        """Do what a control of the panel asks for, and show the case file that is used."""
        try:
            assistant = await self._model.wait()
            return await asyncio.to_thread(self._show, assistant, user, data)
        except Exception as error:
            return panels.message_html(gettext("Could not show the case file"), error_sentence(error))

    async def keep(self, state: TabState, user: str, data: Mapping[str, Any]) -> str:
        """Keep something of an answer. Returns the line below the question's field."""
        try:
            assistant = await self._model.wait()
            said = await asyncio.to_thread(self._keep, Desk(assistant, user), state, data)
        except Exception as error:
            return hint_html(error_sentence(error))
        return render("kept.html", said=said)

    def _show(self, assistant: Assistant, user: str, data: Mapping[str, Any]) -> str:
        desk, error, deleted = Desk(assistant, user), "", None
        try:
            deleted = self._change(desk, data)
        except IbidError as wrong:
            error = str(wrong)
        return _panel_html(desk, error, deleted)

    def _change(self, desk: Desk, data: Mapping[str, Any]) -> panels.DeletedItem | None:
        """Do what a control asks for. Returns what can be put back."""
        if key := data.get("key"):
            desk.dossiers.put_back(_number(key))
            return None
        if act := _CHANGES.get(str(data.get("change", ""))):
            deleted = act(desk, data)
            if data["change"] == "ask_always":
                self._watch.soon()
            return deleted if isinstance(deleted, panels.DeletedItem) else None
        return None

    def _keep(self, desk: Desk, state: TabState, data: Mapping[str, Any]) -> str:
        turn, position = _place(data)
        if not 0 <= turn < len(state.turns):
            raise CaseFileError("This answer is not on the page any more.")
        shown = state.turns[turn]
        answer = shown.reply
        if not isinstance(answer, Answer):
            raise CaseFileError("There is no answer to keep.")
        what = data.get("what")
        if what == "standing":
            desk.standing.add(answer.understood_as, shown.scope)
            self._watch.soon()
            return gettext("This question is asked again whenever the documents change.")
        if answer.by_words and what != "pin":
            raise CaseFileError("Only words were compared for this answer: ask again, then keep the full one.")
        if what == "missing":
            file, _ = desk.dossiers.miss(answer.understood_as, kind=PointKind.REFUSED)
            return gettext("Noted as missing in “{title}”.").format(title=file.name)
        if position is not None and not 0 <= position < len(answer.shown):
            raise CaseFileError("This quote is not on the page any more.")
        quote = answer.shown[position] if position is not None else None
        if what == "pin" and quote is not None:
            file, _, is_new = desk.dossiers.pin(_pinned(desk, quote, answer))
            said = gettext("Pinned to “{title}”.") if is_new else gettext("This is pinned already in “{title}”.")
            return said.format(title=file.name)
        history = [(one.question, one.answer) for each in state.turns[:turn] if (one := each.turn)]
        judgement = Judgement(str(what))
        desk.judge(judgement, answer, quote, history)
        is_right = judgement is Judgement.RIGHT
        return (
            gettext("Kept as right, in your own cases.") if is_right else gettext("Kept as wrong, in your own cases.")
        )


def _panel_html(desk: Desk, error: str, deleted: panels.DeletedItem | None) -> str:
    """The panel of the case file that is used."""
    dossiers = desk.dossiers
    used = dossiers.last()
    notices = desk.notices()
    cases = desk.cases()
    return render(
        "casefile.html",
        files=dossiers.list(),
        used=used,
        dossier=desk.dossier(used.id) if used else None,
        is_own=used is None or used.owner == desk.user,
        user=desk.user,
        said=STATE_WORDS,
        has_pdf=pdf.is_available(),
        standing=desk.standing.list(),
        notices=notices[:SHOWN_NOTICES],
        unread=sum(not one.read for one in notices),
        kinds=KIND_WORDS,
        against=against_words,
        links={one.number: Link.at(one.change.words, one.change.start) for one in notices if one.change.words},
        cases=cases[-SHOWN_CASES:][::-1],
        cases_count=len(cases),
        error=error,
        deleted=deleted,
        first_name=FIRST_NAME,
    )


def _pinned(desk: Desk, quote: Quote, answer: Answer) -> PinnedQuote:
    """The quote of an answer, at the place where its words stand now."""
    text = desk.assistant.document(quote.document_id).text
    span = (quote.start, quote.end)
    if text[quote.start : quote.end] != quote.text:
        span = find_words(desk.assistant, quote.document_id, quote.text)
    return quote_at(desk.assistant, quote.document_id, span, answer.understood_as)


def _place(data: Mapping[str, Any]) -> tuple[int, int | None]:
    """The turn and the quote that a control names."""
    try:
        turn, _, position = str(data.get("place", data.get("number", ""))).partition(".")
        return int(turn), int(position) if position else None
    except ValueError as error:
        raise CaseFileError("This answer is not on the page any more.") from error


def _number(value: object) -> int:
    text = str(value)
    if not (text.isascii() and text.isdigit()):
        raise CaseFileUnknown("There is no such pin any more.")
    return int(text)


def _used(dossiers: Dossiers) -> str:
    used = dossiers.last()
    return used.id if used else dossiers.create(FIRST_NAME).id


def _unpin(desk: Desk, data: Mapping[str, Any]) -> panels.DeletedItem:
    number = _number(data["pin"])
    desk.dossiers.unpin(number)
    return panels.DeletedItem(str(data.get("title", "a quote")), str(number))


def _annotate(desk: Desk, data: Mapping[str, Any]) -> None:
    tags = str(data.get("tags", "")).split(",")
    desk.dossiers.annotate(_number(data["pin"]), note=str(data.get("note", "")), tags=tags)


def _settle(desk: Desk, data: Mapping[str, Any]) -> None:
    desk.dossiers.settle(_number(data["point"]), done=data.get("done") == "1")


def _ask_always(desk: Desk, data: Mapping[str, Any]) -> None:
    question = str(data.get("question", ""))
    desk.assistant.check_question(question)
    desk.standing.add(question, Scope())


_Act = Callable[[Desk, Mapping[str, Any]], object]
_CHANGES: dict[str, _Act] = {
    "use": lambda desk, data: desk.dossiers.use(str(data["file"])),
    "create": lambda desk, data: desk.dossiers.create(str(data.get("name", ""))),
    "rename": lambda desk, data: desk.dossiers.rename(_used(desk.dossiers), str(data.get("name", ""))),
    "share": lambda desk, data: desk.dossiers.share(_used(desk.dossiers), shared=data.get("shared") == "1"),
    "delete": lambda desk, data: desk.dossiers.delete(str(data["file"])),
    "unpin": _unpin,
    "annotate": _annotate,
    "move": lambda desk, data: desk.dossiers.move(_number(data["pin"]), _number(data["to"])),
    "miss": lambda desk, data: desk.dossiers.miss(str(data.get("words", "")), file_id=_used(desk.dossiers)),
    "settle": _settle,
    "drop": lambda desk, data: desk.dossiers.drop_point(_number(data["point"])),
    "ask_always": _ask_always,
    "stop_asking": lambda desk, data: desk.standing.remove(_number(data["standing"])),
    "read": lambda desk, data: desk.standing.mark_read(),
    "forget_case": lambda desk, data: desk.judged.remove(_number(data["case"])),
}
"""What a control of the panel may ask for."""
