"""Standing questions: the notices that are due, each once, also after a crash; and the ways in which they are told."""

import json
import os
import signal
import sqlite3
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from email import message_from_string
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from retriever import Assistant, DocumentSummary, Scope, Settings, Verdict
from retriever.casefile import hook
from retriever.casefile.asking import run_standing
from retriever.casefile.database import CaseDatabase
from retriever.casefile.records import NoticeKind
from retriever.casefile.standing import StandingQuestions, StandingRuns
from retriever.interfaces.notices import as_atom, as_mail, is_address
from retriever.interfaces.standing_command import ask_again
from retriever.records import Agreement, Answer, Difference, DifferenceKind, LibraryState, Quote, Timings, Why
from retriever.web.forget import forget
from tests.world import FERRY

PRICE = "What does a ticket cost?"
CAPTAIN = "Who is the captain of the ferry?"
TWELVE, FIFTEEN = "A ticket costs 12 crowns.", "A ticket costs 15 crowns."
GONE, NEW, CHANGED = NoticeKind.GONE, NoticeKind.NEW, NoticeKind.CHANGED


class Shelf:
    """A library whose documents are their answers: each says its words to every question."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = dict(texts)
        self.asked: list[str] = []
        self.closed: dict[str, set[str]] = {}

    def documents(self) -> tuple[DocumentSummary, ...]:
        return tuple(
            DocumentSummary(one, f"Title of {one}", None, None, {}, "text/plain", len(text), 1, f"{hash(text):x}", one)
            for one, text in self.texts.items()
        )

    def state(self) -> LibraryState:
        return LibraryState(len(self.texts), 1, f"{hash(tuple(sorted(self.texts.items()))):x}")

    def search(self, question: str, *, count: int, scope: Scope) -> Sequence[object]:
        raise AssertionError("only for many documents")

    def ask_document(self, question: str, document_id: str) -> Answer:
        self.asked.append(document_id)
        return self._answer([document_id] if self.texts.get(document_id) else [])

    def ask(self, question: str, *, top: int, scope: Scope) -> Answer:
        return self._answer(sorted(scope.documents))

    def seen_by(self, account: str) -> "Shelf":
        return Shelf({one: text for one, text in self.texts.items() if one not in self.closed.get(account, ())})

    def _answer(self, ids: Sequence[str]) -> Answer:
        quotes = tuple(
            Quote(one, 0, len(self.texts[one]), self.texts[one], one, None, None, None, None, None, 0.9, Why(1, 1, ()))
            for one in ids
        )
        verdict = Verdict.CLEAR if quotes else Verdict.ABSENT
        state, timings = self.state(), Timings(0, 0, 0, 0)
        return Answer("q", "q", verdict, 0.9, quotes, Agreement(), None, state, timings)


@pytest.fixture
def database(tmp_path: Path) -> CaseDatabase:
    return CaseDatabase(tmp_path)


def told(database: CaseDatabase) -> list[tuple[NoticeKind, str]]:
    """All notices, the oldest first: what, and of which document."""
    return [(one.change.kind, one.change.document_id) for one in StandingRuns(database).unsent()]


def test_each_change_of_one_document_is_told_once(database: CaseDatabase) -> None:
    shelf = Shelf({"a": TWELVE, "b": "", "c": TWELVE})
    questions = StandingQuestions(database)
    questions.add(PRICE)
    assert run_standing(shelf, database) == ()  # what there was is not news
    for change, expected in (
        ({"d": FIFTEEN}, [(NEW, "d")]),
        ({"e": ""}, []),
        ({"d": TWELVE}, [(CHANGED, "d")]),
        ({"b": TWELVE}, [(NEW, "b")]),
        ({"b": ""}, [(GONE, "b")]),
        ({"a": None}, [(GONE, "a")]),
        ({"e": None}, []),
        ({"c": None, "c2": TWELVE}, []),  # it has another name now
        ({"c2": None, "d": FIFTEEN, "f": FIFTEEN}, [(GONE, "c2"), (CHANGED, "d"), (NEW, "f")]),
    ):
        for document_id, text in change.items():
            if text is None:
                del shelf.texts[document_id]
            else:
                shelf.texts[document_id] = text
        shelf.asked.clear()
        made = run_standing(shelf, database)
        assert [(one.change.kind, one.change.document_id) for one in made] == expected
        assert set(shelf.asked) <= {one for one, text in change.items() if text is not None}
        assert run_standing(shelf, database) == ()
    assert len(told(database)) == 8
    with questions.telling_unread() as unread:
        assert [one.change.kind for one in unread] == [kind for kind, _ in told(database)]
    with questions.telling_unread() as unread:
        assert unread == ()


def test_a_filter_and_an_account_limit_what_is_told(database: CaseDatabase) -> None:
    shelf = Shelf({"a": TWELVE})
    StandingQuestions(database).add(PRICE, Scope(documents=frozenset(["a", "b"])))
    StandingQuestions(database, "ada").add(PRICE, Scope(documents=frozenset(["c"])))
    run_standing(shelf, database)
    shelf.texts |= {"b": TWELVE, "c": FIFTEEN, "of nobody's": TWELVE}
    shelf.asked.clear()
    run_standing(shelf, database)
    assert shelf.asked == ["b"]  # only what is within the question's own scope is asked; ada has a shelf of her own
    assert [one.change.document_id for one in StandingQuestions(database).notices()] == ["b"]
    assert [one.change.document_id for one in StandingQuestions(database, "ada").notices()] == ["c"]
    assert StandingQuestions(database, "tom").notices() == ()


def test_an_account_is_told_nothing_of_documents_that_it_may_not_see(database: CaseDatabase) -> None:
    shelf = Shelf({"a": TWELVE})
    shelf.closed = {"ada": {"b"}}
    for account in ("ada", "tom"):
        StandingQuestions(database, account).add(PRICE)
    run_standing(shelf, database)
    shelf.texts |= {"b": FIFTEEN}
    run_standing(shelf, database)
    assert StandingQuestions(database, "ada").notices() == ()
    assert [one.change.document_id for one in StandingQuestions(database, "tom").notices()] == ["b"]


def test_a_run_that_another_has_overtaken_tells_nothing(database: CaseDatabase) -> None:
    shelf = Shelf({"a": TWELVE})
    StandingQuestions(database).add(PRICE)
    run_standing(shelf, database)
    shelf.texts["b"] = FIFTEEN
    runs = StandingRuns(database)
    (early,) = runs.all()
    assert len(run_standing(shelf, database)) == 1
    assert not runs.store(early, shelf.state().digest, {}, ())
    assert len(told(database)) == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_kill_at_any_statement_neither_loses_nor_repeats_a_notice(tmp_path: Path) -> None:
    """A child is killed before its nth statement of SQLite, for each n; then another run goes on."""
    steps, finished = 0, False
    while not finished:
        folder = tmp_path / str(steps)
        folder.mkdir()
        database, shelf = CaseDatabase(folder), Shelf({"a": TWELVE, "b": TWELVE})
        StandingQuestions(database).add(PRICE)
        run_standing(shelf, database)
        shelf.texts = {"b": FIFTEEN, "c": f"{TWELVE} Again."}
        status = _killed_before(steps, database, shelf)
        finished = status == 0
        assert finished or os.WIFSIGNALED(status)
        run_standing(shelf, database)
        assert sorted(told(database)) == [(CHANGED, "b"), (GONE, "a"), (NEW, "c")]
        steps += 1
    assert steps > 10


def _killed_before(step: int, database: CaseDatabase, shelf: Shelf) -> int:
    """Run in a child that kills itself before a statement. Returns its status."""
    child = os.fork()
    if not child:
        done = 0

        def count(statement: str) -> None:
            nonlocal done
            if done == step:
                os.kill(os.getpid(), signal.SIGKILL)
            done += 1

        opened = sqlite3.connect

        def traced(*arguments: Any, **options: Any) -> sqlite3.Connection:
            connection = opened(*arguments, **options)
            connection.set_trace_callback(count)
            return connection

        sqlite3.connect = traced
        try:
            run_standing(shelf, database)
            os._exit(0)
        finally:  # whatever happens, the tests go on in the parent only
            os._exit(1)
    return os.waitpid(child, 0)[1]


def test_the_command_gets_each_notice_as_json_until_it_has_taken_it(database: CaseDatabase, tmp_path: Path) -> None:
    shelf = Shelf({"a": TWELVE})
    StandingQuestions(database).add(PRICE)
    run_standing(shelf, database)
    shelf.texts = {"b; rm -rf $HOME": FIFTEEN}
    run_standing(shelf, database)
    out = tmp_path / "out"
    code = "import sys; line = sys.stdin.read(); open(sys.argv[1], 'a').write(line); sys.exit('new' in line and "
    code += "int(sys.argv[2]))"
    assert hook.deliver(database, ["/no/such/program"]) == 0
    assert hook.deliver(database, [sys.executable, "-c", "import time; time.sleep(9)"], seconds=0.1) == 0
    assert hook.deliver(database, [sys.executable, "-c", code, str(out), "1"]) == 1  # it refuses the second
    assert hook.deliver(database, [sys.executable, "-c", code, str(out), "0"]) == 1
    assert hook.deliver(database, [sys.executable, "-c", code, str(out), "0"]) == 0
    taken = [json.loads(line) for line in out.read_text().splitlines()]
    assert [(one["id"], one["kind"], one["document_id"]) for one in taken] == [
        (1, "gone", "a"),
        (2, "new", "b; rm -rf $HOME"),
        (2, "new", "b; rm -rf $HOME"),
    ]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs the locks of Unix")
def test_two_programs_at_once_hand_each_notice_to_the_command_once(database: CaseDatabase, tmp_path: Path) -> None:
    """The first one's command waits until the second has tried, and another notice has been made."""
    shelf, out, go = Shelf({"a": TWELVE}), tmp_path / "out", tmp_path / "go"
    StandingQuestions(database).add(PRICE)
    run_standing(shelf, database)
    shelf.texts = {"a": TWELVE, "b": FIFTEEN}
    run_standing(shelf, database)
    code = "import os, sys, time; open(sys.argv[1], 'a').write(os.environ['IBID_NOTICE'] + '\\n')\n"
    command = [
        sys.executable,
        "-c",
        f"{code}while not os.path.exists(sys.argv[2]): time.sleep(0.01)",
        str(out),
        str(go),
    ]
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(hook.deliver, database, command, 20)
        while not out.exists():
            time.sleep(0.01)
        shelf.texts |= {"c": FIFTEEN}
        run_standing(shelf, database)
        second = hook.deliver(database, command, 5)
        go.touch()
        assert (first.result(20), second) == (2, 0)
    assert out.read_text().split() == [f"{database.identity}-{number}" for number in (1, 2)]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_kill_while_notices_are_told_neither_loses_one_nor_hides_a_repeat(
    database: CaseDatabase, tmp_path: Path
) -> None:
    """The command kills the program that waits for it; whoever prints is killed once all is printed."""
    shelf, questions = Shelf({"a": TWELVE}), StandingQuestions(database)
    questions.add(PRICE)
    run_standing(shelf, database)
    shelf.texts |= {"b": FIFTEEN, "c": FIFTEEN}
    run_standing(shelf, database)
    out, kills = tmp_path / "out", "os.kill(os.getppid(), signal.SIGKILL)"
    note = "import os, signal, sys; open(sys.argv[1], 'a').write(os.environ['IBID_NOTICE'] + '\\n')"

    def deliver(code: str) -> int:
        return hook.deliver(database, [sys.executable, "-c", code, str(out)])

    assert os.WIFSIGNALED(_in_child(lambda: deliver(f"{note}; {kills}")))
    assert deliver(note) == 2
    ids = out.read_text().split()
    assert ids == [f"{database.identity}-{number}" for number in (1, 1, 2)]
    assert list(dict.fromkeys(ids)) == [f"{database.identity}-{one.number}" for one in questions.notices()[::-1]]

    mails: list[str] = []

    def print_mail() -> None:
        with questions.telling_unread() as notices:
            (tmp_path / "mail").write_text(as_mail(notices, "ada@example.org"))
            os.kill(os.getpid(), signal.SIGKILL)

    assert os.WIFSIGNALED(_in_child(print_mail))
    shelf.texts |= {"d": FIFTEEN}
    run_standing(shelf, database)
    for _ in range(3):
        with questions.telling_unread() as notices:
            mails += [as_mail(notices, "ada@example.org")] if notices else []
    killed, again, new = (message_from_string(one) for one in ((tmp_path / "mail").read_text(), *mails))
    assert killed["Message-ID"] == again["Message-ID"] != new["Message-ID"]
    assert killed.get_payload() == again.get_payload()


