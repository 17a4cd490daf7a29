"""What a user keeps of a library: case files of pinned quotes, questions that are asked again, judged answers.

    records    what is kept, as data classes
    database   the file in the library's folder, its format and its errors
    dossiers   case files: pins in their order, notes, tags, open points
    standing   saved questions, what they were last told, and the notices that are due
    asking     what has changed for a saved question since it was last asked
    hook       hands notices to the owner's command
    judged     answers that a user has called right or wrong
    upkeep     copying, checking and erasing the file

One decision: all of it lies in the library's folder, so that a copied library keeps it.
"""

from .database import CaseDatabase
from .dossiers import Dossiers
from .judged import JudgedCases
from .records import CaseFile, JudgedCase, Judgement, Notice, NoticeKind, OpenPoint, Pin, StandingQuestion
from .standing import StandingQuestions

__all__ = [
    "CaseDatabase",
    "CaseFile",
    "Dossiers",
    "JudgedCase",
    "JudgedCases",
    "Judgement",
    "Notice",
    "NoticeKind",
    "OpenPoint",
    "Pin",
    "StandingQuestion",
    "StandingQuestions",
]
