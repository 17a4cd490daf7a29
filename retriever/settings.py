"""The settings: the numbers that a user may want to change, each with the reason for its default."""

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs

VERSION = "0.1.0"
"""Ibid's own; the build reads it from here."""

CONFIG_VARIABLE = "IBID_CONFIG"
LIBRARY_VARIABLE = "IBID_LIBRARY"
ENCODER_VARIABLE = "IBID_ENCODER"
HISTORY_VARIABLE = "IBID_HISTORY"
ENCODERS_VARIABLE = "IBID_ENCODERS"
WRITER_VARIABLE = "IBID_WRITER"
WRITER_MODEL_VARIABLE = "IBID_WRITER_MODEL"
PORT_VARIABLE = "IBID_PORT"
TOKEN_VARIABLE = "IBID_MILVUS_TOKEN"  # noqa: S105 (a name)

PACKAGE = Path(__file__).resolve().parent
CHECKOUT = PACKAGE.parent


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of reading one file.

    Attributes:
        seconds: a file that takes longer hangs. A 600-page PDF takes some seconds.
        memory_bytes: address space of the process, of which Python and its libraries take about 1 GB at the start.
        characters: length of the extracted text; a 50 MB text is some 80 novels.
    """

    seconds: float = 120
    memory_bytes: int = 4_000_000_000
    characters: int = 50_000_000


@dataclass(frozen=True, slots=True)
class Settings:
    """The numbers that can be changed.

    Attributes:
        largest_file_bytes: larger files are skipped, with the reason; a 50 MB text is some 80 novels, and is
            nearly always a data dump.
        limits: the limits of the process that reads one file.
        longest_question_words: longer questions are refused, as the encoder reads at most 256 word pieces.
        arm_depth: passages that each arm (meaning, words) offers for fusion.
        dense_weight: share of meaning in the fused score, 0..1; words have the rest. Measured on SciFact:
            nDCG@10 0.737 at 0.6, against 0.645 for meaning and 0.679 for words alone.
        passages_read: passages whose sentences are weighed as evidence; on squad2 20 hold the answer for 0.985 of the
            questions, 12 for 0.974.
        hook: the owner's command that gets each notice of a standing question, and its arguments; empty: none.
        writer: address of a language model on this machine; empty: `$IBID_WRITER`, else none.
        writer_model: its name; empty: `$IBID_WRITER_MODEL`, else the first that its server lists.
        writer_seconds: the longest that it may take. A model on a laptop writes about five words a second.
        fetch_seconds: for one web page with its redirects; a slow site answers in some seconds.
        fetch_allow: networks that web pages may be fetched from though they are private or their port is unusual, as in
            `10.1.0.0/16` or `127.0.0.1:8080`; empty: none.
        fetch_for_users: whether a server fetches web pages for those who may add documents, with `ibid serve --fetch`.
    """

    largest_file_bytes: int = 50_000_000
    limits: Limits = field(default_factory=Limits)
    longest_question_words: int = 200
    arm_depth: int = 100
    dense_weight: float = 0.6
    passages_read: int = 20
    hook: tuple[str, ...] = ()
    writer: str = ""
    writer_model: str = ""
    writer_seconds: int = 120
    fetch_seconds: float = 60
    fetch_allow: tuple[str, ...] = ()
    fetch_for_users: bool = False


def default_library() -> Path:
    """Where the library lies when none is named: `$IBID_LIBRARY`, the checkout's `.ibid`, or the user's data folder."""
    named = os.environ.get(LIBRARY_VARIABLE)
    if named:
        return Path(named)
    if (CHECKOUT / "pyproject.toml").is_file():
        return CHECKOUT / ".ibid"
    return Path(platformdirs.user_data_dir("ibid", appauthor=False))


def default_history() -> Path:
    """The file that keeps the conversations: `$IBID_HISTORY`, or in a folder next to the default library's.

    Not in the library's own, so that the conversations are still there when that is removed and made again.
    """
    named = os.environ.get(HISTORY_VARIABLE)
    if named:
        return Path(named)
    if (CHECKOUT / "pyproject.toml").is_file():
        return CHECKOUT / ".ibid-conversations" / "conversations.db"
    return Path(platformdirs.user_data_dir("ibid-conversations", appauthor=False)) / "conversations.db"


def default_encoders() -> Path:
    """The folder of the compiled encoders: `$IBID_ENCODERS`, in the checkout, or in the user's cache folder.

    Not in a library: they are this machine's, they serve every library, and they can be made again.
    """
    named = os.environ.get(ENCODERS_VARIABLE)
    if named:
        return Path(named)
    if (CHECKOUT / "pyproject.toml").is_file():
        return CHECKOUT / ".ibid-encoders"
    return Path(platformdirs.user_cache_dir("ibid-encoders", appauthor=False))


def install_command(extra: str) -> str:
    """What to type in Ibid's clone to add an extra, as no package index has Ibid.

    It names the environment's own pip, as that need not be activated. Where the clone itself runs, it keeps doing so.
    """
    programs = Path(sys.prefix) / Path(sys.executable).parent.name
    pip = (programs / "pip").relative_to(CHECKOUT) if programs.is_relative_to(CHECKOUT) else "pip"
    editable = "-e " if (CHECKOUT / "pyproject.toml").is_file() else ""
    return f"{pip} install -c constraints.txt {editable}'.[{extra}]'"


def shipped_corpus() -> Path:
    """The folder of the documents that ship with Ibid: inside the installed package, or the checkout's `corpus/`."""
    packed = PACKAGE / "corpus"
    return packed if packed.is_dir() else CHECKOUT / "corpus"
