"""Hands notices to the owner's command, one at a time, as a line of JSON on its standard input.

In: notices, and the command of the configuration file. Out: how many it took. One decision: no shell reads the command,
and no word of a document or a question is an argument of it.
"""

import json
import logging
import os
import subprocess
from collections.abc import Sequence
from dataclasses import asdict

from ..store.file_lock import file_lock
from .database import CaseDatabase
from .records import Notice
from .standing import StandingRuns

NOTICE_VARIABLE = "IBID_NOTICE"
"""Where the command finds the name of its notice."""
SECONDS = 60
"""How long the command may take for one notice."""

_LOCK = ".lock"

_log = logging.getLogger("retriever")


def notice_fields(notice: Notice) -> dict[str, object]:
    """A notice for programs. `id` names it for good: who gets it twice can leave out the second."""
    change = notice.change
    fields = {name: value for name, value in asdict(change).items() if name not in ("kind", "against")}
    return {
        "id": notice.number,
        "kind": change.kind.value,
        "made": notice.made.isoformat(timespec="seconds"),
        "standing": notice.standing,
        "question": notice.question,
        "user": notice.owner,
        **fields,
        "against": [asdict(one) for one in change.against],
        "read": notice.read,
    }


def deliver(database: CaseDatabase, command: Sequence[str], seconds: float = SECONDS) -> int:
    """Hand the notices that the command has not taken to it, the oldest first, until it refuses one.

    A notice is marked as taken once the command has ended with status 0. If Ibid is stopped in between, the command
    gets the same notice again: nobody else can know whether it was done. `$IBID_NOTICE` is then the same, and that of
    no other notice of any library, so that the command can leave out the second.

    Only one program does that at a time. Where another one does, it takes these notices too, and nothing is done here.
    It is not waited for: the command may itself be what runs this program.

    Args:
        database: holds the notices.
        command: a program and its arguments; empty: nothing is done.
        seconds: how long it may take for each.

    Returns:
        How many it took.
    """
    if not command or not database.exists:
        return 0
    runs, taken = StandingRuns(database), 0
    lock = database.file.with_name(f"{database.file.name}{_LOCK}")
    while runs.unsent():  # asked again once the lock is free: who has found it taken has left its notices to us
        with database.translate_errors(), file_lock(lock, wait=False) as is_alone:
            count, is_done = _deliver(database, command, seconds) if is_alone else (0, False)
        taken += count
        if not is_done:
            break
    return taken


def _deliver(database: CaseDatabase, command: Sequence[str], seconds: float) -> tuple[int, bool]:
    """Hand over what is not taken now. Returns how many it took, and whether it refused none."""
    runs, taken, library = StandingRuns(database), 0, database.identity
    for notice in runs.unsent():
        try:
            done = subprocess.run(  # noqa: S603 (the owner's own command, without a shell)
                list(command),
                input=json.dumps(notice_fields(notice)).encode() + b"\n",
                timeout=seconds,
                env={**os.environ, NOTICE_VARIABLE: f"{library}-{notice.number}"},
                check=False,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            )
        except subprocess.TimeoutExpired:
            _log.warning(
                "%s did not end within %g seconds; it gets notice %d again.", command[0], seconds, notice.number
            )
            return taken, False
        except OSError as error:
            said = "%s cannot be started (%s); correct `hook` in the file that $IBID_CONFIG names."
            _log.warning(said, command[0], error.strerror)
            return taken, False
        if done.returncode:
            words = done.stderr.decode(errors="replace").strip()[-200:] or "it said nothing"
            said = "%s ended with status %d (%s); it gets notice %d again."
            _log.warning(said, command[0], done.returncode, words, notice.number)
            return taken, False
        runs.mark_sent(notice.number)
        taken += 1
    return taken, True