def _in_child(run: Callable[[], object]) -> int:
    """Run in a child. Returns its status."""
    child = os.fork()
    if not child:
        try:
            run()
            os._exit(0)
        finally:  # whatever happens, the tests go on in the parent only
            os._exit(1)
    return os.waitpid(child, 0)[1]


@pytest.mark.parametrize("text", ["", "ada", "ada@example.org\nBcc: x@y.z", "a@b.c, d@e.f", "Ada <a@b.c>"])
def test_a_mail_goes_to_one_address(text: str) -> None:
    assert is_address("ada@example.org")
    assert not is_address(text)


def test_notices_as_a_mail_and_as_a_feed(database: CaseDatabase) -> None:
    shelf = Shelf({"a": TWELVE})
    StandingQuestions(database).add("What does\n a <ticket> cost?\u202e")
    run_standing(shelf, database)
    shelf.texts = {"b & c": "<b>15 crowns</b>\x0b"}
    run_standing(shelf, database)
    notices = StandingQuestions(database).notices()
    mail = message_from_string(as_mail(notices, "ada@example.org\nBcc: x@example.org"))
    assert mail["To"].startswith("ada@example.org Bcc")
    assert mail["Bcc"] is None
    assert "15 crowns" in mail.get_payload(decode=True).decode()  # type: ignore[union-attr]
    feed = ElementTree.fromstring(as_atom(notices, "http://127.0.0.1:7860/", "urn:ibid:x"))
    atom = "{http://www.w3.org/2005/Atom}"
    assert [one.find(f"{atom}id").text for one in feed.iter(f"{atom}entry")] == ["urn:ibid:x:2", "urn:ibid:x:1"]  # type: ignore[union-attr]
    assert [one.get("term") for one in feed.iter(f"{atom}category")] == ["new", "gone"]


