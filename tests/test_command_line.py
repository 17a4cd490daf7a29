"""The command line: what it prints, where, and with which exit status."""

import errno
import io
import json
import logging
import os
import shlex
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from unicodedata import normalize

import pytest

from retriever import Assistant, IndexReport, Verdict
from retriever.__main__ import _COMMANDS, main
from retriever.errors import LibraryError
from retriever.ingest.kept_pages import KeptPages
from retriever.interfaces.arguments import build_parser, commands_of
from retriever.interfaces.text import VERDICT_WORDS
from retriever.web.loading import error_sentence
from tests.interfaces.test_contract import check
from tests.paths import ROOT
from tests.world import FERRY, WordEncoder, write_world


class Printed(NamedTuple):
    status: int
    out: str
    err: str


Run = Callable[..., Printed]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command in a folder of its own, with an encoder that needs no model."""
    monkeypatch.setattr("retriever.assistant._default_encoder", lambda _: WordEncoder())
    monkeypatch.setenv("IBID_LIBRARY", str(tmp_path / "library"))

    def command(*arguments: object) -> Printed:
        capsys.readouterr()
        try:
            status = main([str(argument) for argument in arguments])
        except SystemExit as leaving:
            status = int(str(leaving.code))
        return Printed(status, *capsys.readouterr())

    return command


@pytest.fixture
def filled(run: Run, varn: Path) -> Run:
    assert run("index", varn).status == 0
    return run


def test_index_sums_up_what_it_did(run: Run, varn: Path) -> None:
    assert run("index", varn) == (0, "3 added, 0 replaced, 0 unchanged, 0 skipped\n", "")
    (varn / "ferry.txt").write_text(f"{FERRY}It is never late.\n")
    (varn / "empty.txt").write_text("")
    printed = run("index", varn)
    assert printed.status == 0
    assert "empty.txt: it is empty" in printed.out
    assert printed.out.endswith("0 added, 1 replaced, 2 unchanged, 1 skipped\n")


def test_index_of_nothing_that_can_be_read_is_an_error(run: Run, tmp_path: Path) -> None:
    printed = run("index", tmp_path / "nowhere.txt", tmp_path / "neither.txt")
    assert printed.status == 1
    assert "nowhere.txt: it does not exist" in printed.err
    assert "1 more" in printed.err
    assert "neither.txt: it does not exist" in printed.out
    assert "nowhere.txt" not in printed.out  # each reason is given once


@pytest.mark.parametrize("terminal", [True, False])
def test_names_and_texts_of_files_cannot_command_a_terminal(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, terminal: bool
) -> None:
    folder = tmp_path / "hostile"
    folder.mkdir()
    name = "\x1b[31mred\nforged \u202etxt.txt"
    (folder / name).write_text(f"{FERRY}\nThe lamp \x1b[2J is \u202elit.\n")
    (folder / f"empty {name}").write_text("")
    commands = [("index", folder), ("list",), ("ask", "Who is the captain of the ferry?"), ("verify",)]
    printed = [run(*command) for command in commands]
    (identifier,) = (json.loads(line)["id"] for line in run("list", "--json").out.splitlines())
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal, raising=False)
    shown = run("show", identifier)
    assert ("\x1b" in shown.out) is not terminal
    assert "The lamp" in shown.out
    printed += [run("remove", "nothing \x1b[2J"), run("remove", identifier), run("index", "--red\x1b[31m \u202e")]
    for out in (*(text for one in printed for text in (one.out, one.err)), *([shown.out] if terminal else [])):
        assert not {"\x1b", "\u202e"} & set(out)
        assert not any(line.startswith("forged") for line in out.splitlines())


def test_ask_prints_quotes_with_their_place(filled: Run) -> None:
    printed = filled("ask", "Who is the captain of the ferry?", "--top", 1)
    assert printed.status == 0
    assert "“The captain of the ferry is Tom Reed.”" in printed.out
    start = FERRY.index("The captain")
    assert f"The Varn Herald; The ferry to Varn; 2018-06-02; ferry.txt:{start}-{start + 37}" in " ".join(
        printed.out.split()
    )


def test_a_refusal_is_done_and_says_what_is_covered(filled: Run) -> None:
    printed = filled("ask", "Why do volcanoes erupt?")
    assert printed.status == 0
    assert printed.out.startswith(f"{VERDICT_WORDS[Verdict.ABSENT]}\n")
    assert "ferry.txt" in printed.out


MAY_BE_EMPTY = {"--source", "--collection", "--language", "--author", "--publisher", "--date"}


@pytest.mark.parametrize("command", commands_of(build_parser()))
def test_an_empty_value_is_refused_unless_its_help_says_what_it_means(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    own = commands_of(build_parser())[command]
    for option in (name for name, one in own._option_string_actions.items() if name[2:] and one.nargs is None):
        if option in MAY_BE_EMPTY and "''" in str(own._option_string_actions[option].help):
            continue
        with pytest.raises(SystemExit, match="2"):
            build_parser().parse_args([command, f"{option}="])
        assert f"argument {option}: the value is empty" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "usage"),
    [
        (["ask", "Who?", "--bogus"], "ibid ask"),
        (["list", "more"], "ibid list"),
        (["serve", "--prot", "7860"], "ibid serve"),
        (["index"], "ibid index"),
        (["collection", "add"], "ibid collection"),
        (["forget", "ferry.txt", "--json"], "ibid forget"),
        (["--bogus", "list"], "ibid"),
        ([], "ibid"),
    ],
)
def test_wrong_usage_shows_how_that_command_is_used(run: Run, arguments: list[str], usage: str) -> None:
    printed = run(*arguments)
    assert (printed.status, printed.out) == (2, "")
    assert printed.err.startswith(f"usage: {usage} [-h]")
    assert printed.err.splitlines()[-1].startswith(f"{usage}: error: ")


@pytest.mark.parametrize("command", [["list"], ["ask", "Who?"]])
def test_an_empty_name_of_the_library_is_said_in_one_sentence(
    run: Run, command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IBID_LIBRARY", "")
    printed = run(*command)
    assert (printed.status, printed.out) == (1, "")
    assert printed.err == "ibid: $IBID_LIBRARY is empty; give it a value, or unset it.\n"
    with pytest.raises(LibraryError, match="IBID_LIBRARY is empty"):
        Assistant.open()


@pytest.mark.parametrize("command", ["index", "check"])
def test_an_empty_path_is_not_this_folder(run: Run, command: str) -> None:
    printed = run(command, "")
    assert (printed.status, "the value is empty" in printed.err) == (2, True)


TICKET = "How many crowns does a ticket cost?"


@pytest.mark.parametrize(
    ("options", "document_id"),
    [
        (["--source", "herald"], "ferry.txt"),
        (["--source", "Island Post"], "harbour.txt"),
        (["--until", "2018-06"], "ferry.txt"),
        (["--since", "2019"], "harbour.txt"),
        (["--document", "harbour.txt"], "harbour.txt"),
        (["--language", "German"], "faehre.txt"),
        (["--language", "de"], "faehre.txt"),
    ],
)
def test_only_some_documents_are_asked(filled: Run, tmp_path: Path, options: list[str], document_id: str) -> None:
    (tmp_path / "faehre.txt").write_text("Ein Ticket kostet zwölf crowns. Der Kapitän der Fähre heißt Karl Weber.")
    filled("index", tmp_path / "faehre.txt")
    answer = json.loads(filled("ask", TICKET, "--json", *options).out)
    assert {quote["document_id"] for quote in answer["quotes"]} == {document_id}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--since", "soon"], "'soon' is not a date. Write a day, a month or a year"),
        (["--until", "2022-02-30"], "'2022-02-30' is not a date"),
        (["--source", "Nobody"], "by 'Nobody'. The publishers are: Island Post, The Varn Herald."),
        (["--document", "x"], "No document has the id 'x'"),
        (["--language", "fr"], "in the language 'fr'. The languages are: English (en)."),
        (["--language", "Klingon"], "in the language 'Klingon'. The languages are: English (en)."),
    ],
)
def test_what_cannot_be_asked_gets_one_clear_sentence(filled: Run, options: list[str], said: str) -> None:
    printed = filled("ask", TICKET, *options)
    assert (printed.status, printed.out) == (1, "")
    assert said in printed.err
    assert printed.err.count("\n") == 1


def test_a_refusal_of_some_documents_says_that_not_all_were_asked(filled: Run) -> None:
    assert "Only 1 of 3 were asked." in filled("ask", "Why do volcanoes erupt?", "--source", "herald").out
    assert "No document fits" in filled("ask", "Why do volcanoes erupt?", "--since", "2050").out


def test_a_line_of_a_batch_names_its_own_documents(filled: Run, tmp_path: Path) -> None:
    narrowed = [{"sources": ["herald"]}, {"since": "2019"}, {}, {"documents": ["ferry.txt"]}, {"sources": "herald"}]
    (tmp_path / "batch").write_text("\n".join(json.dumps({"question": TICKET} | one) for one in narrowed))
    printed = filled("ask", "--batch", tmp_path / "batch", "--json", "--until", "2020")
    quoted = [{quote["document_id"] for quote in json.loads(line)["quotes"]} for line in printed.out.splitlines()]
    assert quoted == [{"ferry.txt"}, set(), {"ferry.txt"}, {"ferry.txt"}]
    assert "line 5: sources must be a list; expected" in printed.err


def test_a_long_timeline_has_headings(run: Run, varn: Path) -> None:
    days = [
        f"On {day} {month} 1962 the ferry to Varn ran {day} hours late."
        for month in ("May", "June")
        for day in range(1, 8)
    ]
    (varn / "log.txt").write_text("\n\n".join(days))
    run("index", varn / "log.txt")
    lines = run("timeline").out.splitlines()
    assert [line for line in lines if line in ("1962", "May 1962", "June 1962")] == ["May 1962", "June 1962"]
    assert lines.index("May 1962") < lines.index("1962-05-01 On 1 May 1962 the ferry to Varn ran 1 hours late.")
    few = run("timeline", "--since", "1962-06").out.splitlines()
    assert "June 1962" not in few
    assert len(few) == 14


def test_timeline_lists_what_happened_when(filled: Run) -> None:
    events = [json.loads(line) for line in filled("timeline", "--json").out.splitlines()]
    assert [(one["time"], one["document_id"]) for one in events][:2] == [
        ("1904", "lighthouse.txt"),
        ("1951", "lighthouse.txt"),
    ]
    assert "lighthouse.txt" not in filled("timeline", "--since", "2018").out
    assert "1951 A storm broke" in filled("timeline", "--since", "1951", "--until", "1951").out, (
        "without a date of its own"
    )
    assert "1951 A storm broke the lamp in 1951" in filled("timeline").out


def test_as_of_a_day_commands_say_what_counts(run: Run, varn: Path) -> None:
    (varn / "news.txt").write_text("The tide\n\nDate: 3 May 2021.\n\nThe tide of Varn rose on 2 May 2021 by a foot.\n")
    run("index", varn / "news.txt")
    none = "No document is dated up to 4 March 2001."
    for command in (("timeline",), ("timeline", "--json")):
        early = run(*command, "--as-of", "2001-03-04")
        assert (early.out, early.err) == ("", f"ibid: {none}\n")
    assert none in run("ask", "What rose?", "--as-of", "2001-03-04").out
    proof = run("absence", "What rose?", "--as-of", "2001-03-04")
    assert (proof.status, proof.out, proof.err) == (1, "", f"ibid: {none} So nothing can be searched.\n")
    (varn / "rules.txt").write_text("Rules of the quay\n\nDogs are not allowed on the quay of Varn.\n")
    run("index", varn / "rules.txt")
    later = run("timeline", "--as-of", "2022")
    assert later.err == "ibid: Documents without a date, which count on any day: 1.\n"
    assert "2021-05-02 The tide of Varn" in later.out
    assert "in that time" in run("timeline", "--since", "2090").err


def test_sources_that_differ_are_named_with_what_they_say(filled: Run) -> None:
    out = filled("ask", TICKET).out
    assert "Changed over time: 12 crowns (" in out or "Sources differ: 12 crowns (" in out


def test_a_follow_up_shows_how_it_was_understood(filled: Run, tmp_path: Path) -> None:
    turn = {"question": "When does the ferry sail?", "answer": "At nine."}
    (tmp_path / "b").write_text(json.dumps({"question": "And who is its captain?", "history": [turn]}))
    assert "Asked as: " in filled("ask", "--batch", tmp_path / "b").out


def test_an_empty_library_is_said_to_be_empty(run: Run, tmp_path: Path) -> None:
    library = tmp_path / "its library"
    for place in (tmp_path / "library", library):
        Assistant.open(place, encoder=WordEncoder(), create=True).close()
    printed = run("ask", "Who is the captain?").out
    assert "holds no documents" in printed
    assert "--library" not in printed
    advice = run("ask", "Who is the captain?", "--library", library).out.strip().partition(": ")[2]
    assert shlex.split(advice) == ["ibid", "index", "PATH", "--library", str(library)]


@pytest.mark.parametrize("name", ["nowhere.txt", "broken.pdf"])
def test_a_library_that_a_failed_command_made_does_not_stay(run: Run, varn: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7")
    assert run("index", tmp_path / name).status == 1
    assert not (tmp_path / "library").exists()
    assert run("index", varn).status == 0
    assert run("index", tmp_path / name).status == 1
    assert len(run("list", "--json").out.splitlines()) == 3


def test_what_a_failed_command_did_not_make_stays(run: Run, tmp_path: Path) -> None:
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "mine.txt").write_text("Mine.")
    assert run("index", tmp_path / "nowhere.txt").status == 1
    assert (tmp_path / "library" / "mine.txt").exists()


def test_pages_that_were_read_of_a_scan_stay_for_the_next_try(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = Assistant.index

    def keep_a_page(assistant: Assistant, *arguments: Any, **options: Any) -> IndexReport:
        KeptPages(assistant.folder).add("0" * 64, 0, "a page")
        return index(assistant, *arguments, **options)

    monkeypatch.setattr(Assistant, "index", keep_a_page)
    assert run("index", tmp_path / "nowhere.txt").status == 1
    assert KeptPages(tmp_path / "library").pages("0" * 64) == {0: "a page"}


def test_an_encoder_that_is_not_there_leaves_no_library(run: Run, varn: Path, tmp_path: Path) -> None:
    assert run("index", varn, "--encoder", tmp_path / "nowhere").status == 1
    assert not (tmp_path / "library").exists()


def test_a_named_path_that_is_missing_is_an_error_and_the_rest_is_indexed(run: Run, varn: Path, tmp_path: Path) -> None:
    printed = run("index", tmp_path / "nowhere.txt", varn)
    assert printed.status == 1
    assert printed.err == f"ibid: {tmp_path / 'nowhere.txt'} does not exist.\n"
    assert printed.out.endswith("3 added, 0 replaced, 0 unchanged, 1 skipped\n")


def test_a_batch_comes_from_standard_input(filled: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [
        '\ufeff{"id": "one", "question": "Who is the captain of the ferry?"}',
        "{",
        '{"id": "é", "question": "Who?"}',
    ]
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO("\n".join(lines).encode()), encoding="ascii"))
    printed = filled("ask", "--batch", "-", "--json")
    assert printed.status == 1
    assert [json.loads(line)["id"] for line in printed.out.splitlines()] == ["one", "é"]
    assert printed.err.startswith("ibid: standard input, line 2: ")


def test_how_much_is_said_beside_the_output(filled: Run, varn: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (varn / "lighthouse.txt").unlink()
    usual, quiet = filled("index", varn), filled("index", varn, "--quiet")
    assert usual.err.startswith("ibid: lighthouse.txt: ")
    assert quiet == (usual.status, usual.out, "")
    assert filled("show", "nowhere.txt", "--quiet").err != ""
    assert filled("list", "--quiet", "--verbose").status == 2

    index = Assistant.index

    def index_and_log(*arguments: Any, **options: Any) -> IndexReport:
        logging.getLogger("retriever.reading.worker").info("last words\x1b[31m of %s", "a process")
        return index(*arguments, **options)

    monkeypatch.setattr(Assistant, "index", index_and_log)
    assert filled("index", varn) == usual
    assert filled("index", varn, "--verbose").err == f"ibid: last words [31m of a process\n{usual.err}"


def test_the_last_words_of_the_process_that_reads_are_shown_on_request(
    run: Run, varn: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("retriever.reading.worker._START", "raise SystemExit('the process had no luck')")
    assert "no luck" not in run("index", varn).err
    assert "no luck" in run("index", varn, "--verbose").err


def piped(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content), encoding="ascii"))


def test_a_question_comes_from_standard_input(filled: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    piped(monkeypatch, "\ufeffWho is the captain of the ferry?\n".encode())
    assert "Tom Reed" in filled("ask", "-").out
    piped(monkeypatch, b"\xff\xfe")
    assert filled("ask", "-").status == 1


def test_a_document_comes_from_standard_input(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reports = []
    for content in (FERRY, FERRY, f"{FERRY}It is never late.\n", ""):
        piped(monkeypatch, content.encode())
        printed = run("index", "-", "--name", "ferry.txt", "--json")
        reports.append({name for name, files in json.loads(printed.out).items() if files})
    assert reports == [{"added"}, {"unchanged"}, {"replaced"}, {"skipped"}]
    assert printed.status == 1
    assert "It is never late." in run("show", "ferry.txt").out, "what cannot be read replaces nothing"
    assert (tmp_path / "library" / "added" / "ferry.txt").read_text().endswith("late.\n")
    assert not list((tmp_path / "library" / "arrivals").glob("*"))


@pytest.mark.parametrize(
    "arguments", [["-"], ["-", "--name", "../x.txt"], ["x", "--name", "x.txt"], ["-", "--name", "x.txt", "--watch"]]
)
def test_standard_input_needs_a_name_and_cannot_be_watched(run: Run, arguments: list[str]) -> None:
    assert run("index", *arguments).status == 2


def test_commands_that_change_or_check_print_json(filled: Run, varn: Path, tmp_path: Path) -> None:
    def fields(*arguments: object, status: int = 0) -> dict[str, Any]:
        printed = filled(*arguments, "--json")
        assert printed.status == status
        read: dict[str, Any] = json.loads(printed.out)
        return read

    (varn / "empty.txt").write_text("")
    indexed = fields("index", varn)
    check(indexed, "IndexSchema")
    assert indexed["unchanged"] == ["ferry.txt", "harbour.txt", "lighthouse.txt"]
    assert [one["path"] for one in indexed["skipped"]] == [str(varn / "empty.txt")]
    copied = fields("copy", "--to", tmp_path / "copy")
    check(copied, "CopiedSchema")
    assert (copied["documents"], copied["to"]) == (3, str(tmp_path / "copy"))
    check(fields("verify"), "VerifiedSchema")
    assert fields("remove", "harbour.txt") == {"removed": "harbour.txt"}
    assert filled("forget", "ferry.txt", "--json").status == 2, "nobody can be asked"
    forgotten = fields("forget", "ferry.txt", "--yes")
    check(forgotten, "ForgottenSchema")
    assert (forgotten["forgotten"], forgotten["left"]) == (["ferry.txt"], [])
    connection = sqlite3.connect(tmp_path / "library" / "library.db")
    with connection:
        connection.execute("UPDATE passages SET vector = NULL")
    connection.close()
    broken = fields("verify", status=1)
    check(broken, "VerifiedSchema")
    assert broken["findings"]
    assert not broken["intact"]


def test_json_has_no_character_that_a_terminal_obeys(run: Run, tmp_path: Path) -> None:
    (tmp_path / "\x9b31m \u202egpj.txt").write_text(FERRY)
    printed = run("index", tmp_path / "\x9b31m \u202egpj.txt", "--json")
    assert not {"\x9b", "\u202e"} & set(printed.out)
    assert json.loads(printed.out)["added"] == ["\x9b31m \u202egpj.txt"]


@pytest.mark.parametrize(("command", "advised"), [("show", "ibid list"), ("remove", "ibid list")])
def test_advice_repeats_the_library(filled: Run, tmp_path: Path, command: str, advised: str) -> None:
    library = tmp_path / "a copy"
    assert filled("copy", "--to", library).status == 0
    assert f"{advised} --library '{library}'" in filled(command, "mill.txt", "--library", library).err
    assert "--library" not in filled(command, "mill.txt").err


def test_a_command_that_is_cut_off_leaves_no_empty_library(
    run: Run, varn: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: Any, **__: Any) -> IndexReport:
        raise KeyboardInterrupt

    monkeypatch.setattr(Assistant, "index", stop)
    assert run("index", varn).status == 1
    assert not (tmp_path / "library").exists()


def test_an_empty_folder_is_watched(run: Run, varn: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()

    def arrive(*_: Any) -> Iterator[None]:
        (folder / "ferry.txt").write_text(FERRY)
        yield None

    monkeypatch.setattr(Assistant, "changes", arrive)
    assert run("index", folder).status == 1
    printed = run("index", folder, "--watch")
    assert printed.status == 0
    assert "1 added" in printed.out


def test_a_log_level_says_how_much_is_printed(filled: Run, varn: Path) -> None:
    (varn / "lighthouse.txt").unlink()
    assert filled("index", varn, "--log-level", "warning").err.startswith("ibid: lighthouse.txt: ")
    assert filled("index", varn, "--log-level", "error").err == ""
    assert filled("index", varn, "--log-level", "loud").status == 2
    assert filled("index", varn, "--log-level", "error", "--verbose").status == 2


def test_a_file_beside_the_library_sets_defaults(filled: Run, tmp_path: Path) -> None:
    (tmp_path / "ibid.toml").write_text("[ask]\ntop = 1\njson = true\n")
    assert len(json.loads(filled("ask", TICKET).out)["quotes"]) == 1
    assert len(json.loads(filled("ask", TICKET, "--top", "2").out)["quotes"]) == 2
    (tmp_path / "ibid.toml").write_text("[ask]\ntop = 0\n")
    printed = filled("ask", TICKET)
    assert (printed.status, printed.err.count("\n")) == (1, 1)


def test_one_bad_line_of_a_batch_is_named_and_the_rest_is_answered(filled: Run, tmp_path: Path) -> None:
    good = json.dumps({"id": "good", "question": "Who is the captain of the ferry?"})
    bad = ["{", "[]", '"x"', '{"id": "1"}', '{"question": 7}', '{"question": ""}', '{"question": "x", "history": "y"}']
    (tmp_path / "batch").write_text("\n".join([good, "", *bad, good]))
    printed = filled("ask", "--batch", tmp_path / "batch", "--json")
    assert printed.status == 1
    assert [json.loads(line)["id"] for line in printed.out.splitlines()] == ["good", "good"]
    assert [f"line {number}:" in line for number, line in enumerate(printed.err.splitlines(), start=3)] == [True] * 7


def test_a_batch_of_plain_lines_gets_one_sentence_with_an_example(filled: Run, tmp_path: Path) -> None:
    (tmp_path / "batch").write_text(f"{TICKET}\n\n{TICKET}\n7\n")
    printed = filled("ask", "--batch", tmp_path / "batch")
    assert (printed.status, printed.out, printed.err.count("\n")) == (1, "", 1)
    (tmp_path / "batch").write_text(printed.err[printed.err.index("{") :])
    assert filled("ask", "--batch", tmp_path / "batch").status == 0


def test_list_names_the_authors_that_are_known(filled: Run) -> None:
    filled("edit", "ferry.txt", "--author", "Ada Brook; Tom Reed")
    assert filled("list").out.count("by Ada Brook; Tom Reed, ") == 1


@pytest.mark.parametrize("command", ["index", "ask", "cite"])
def test_only_what_continues_says_so(command: str, monkeypatch: pytest.MonkeyPatch, filled: Run) -> None:
    def interrupted(_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setitem(_COMMANDS, command, interrupted)
    printed = filled(command, "x")
    assert (printed.status, "again to continue" in printed.err) == (1, command == "index")


@pytest.mark.parametrize("content", [None, b"\xff\xfe\xff"])
def test_a_batch_that_cannot_be_read_is_an_error(filled: Run, tmp_path: Path, content: bytes | None) -> None:
    if content:
        (tmp_path / "batch").write_bytes(content)
    printed = filled("ask", "--batch", tmp_path / "batch")
    assert (printed.status, printed.out) == (1, "")
    assert printed.err.startswith(f"ibid: {tmp_path / 'batch'} ")


def test_list_names_every_document(filled: Run) -> None:
    printed = filled("list")
    assert printed.out.split("\n")[:3] == [
        "ferry.txt",
        "    The ferry to Varn",
        "    The Varn Herald, 2018-06-02; 1 passage",
    ]
    assert "origin unknown" in printed.out


def test_show_prints_the_text(filled: Run) -> None:
    assert filled("show", "ferry.txt") == (0, FERRY, "")


def test_remove_removes_all_or_none(filled: Run) -> None:
    assert filled("remove", "ferry.txt", "mill.txt").status == 1
    assert filled("remove", "ferry.txt", "harbour.txt") == (0, "removed ferry.txt\nremoved harbour.txt\n", "")
    assert [json.loads(line)["id"] for line in filled("list", "--json").out.splitlines()] == ["lighthouse.txt"]


@pytest.mark.parametrize("command", ["show", "remove"])
def test_an_unknown_document_is_an_error_with_its_cure(filled: Run, command: str) -> None:
    printed = filled(command, "mill.txt")
    assert (printed.status, printed.out) == (1, "")
    assert "'mill.txt'" in printed.err
    assert "ibid list" in printed.err


def test_verify_says_that_all_is_whole(filled: Run) -> None:
    assert filled("verify") == (0, "3 documents and 3 passages are intact.\n", "")


def test_verify_names_what_is_broken_until_it_is_repaired(filled: Run, tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "library" / "library.db")
    with connection:
        connection.execute("UPDATE passages SET vector = NULL")
    connection.close()
    printed = filled("verify")
    assert printed.status == 1
    assert "ferry.txt: the vector of passage ferry.txt:0-" in printed.out
    assert filled("verify", "--repair").status == 0
    assert filled("verify").out == "3 documents and 3 passages are intact.\n"


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["fly"],
        ["ask"],
        ["ask", "x", "--top", "0"],
        ["ask", "x", "--top", "two"],
        ["ask", "x", "--batch", "y"],
        ["index"],
    ],
)
def test_wrong_usage_is_two(run: Run, arguments: list[str]) -> None:
    printed = run(*arguments)
    assert (printed.status, printed.out) == (2, "")
    assert printed.err.startswith("usage: ibid")


@pytest.mark.parametrize("arguments", [["--help"], ["ask", "--help"], ["--version"]])
def test_help_and_version_are_done(run: Run, arguments: list[str]) -> None:
    printed = run(*arguments)
    assert (printed.status, printed.err) == (0, "")
    assert "ibid" in printed.out


def test_a_named_library_that_is_not_there_is_an_error(run: Run, tmp_path: Path) -> None:
    printed = run("ask", "Who?", "--library", tmp_path / "nowhere")
    assert (printed.status, printed.out) == (1, "")
    assert "ibid index" in printed.err
    assert not (tmp_path / "nowhere").exists()


def test_the_default_library_is_made_of_the_shipped_corpus(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("retriever.ingest.shipped.shipped_corpus", lambda: write_world(tmp_path / "shipped"))
    assert len(run("list", "--json").out.splitlines()) == 3
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("library")] == ["library"]


def test_what_should_not_happen_is_one_sentence(filled: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("retriever.assistant.Assistant.documents", fail)
    printed = filled("list")
    assert (printed.status, printed.out) == (1, "")
    assert printed.err == "ibid: Ibid failed (ZeroDivisionError). Set IBID_DEBUG=1 to see where.\n"


def ibid(*arguments: object, **variables: str) -> subprocess.CompletedProcess[str]:
    """Runs the command in a process of its own, with the real model."""
    return subprocess.run(
        [sys.executable, "-m", "retriever", *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=ROOT,
        env={**os.environ, "PYTHONWARNINGS": "ignore", **variables},
    )


@pytest.mark.model
def test_the_command_answers_with_the_real_model(real_library: Path) -> None:
    asked = ibid("ask", "How many Cubans were apprehended at the border in March?", "--json", "--library", real_library)
    assert (asked.returncode, asked.stderr) == (0, "")
    answer = json.loads(asked.stdout)
    assert answer["answered"]
    assert "32," in " ".join(quote["text"] for quote in answer["quotes"])


def test_a_reader_that_leaves_early_is_no_error(leaving_reader: subprocess.Popen[bytes]) -> None:
    assert leaving_reader.stdout is not None
    leaving_reader.stdout.close()
    assert leaving_reader.wait() == 0
    assert leaving_reader.stderr is not None
    assert leaving_reader.stderr.read() == b""
    leaving_reader.stderr.close()


@pytest.fixture
def leaving_reader(filled: Run, tmp_path: Path) -> subprocess.Popen[bytes]:
    """A process that waits for its reader to leave, then prints a document."""
    code = """if True:
        import select, sys
        import retriever.assistant
        from tests.world import WordEncoder
        retriever.assistant._default_encoder = lambda _: WordEncoder()
        from retriever.__main__ import main
        poll = select.poll()
        poll.register(sys.stdout, 0)
        poll.poll()  # returns when the other end is closed
        sys.exit(main(["show", "ferry.txt"]))
    """
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT)


def test_index_leaves_out_what_is_excluded(run: Run, varn: Path) -> None:
    printed = run("index", varn, "--exclude", "light*", "--exclude", "harbour.txt")
    assert printed == (0, "1 added, 0 replaced, 0 unchanged, 0 skipped\n", "")


def test_index_names_what_has_moved(filled: Run, varn: Path) -> None:
    (varn / "lighthouse.txt").rename(varn / "tower.txt")
    assert filled("index", varn) == (
        0,
        "moved lighthouse.txt to tower.txt\n0 added, 0 replaced, 2 unchanged, 0 skipped, 1 moved\n",
        "",
    )


def test_index_warns_of_what_is_gone_and_removes_it_when_asked_to(filled: Run, varn: Path) -> None:
    (varn / "ferry.txt").unlink()
    printed = filled("index", varn)
    assert printed.out == "0 added, 0 replaced, 2 unchanged, 0 skipped\n"
    assert printed.err.startswith("ibid: ferry.txt: its file is gone")
    assert filled("index", varn, "--prune") == (
        0,
        "removed ferry.txt: its file is gone, or is now excluded\n"
        "0 added, 0 replaced, 2 unchanged, 0 skipped, 1 removed\n",
        "",
    )
    assert filled("verify").out == "2 documents and 2 passages are intact.\n"


def test_list_names_what_could_not_be_read_and_what_is_a_copy(run: Run, varn: Path) -> None:
    (varn / "bad.txt").write_bytes(bytes(100))
    (varn / "copy.txt").write_text(FERRY)
    run("index", varn)
    printed = run("list")
    assert "copy.txt\n    The ferry to Varn\n    origin unknown; 1 passage\n    much the same text as ferry.txt\n" in (
        printed.out
    )
    assert printed.out.count("much the same text as") == 2
    *_, name, reason = printed.out.splitlines()
    assert name == f"not read: {varn / 'bad.txt'}"
    assert "binary" in reason
    assert len(run("list", "--json").out.splitlines()) == 4
    assert json.loads(run("show", "copy.txt", "--json").out)["copies"] == [{"id": "ferry.txt", "share": 1.0}]


def test_index_watches_and_prints_only_what_has_changed(run: Run, varn: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def changes(_: object, paths: list[Path]) -> Iterator[None]:
        assert paths == [varn]
        yield  # a file was touched, no more
        (varn / "ferry.txt").write_text(f"{FERRY}It is never late.\n")
        yield
        (varn / "lighthouse.txt").unlink()
        yield
        raise KeyboardInterrupt

    monkeypatch.setattr("retriever.assistant.Assistant.changes", changes)
    printed = run("index", varn, "--watch", "--prune")
    assert printed.status == 0
    assert printed.out == (
        "3 added, 0 replaced, 0 unchanged, 0 skipped\n"
        "0 added, 1 replaced, 2 unchanged, 0 skipped\n"
        "removed lighthouse.txt: its file is gone, or is now excluded\n"
        "0 added, 0 replaced, 2 unchanged, 0 skipped, 1 removed\n"
    )
    assert printed.err == "ibid: Watching for changes. Press Ctrl-C to stop.\n"


def test_where_nothing_can_be_indexed_nothing_is_watched(run: Run, tmp_path: Path) -> None:
    printed = run("index", tmp_path / "nowhere", "--watch")
    assert printed.status == 1
    assert "Watching" not in printed.err


def test_index_lets_another_encoder_read_everything(filled: Run, varn: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Other(WordEncoder):
        name = "other"
        digest = "6" * 64

    monkeypatch.setattr("retriever.interfaces.index_command.SentenceEncoder.named", lambda name: Other())
    assert filled("index", "--encoder", "shipped") == (0, "3 passages now have vectors from shipped\n", "")
    printed = filled("ask", "Who is the captain of the ferry?")
    assert printed.status == 1
    assert "was made by the encoder other" in printed.err
    monkeypatch.setattr("retriever.assistant._default_encoder", lambda _: Other())
    assert "Tom Reed" in filled("ask", "Who is the captain of the ferry?").out
    assert filled("verify").status == 0


def test_an_encoder_that_is_not_there_is_an_error_and_nothing_changes(filled: Run, varn: Path, tmp_path: Path) -> None:
    printed = filled("index", varn, "--encoder", tmp_path / "nowhere")
    assert (printed.status, printed.out) == (1, "")
    assert str(tmp_path / "nowhere") in printed.err
    assert filled("verify").status == 0


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_a_shell_is_told_how_to_complete(run: Run, shell: str) -> None:
    printed = run("completion", shell)
    assert (printed.status, printed.err) == (0, "")
    assert all(option in printed.out for option in ("verify", "repair", "library"))


def test_bash_completes_commands_and_options(run: Run, tmp_path: Path) -> None:
    (tmp_path / "ibid").write_text(run("completion", "bash").out)
    script = """. "$1"
        COMP_WORDS=(ibid "${@:2}"); COMP_CWORD=$(($# - 1))
        $(complete -p ibid | sed 's/.*-F //; s/ .*//')
        printf '%s\\n' "${COMPREPLY[@]}" """

    def completed(*typed: str) -> list[str]:
        command = ["bash", "-c", script, "bash", str(tmp_path / "ibid"), *typed]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()

    assert completed("veri") == ["verify"]  # not `versions`
    assert completed("ask", "--b") == ["--batch"]


def test_an_id_that_begins_with_a_dash_works_in_every_command(run: Run, varn: Path) -> None:
    (varn / "-pier.txt").write_text("The pier of Varn is kept by Olga Lund.")
    assert run("index", varn).status == 0
    assert "Olga Lund" in run("show", "-pier.txt").out
    assert json.loads(run("show", "-pier.txt", "--json").out)["id"] == "-pier.txt"
    asked = run("ask", "Who keeps the pier?", "--document", "-pier.txt", "--json")
    assert json.loads(asked.out)["quotes"][0]["document_id"] == "-pier.txt"
    assert run("remove", "ferry.txt", "-pier.txt").out == "removed ferry.txt\nremoved -pier.txt\n"
    assert run("show", "--jsn", "harbour.txt").status == 2


@pytest.mark.parametrize(("form", "typed"), [("NFD", "NFC"), ("NFC", "NFD")])
def test_an_id_may_be_typed_in_either_unicode_form(run: Run, varn: Path, form: str, typed: str) -> None:
    name = "jetée.txt"
    (varn / normalize(form, name)).write_text("The jetty of Varn is kept by Olga Lund.")
    assert run("index", varn).status == 0
    assert "Olga Lund" in run("show", normalize(typed, name)).out
    asked = run("ask", "Who keeps the jetty?", "--document", normalize(typed, name), "--json")
    assert json.loads(asked.out)["quotes"][0]["document_id"] == normalize(form, name)
    assert run("remove", normalize(typed, name)).out == f"removed {normalize(form, name)}\n"


def test_files_that_could_not_be_read_are_tried_again_without_being_named(run: Run, varn: Path) -> None:
    (varn / "bad.txt").write_text("")
    run("index", varn)
    assert "bad.txt" in run("index", "--retry").err
    (varn / "bad.txt").write_text("The lamp broke.")
    assert run("index", "--retry").out.startswith("1 added")
    assert run("index", "--retry").out == ""


NAMES = (
    "-rf.txt", "--help.txt", " lead.txt", "a b.txt", "q'uote.txt", 'dq".txt', "tab\t.txt", "new\nline.txt", "%2e.txt",
    "#h.txt",
    "[x].txt", "*.txt", "back\\slash.txt", f"{'x' * 200}.txt", normalize("NFD", "é.txt"), os.fsdecode(b"caf\xe9.txt"),
)  # fmt: skip


def test_a_document_is_shown_edited_and_removed_by_the_id_that_is_printed(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "gates"
    folder.mkdir()
    for number, name in enumerate(NAMES):
        (folder / name).write_text(f"The keeper of gate {number} is Ada Brook.\n")
    run("index", folder)
    identifiers = [json.loads(line)["id"] for line in run("list", "--json").out.splitlines()]
    assert len(identifiers) == len(NAMES)
    for identifier in identifiers:
        assert run("show", identifier).status == 0
        assert run("edit", identifier, "--title", "A gate").status == 0
        assert run("remove", identifier).status == 0
    assert run("list", "--json").out == ""


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (MemoryError(), "too little free memory"),
        (OSError(errno.EMFILE, "Too many open files"), "Too many files are open"),
        (OSError(errno.ENOSPC, "No space left on device"), "The disk is full"),
    ],
)
def test_a_limit_of_the_machine_is_said_in_a_sentence(
    error: Exception, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("retriever.assistant.Assistant.open", fail)
    assert main(["list"]) == 1
    assert said in capsys.readouterr().err
    assert said in error_sentence(error)


@pytest.mark.parametrize("port", ["0", "65536", "99999", "-1", "x"])
def test_a_port_that_does_not_exist_is_wrong_usage(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["serve", "--port", port])
    assert ended.value.code == 2
    assert f"{port!r} is not a port, which is a whole number from 1 to 65535" in capsys.readouterr().err
