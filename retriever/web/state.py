"""What one tab of a browser holds: the turns of its conversation."""

from dataclasses import dataclass

from ..interfaces.html.templating import render
from ..records import Answer, Quote, Turn


@dataclass(frozen=True, slots=True)
class ShownTurn:
    """One question with the HTML that the page shows for it; `turn` is None if there was no answer."""

    html: str
    turn: Turn | None = None
    quotes: tuple[Quote, ...] = ()

    @classmethod
    def of(cls, answer: Answer, html: str) -> "ShownTurn":
        """The turn of an answer."""
        return cls(html, Turn.of(answer), answer.shown)


@dataclass(frozen=True, slots=True)
class TabState:
    """What one tab holds.

    Attributes:
        turns: the conversation, oldest first.
        conversation: its id in the history; None before its first answer, or if conversations are not saved.
    """

    turns: tuple[ShownTurn, ...] = ()
    conversation: str | None = None

    @property
    def html(self) -> str:
        """The whole conversation, oldest turn first."""
        if not self.turns:
            return ""
        return render("turns.html", conversation=self.conversation, turns=[turn.html for turn in self.turns])
