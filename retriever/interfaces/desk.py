"""What one account may see and change of case files, standing questions and judged answers.

In: the library, and who asks. Out: their own. One decision: nothing is shown of a document that the account may not
see, whoever has pinned it.
"""

from collections.abc import Sequence

from ..assistant import Assistant
from ..casefile.dossiers import Dossiers
from ..casefile.judged import JudgedCases
from ..casefile.records import LOCAL, JudgedCase, Judgement, Notice
from ..casefile.standing import StandingQuestions
from ..citing.names import CitationStyle
from ..records import Answer, Quote
from .dossier.contents import Dossier, dossier_of


class Desk:
    """What one account may see and change."""

    def __init__(self, assistant: Assistant, user: str = LOCAL) -> None:
        """Store the library as the account sees it, and the account's name."""
        self.assistant = assistant
        self.user = user
        self.hidden = assistant.hidden_documents

    @property
    def dossiers(self) -> Dossiers:
        """Its case files."""
        return Dossiers(self.assistant.kept, self.user)

    @property
    def standing(self) -> StandingQuestions:
        """Its standing questions."""
        return StandingQuestions(self.assistant.kept, self.user)

    @property
    def judged(self) -> JudgedCases:
        """Its judged answers."""
        return JudgedCases(self.assistant.kept, self.user)

    def judge(
        self,
        judgement: Judgement,
        answer: Answer,
        quote: Quote | None,
        history: Sequence[tuple[str, str]] = (),
    ) -> int:
        """Keep a judgement of an answer, with the digest of the quote's document; see `JudgedCases.judge`."""
        digest = self.assistant.summary(quote.document_id).sha256 if quote else ""
        return self.judged.judge(judgement, answer, quote, digest, history)

    def dossier(self, file_id: str, style: CitationStyle | None = None) -> Dossier:
        """A case file with what has become of its sources."""
        dossiers = self.dossiers
        file, pins, points = dossiers.get(file_id), dossiers.pins(file_id), dossiers.points(file_id)
        return dossier_of(self.assistant, file, pins, points, style, self.hidden, self.user)

    def notices(self, *, unread: bool = False) -> list[Notice]:
        """Its notices, without those of documents that it may not see."""
        return [one for one in self.standing.notices(unread=unread) if not self._hides(one)]

    def _hides(self, notice: Notice) -> bool:
        change = notice.change
        return not self.hidden.isdisjoint((change.document_id, *(one.document_id for one in change.against)))

    def cases(self) -> list[JudgedCase]:
        """Its judged answers, without those of documents that it may not see."""
        return [one for one in self.judged.list() if one.document_id not in self.hidden]
