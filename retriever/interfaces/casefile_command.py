"""The commands `pin` and `dossier`: quotes into a case file, and a case file into a document.

In: what the user typed. Out: an exit status; it prints. One decision: without `--file`, the case file that was used
last is meant.
"""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from ..assistant import Assistant
from ..casefile.dossiers import Dossiers
from ..casefile.records import OpenPoint, Pin, PointKind
from ..citing.names import CitationStyle
from ..errors import CaseFileError
from .casefile_schemas import case_file_fields, dossier_fields, pin_fields
from .dossier.contents import Dossier, dossier_of, find_words, quote_at
from .dossier.files import SUFFIXES, written
from .output import print_json, say
from .output_files import spare_library, write_file
from .standing_command import number_of


def pin(chosen: argparse.Namespace, assistant: Assistant, document_id: str) -> int:
    """Pin words of a document."""
    if (chosen.quote is None) == (chosen.words is None):
        raise CaseFileError("Name the quote by its place, --quote START:END, or by its words, --words TEXT.")
    span = chosen.quote or find_words(assistant, document_id, chosen.words)
    quote = quote_at(assistant, document_id, span)
    dossiers = Dossiers(assistant.kept, chosen.user)
    file, number, is_new = dossiers.pin(quote, name=chosen.file, note=chosen.note, tags=chosen.tag)
    if chosen.json:
        print_json({"case_file": case_file_fields(file), "number": number, "new": is_new})
    else:
        say(f"{'pinned' if is_new else 'there already'}: pin {number} in “{file.name}”", f"    {quote.words}")
    return 0


def dossier(chosen: argparse.Namespace, assistant: Assistant) -> int:
    """Show, change or export a case file."""
    act, count = _ACTIONS[chosen.action]
    if not count[0] <= len(chosen.arguments) <= count[1]:
        raise CaseFileError(f"`ibid dossier {chosen.action}` needs {_NEEDS[chosen.action]}.")
    act(chosen, assistant, Dossiers(assistant.kept, chosen.user))
    return 0


def _list(chosen: argparse.Namespace, _: Assistant, dossiers: Dossiers) -> None:
    files = dossiers.list()
    for file in files:
        if chosen.json:
            print_json(case_file_fields(file))
            continue
        owner = f", of {file.owner or 'this machine’s user'}" if file.owner != chosen.user else ""
        shared = ", shared" if file.shared else ""
        missing = f", {file.points} open point{'s' * (file.points != 1)}" if file.points else ""
        say(f"{file.name}: {file.pins} quote{'s' * (file.pins != 1)}{missing}{shared}{owner}")
    if not files and not chosen.json:
        say("There is no case file yet; `ibid pin` makes one.")


def _show(chosen: argparse.Namespace, assistant: Assistant, dossiers: Dossiers) -> None:
    found = _dossier(chosen, assistant, dossiers)
    if chosen.json:
        print_json(dossier_fields(found))
        return
    say(f"{found.file.name}")
    for item in found.pins:
        where = (item.origin, f"pin {item.pin.number}; {item.pinned_at}") if item.quote else (f"pin {item.pin.number}",)
        say(f"{item.place}. {item.words}", *(f"    {line}" for line in where))
        if item.since:
            say(f"    ! {item.since}")
        for line in filter(str.strip, item.pin.note.splitlines()):
            say(f"    Own note: {line}")
        if item.pin.tags:
            say(f"    Tags: {', '.join(item.pin.tags)}")
    for point in found.points:
        kind = "Not answered" if point.kind is PointKind.REFUSED else "Open point"
        say(f"{kind} {point.number}{' (done)' if point.done else ''}: {point.words}")


def _export(chosen: argparse.Namespace, assistant: Assistant, dossiers: Dossiers) -> None:
    file = Path(chosen.arguments[0])
    kind = file.suffix.removeprefix(".").lower()
    if kind not in SUFFIXES:
        raise CaseFileError(f"{file} must end in {', '.join(f'.{one}' for one in SUFFIXES)}.")
    spare_library(assistant, file)
    found = _dossier(chosen, assistant, dossiers, chosen.style)
    write_file(file, written(found, kind, assistant))
    say(f"wrote {len(found.pins)} quote{'s' * (len(found.pins) != 1)} of “{found.file.name}” to {file}")
    for remark in found.remarks:
        say(remark)


def _note(chosen: argparse.Namespace, assistant: Assistant, dossiers: Dossiers) -> None:
    dossiers.annotate(_pin_in(chosen, dossiers), note=" ".join(chosen.arguments[1:]))
    _done(chosen, assistant, dossiers)


def _tag(chosen: argparse.Namespace, assistant: Assistant, dossiers: Dossiers) -> None:
    dossiers.annotate(_pin_in(chosen, dossiers), tags=chosen.arguments[1:])
    _done(chosen, assistant, dossiers)


def _move(chosen: argparse.Namespace, assistant: Assistant, dossiers: Dossiers) -> None:
    chosen.arguments[1] = str(dossiers.move(_pin_in(chosen, dossiers), _number(chosen, 1)))
    _done(chosen, assistant, dossiers)


def _unpin(chosen: argparse.Namespace, assistant: Assistant, dossiers: Dossiers) -> None:
    dossiers.unpin(_pin_in(chosen, dossiers))
    _done(chosen, assistant, dossiers)


def _missing(chosen: argparse.Namespace, assistant: Assistant, dossiers: Dossiers) -> None:
    _, number = dossiers.miss(" ".join(chosen.arguments), name=chosen.file)
    _done(chosen, assistant, dossiers, number)


