"""The commands `standing` and `cases`: saved questions with their notices, and the answers that a user has judged.

In: what the user typed. Out: an exit status; it prints.
"""

import argparse
import logging
import sys
from contextlib import nullcontext

from ..assistant import Assistant
from ..casefile.asking import run_standing
from ..casefile.hook import deliver
from ..casefile.records import JudgedCase, Judgement, Notice, StandingQuestion
from ..casefile.standing import StandingQuestions
from ..errors import CaseFileError
from ..filters import Scope
from .casefile_schemas import case_fields, standing_fields, told_fields
from .desk import Desk
from .logs import PACKAGE
from .notices import as_mail, is_address, notice_lines
from .output import print_json, say

_log = logging.getLogger(PACKAGE)


def ask_again(assistant: Assistant, *, quiet: bool = False, account: str | None = None) -> tuple[Notice, ...]:
    """Ask the standing questions again after a change of the library, and hand the notices to the owner's command.

    Without standing questions this costs nothing. What goes wrong is a warning: the change itself is done.

    Args:
        assistant: the library; as `account` sees it, if one is named.
        quiet: whether nothing is said of the notices.
        account: ask only its questions; None: those of all accounts.
    """
    database = assistant.kept
    if not database.exists:
        return ()
    try:
        notices = run_standing(assistant, database, account)
        deliver(database, assistant.settings.hook)
    except CaseFileError as error:
        _log.warning("The standing questions were not asked: %s", error)
        return ()
    if notices and not quiet:
        count = len(notices)
        _log.warning("%d notice%s of standing questions: `ibid standing notices`", count, "s" * (count != 1))
    return notices


def standing(chosen: argparse.Namespace, assistant: Assistant, scope: Scope) -> int:
    """Save, list, remove or ask standing questions; show their notices."""
    questions = StandingQuestions(assistant.kept, chosen.user)
    words = " ".join(chosen.arguments)
    if chosen.action == "add":
        assistant.check_question(words)
        added = questions.add(words, scope)
        ask_again(assistant, quiet=True)  # what it says now is what later answers are compared with
        _tell_question(chosen, next(one for one in questions.list() if one.number == added.number))
    elif chosen.action == "list":
        listed = questions.list()
        for question in listed:
            _tell_question(chosen, question)
        if not listed and not chosen.json:
            say("There is no standing question; `ibid standing add QUESTION` saves one.")
    elif chosen.action == "remove":
        number = number_of(words, "standing list")
        questions.remove(number)
        print_json({"number": number}) if chosen.json else say(f"removed {number}")
    elif chosen.action == "run":
        made = [one for one in ask_again(assistant, quiet=True) if one.owner == chosen.user]
        _tell_notices(chosen, made)
    else:
        _notices(chosen, questions)
    return 0


def _notices(chosen: argparse.Namespace, questions: StandingQuestions) -> None:
    if chosen.mail is not None and not is_address(chosen.mail):
        raise CaseFileError(f"{chosen.mail!r} is not a mail address. Write one, such as ada@example.org.")
    with nullcontext(questions.notices()[::-1]) if chosen.all else questions.telling_unread() as found:
        if not chosen.mail:
            _tell_notices(chosen, found)
        elif found:
            print(as_mail(found, chosen.mail), end="")
        sys.stdout.flush()  # what could not be written is told again


def _tell_notices(chosen: argparse.Namespace, notices: tuple[Notice, ...] | list[Notice]) -> None:
    for notice in notices:
        if chosen.json:
            print_json(told_fields(notice))
        else:
            say(*notice_lines(notice))
    if not notices and not chosen.json:
        say("Nothing new.")


def _tell_question(chosen: argparse.Namespace, question: StandingQuestion) -> None:
    if chosen.json:
        print_json(standing_fields(question))
        return
    count = question.answering
    says = f"{count} document{'s answer' if count != 1 else ' answers'}" if question.run else "not asked yet"
    new = f", {question.unread} unread" if question.unread else ""
    say(f"{question.number}. {question.question} ({says}{new})")


def cases(chosen: argparse.Namespace, assistant: Assistant, scope: Scope) -> int:
    """List, add or remove judged answers."""
    desk = Desk(assistant, chosen.user)
    judged = desk.judged
    words = " ".join(chosen.arguments)
    if chosen.action == "list":
        for case in (listed := judged.list()):
            print_json(case_fields(case)) if chosen.json else say(*_case_lines(case))
        if not listed and not chosen.json:
            say("No answer has been judged yet; the page and `ibid cases right QUESTION` do that.")
    elif chosen.action == "remove":
        number = number_of(words, "cases list")
        judged.remove(number)
        print_json({"number": number}) if chosen.json else say(f"removed {number}")
    else:
        answer = assistant.ask(words, scope=scope)
        quote = answer.quotes[0] if answer.quotes else None
        number = desk.judge(Judgement(chosen.action), answer, quote)
        (case,) = (one for one in judged.list() if one.number == number)
        print_json(case_fields(case)) if chosen.json else say(*_case_lines(case))
    return 0


def _case_lines(case: JudgedCase) -> list[str]:
    said = f"{case.document_id}: {case.words}" if case.document_id else "refused"
    return [f"{case.number}. {case.judgement.value}: {case.understood_as}", f"    {said}"]


def number_of(text: str, lists: str) -> int:
    """The number of a thing that the command `lists` lists.

    Raises:
        CaseFileError: it is none.
    """
    if not (text.isascii() and text.isdigit() and int(text)):
        raise CaseFileError(f"{text!r} is not a number; `ibid {lists}` prints the numbers.")
    return int(text)