def test_a_library_is_asked_again_after_each_kind_of_change(assistant: Assistant, varn: Path, tmp_path: Path) -> None:
    questions = StandingQuestions(assistant.kept)
    questions.add(CAPTAIN)
    assert ask_again(assistant) == ()
    assert questions.list()[0].answering == 1
    (varn / "ferry.txt").write_text(FERRY.replace("Tom Reed", "Nora Vale"))
    assistant.index([varn])
    (changed,) = ask_again(assistant)
    assert (changed.change.kind, "Tom Reed" in changed.change.before) == (CHANGED, True)
    assert assistant.document("ferry.txt").text[changed.change.start : changed.change.end] == changed.change.words
    (varn / "boat.txt").write_text("The new ferry\n\nThe captain of the ferry is Ada Brook since Monday week.\n")
    assistant.index([varn])
    (new,) = ask_again(assistant)
    assert (new.change.kind in (NEW, NoticeKind.CONTRADICTED), new.change.document_id) == (True, "boat.txt")
    assistant.remove(["ferry.txt"])
    (gone,) = ask_again(assistant)
    assert (gone.change.kind, gone.change.document_id) == (GONE, "ferry.txt")
    assert [one.read for one in questions.notices()] == [False] * 3
    forget(assistant, ["boat.txt"], tmp_path / "none.db")
    assert ask_again(assistant) == ()  # what was forgotten is not told of
    raw = b"".join(each.read_bytes() for each in assistant.folder.rglob("*") if each.is_file())
    assert b"boat.txt" not in raw
    assert b"since Monday week" not in raw