def _settle(chosen: argparse.Namespace, assistant: Assistant, dossiers: Dossiers) -> None:
    dossiers.settle(_point_in(chosen, dossiers))
    _done(chosen, assistant, dossiers)


def _drop(chosen: argparse.Namespace, assistant: Assistant, dossiers: Dossiers) -> None:
    dossiers.drop_point(_point_in(chosen, dossiers))
    _done(chosen, assistant, dossiers)


def _share(chosen: argparse.Namespace, _: Assistant, dossiers: Dossiers) -> None:
    dossiers.share(dossiers.named(chosen.file).id, shared=chosen.action == "share")
    _say_file(chosen, dossiers, dossiers.named(chosen.file).id)


def _rename(chosen: argparse.Namespace, _: Assistant, dossiers: Dossiers) -> None:
    file = dossiers.named(chosen.file)
    dossiers.rename(file.id, " ".join(chosen.arguments))
    _say_file(chosen, dossiers, file.id)


def _delete(chosen: argparse.Namespace, _: Assistant, dossiers: Dossiers) -> None:
    if not chosen.file:
        raise CaseFileError("Name the case file that is deleted with --file.")
    file = dossiers.named(chosen.file)
    dossiers.delete(file.id)
    print_json({"deleted": file.name}) if chosen.json else say(f"deleted “{file.name}”")


def _dossier(
    chosen: argparse.Namespace, assistant: Assistant, dossiers: Dossiers, style: CitationStyle | None = None
) -> Dossier:
    file = dossiers.named(chosen.file)
    return dossier_of(assistant, file, dossiers.pins(file.id), dossiers.points(file.id), style)


def _done(chosen: argparse.Namespace, assistant: Assistant, dossiers: Dossiers, number: int = 0) -> None:
    number = number or _number(chosen)
    if not chosen.json:
        say(_DONE[chosen.action].format(number=number, place=chosen.arguments[-1]))
        return
    if chosen.action in ("note", "tag", "move"):
        for file in dossiers.list():
            shown = dossier_of(assistant, file, dossiers.pins(file.id), ())
            for item in shown.pins:
                if item.pin.number == number:
                    print_json(pin_fields(item))
        return
    print_json({"number": number})


def _say_file(chosen: argparse.Namespace, dossiers: Dossiers, file_id: str) -> None:
    file = dossiers.get(file_id)
    if chosen.json:
        print_json(case_file_fields(file))
    else:
        say(_DONE[chosen.action].format(name=file.name))


def _number(chosen: argparse.Namespace, place: int = 0) -> int:
    return number_of(chosen.arguments[place], "dossier show")


def _pin_in(chosen: argparse.Namespace, dossiers: Dossiers) -> int:
    """The number of the pin that is meant; with `--file`, it must be in that case file."""
    return _in_file(chosen, dossiers, "pin", dossiers.pins)


def _point_in(chosen: argparse.Namespace, dossiers: Dossiers) -> int:
    """The number of the open point that is meant; with `--file`, it must be in that case file."""
    return _in_file(chosen, dossiers, "open point", dossiers.points)


def _in_file(
    chosen: argparse.Namespace, dossiers: Dossiers, kind: str, those: Callable[[str], Sequence[Pin | OpenPoint]]
) -> int:
    number = _number(chosen)
    if not chosen.file:
        return number
    file = dossiers.named(chosen.file)
    there = sorted(one.number for one in those(file.id))
    if number not in there:
        numbers = f"its {kind}s are: {', '.join(map(str, there))}" if there else "it has none"
        raise CaseFileError(f"“{file.name}” has no {kind} {number}; {numbers}.")
    return number


_MANY = 1_000
_Action = tuple[Callable[[argparse.Namespace, Assistant, Dossiers], None], tuple[int, int]]
_ACTIONS: dict[str, _Action] = {
    "list": (_list, (0, 0)),
    "show": (_show, (0, 0)),
    "export": (_export, (1, 1)),
    "note": (_note, (1, _MANY)),
    "tag": (_tag, (1, _MANY)),
    "move": (_move, (2, 2)),
    "unpin": (_unpin, (1, 1)),
    "missing": (_missing, (1, _MANY)),
    "done": (_settle, (1, 1)),
    "drop": (_drop, (1, 1)),
    "share": (_share, (0, 0)),
    "unshare": (_share, (0, 0)),
    "rename": (_rename, (1, _MANY)),
    "delete": (_delete, (0, 0)),
}
"""What can be done with a case file, and how many arguments it takes: from, to."""
_DONE = {
    "note": "changed the note of pin {number}",
    "tag": "changed the tags of pin {number}",
    "move": "moved pin {number} to place {place}",
    "unpin": "took out pin {number}",
    "missing": "noted open point {number}",
    "done": "marked open point {number} as done",
    "drop": "took out open point {number}",
    "share": "every account may now read “{name}”",
    "unshare": "only you may now read “{name}”",
    "rename": "it is now “{name}”",
}
"""What is said of an action that was done."""
_NEEDS = {
    "list": "no argument",
    "show": "no argument; name the case file with --file",
    "export": "one file: dossier.docx, .pdf, .html, .md or .json",
    "note": "the number of a pin, and the note",
    "tag": "the number of a pin, and its tags",
    "move": "the number of a pin, and its new place",
    "unpin": "the number of a pin",
    "missing": "the point that is open",
    "done": "the number of an open point",
    "drop": "the number of an open point",
    "share": "no argument; name the case file with --file",
    "unshare": "no argument; name the case file with --file",
    "rename": "the new name",
    "delete": "no argument; name the case file with --file",
}
