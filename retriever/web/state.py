"""What one tab of a browser holds: the turns of its conversation."""

import hashlib
from dataclasses import dataclass

from ..filters import EVERYTHING, Scope
from ..interfaces.html.templating import render
from ..records import Answer, Quote, Turn
from ..talk import AnswerKind
from .conversations import Reply, StoredTurn


@dataclass(frozen=True, slots=True)
class ShownTurn:
    """One question with its reply and the HTML that the page shows for it; `scope` is the filter it was asked with."""

    question: str
    reply: Reply
    html: str
    scope: Scope = EVERYTHING

    @property
    def turn(self) -> Turn | None:
        """What a follow-up needs to know of it; None if there was no answer."""
        return Turn.of(self.reply) if isinstance(self.reply, Answer) else None

    @property
    def quotes(self) -> tuple[Quote, ...]:
        """The quotes in the order of their numbers."""
        return self.reply.shown if isinstance(self.reply, Answer) else ()


@dataclass(frozen=True, slots=True)
class TabState:
    """What one tab holds.

    Attributes:
        turns: the conversation, oldest first.
        conversation: its id in the history; None before its first answer, or if conversations are not saved.
        deleted: the turn that was deleted last, and can be put back.
    """

    turns: tuple[ShownTurn, ...] = ()
    conversation: str | None = None
    deleted: StoredTurn | None = None

    @property
    def last_question(self) -> str:
        """The last question about what the documents say, as it was understood; empty if there is none."""
        replies = [turn.reply for turn in self.turns if isinstance(turn.reply, Answer)]
        asked = [reply.understood_as for reply in replies if reply.kind is AnswerKind.QUESTION]
        return asked[-1] if asked else ""

    @property
    def html(self) -> str:
        """The whole conversation, oldest turn first. Its version tells other tabs whether they show the same."""
        if not self.turns:
            return ""
        html = [turn.html for turn in self.turns]
        version = hashlib.sha256("".join(html).encode(errors="replace")).hexdigest()[:12]
        return render("turns.html", conversation=self.conversation, version=version, turns=html)