def test_what_contradicts_another_document_is_told_so(assistant: Assistant, varn: Path) -> None:
    StandingQuestions(assistant.kept).add(PRICE)
    assistant.remove(["harbour.txt"])
    ask_again(assistant)
    (varn / "flyer.txt").write_text("The ferry to Varn, a flyer of 2 June 2018\n\nA ticket costs 19 crowns.\n")
    assistant.index([varn / "flyer.txt"])
    (notice,) = ask_again(assistant)
    assert notice.change.kind is NoticeKind.CONTRADICTED
    assert [one.document_id for one in notice.change.against] == ["ferry.txt"]
    assert "19" in notice.change.value


class Quarrel(Shelf):
    """A shelf of which two documents with other words contradict each other, unless a third one is asked with them."""

    def ask(self, question: str, *, top: int, scope: Scope) -> Answer:
        answer = super().ask(question, top=top, scope=scope)
        said = tuple(one.text for one in answer.quotes)
        if len(said) != 2 or len(set(said)) < 2:
            return answer
        differing = Difference((0, 1), said, DifferenceKind.CONFLICT, ((0,), (1,)))
        return replace(answer, agreement=Agreement((), (differing,)))


def test_no_third_document_decides_whether_two_contradict_each_other(database: CaseDatabase) -> None:
    """A copy of one of them, say, would have one answer with it."""
    StandingQuestions(database).add(PRICE)
    library = Quarrel({"ferry": TWELVE, "poster": FIFTEEN})
    run_standing(library, database)
    library.texts |= {"flyer": FIFTEEN, "sign": "A ticket costs 19 crowns."}
    flyer, sign = (one.change for one in run_standing(library, database))
    assert (flyer.kind, sign.kind) == (NoticeKind.CONTRADICTED, NoticeKind.CONTRADICTED)
    assert [one.document_id for one in flyer.against] == ["ferry", "sign"]
    assert [one.document_id for one in sign.against] == ["flyer", "ferry", "poster"]
    assert (flyer.value, flyer.against[0].value) == (FIFTEEN, TWELVE)


def test_only_a_named_configuration_file_sets_the_command(tmp_path: Path) -> None:
    from retriever.errors import IbidError
    from retriever.interfaces.arguments import build_parser
    from retriever.interfaces.config import read_config

    file = tmp_path / "ibid.toml"
    file.write_text('hook = ["notify-send", "Ibid"]\n[limits]\nseconds = 9\n')
    assert read_config(file, build_parser()).settings == replace(
        Settings(), hook=("notify-send", "Ibid"), limits=replace(Settings().limits, seconds=9)
    )
    with pytest.raises(IbidError, match="hook is taken only from"):
        read_config(file, build_parser(), chosen=False)
    file.write_text('hook = "notify-send Ibid"\n')
    with pytest.raises(IbidError, match="must be a program"):
        read_config(file, build_parser())
