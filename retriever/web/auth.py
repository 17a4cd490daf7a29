"""Sign-in, for a page that other machines can reach.

In: names and passwords, or a browser's key. Out: yes, no, or not now. One decision: only scrypt digests of passwords
are stored, and each takes 50 ms to try. Keys are stored as digests too, and only until the program ends.
"""

import asyncio
import base64
import hashlib
import hmac
import os
import re
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import cookie_parser

from ..errors import IbidError
from ..interfaces.translation.catalogue import gettext_noop
from ..settings import default_history

KEY = "ibid-key"
"""The cookie of a browser that has signed in."""

READS_ONLY = gettext_noop("You may ask and read here, but not add, remove or correct documents.")
"""What a reader is told who would change the library."""
TOKEN_PREFIX = "ibid_"  # noqa: S105 (it begins one)
"""How a token begins, so that programs which look for secrets in files can find it."""
SHORTEST_PASSWORD = 10
"""Characters; at ten tries in ten minutes nobody guesses a password of that length, if it is not a common word."""
TRIES, WITHIN = 10, 600.0
"""Wrong passwords that one address may send, and as many for one name, within so many seconds; others are not tried."""
_REMEMBERED = 10_000  # addresses and names with wrong tries, and keys; the oldest go first
# 16 MB and some 50 ms a try on a core of 2024 (OWASP's password storage cheat sheet asks for as much).
_COST, _BLOCK, _PARALLEL = 2**14, 8, 1
_NAME = re.compile(r"[\w.@-]{1,64}")


class Passwords:
    """Names and digests of passwords, in a file that only its owner can read. A line is `name:salt:digest`."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def names(self) -> frozenset[str]:
        """The names that have a password."""
        return frozenset(self._read())

    def set(self, name: str, password: str) -> None:
        """Give a name its password.

        Raises:
            IbidError: the name or the password cannot be used, or the file cannot be written.
        """
        if not _NAME.fullmatch(name):
            raise IbidError(f"{name!r} cannot be a name: use up to 64 letters, digits, dots, hyphens and @.")
        if len(password) < SHORTEST_PASSWORD:
            raise IbidError(f"The password is too short: use {SHORTEST_PASSWORD} characters or more.")
        salt = secrets.token_bytes(16)
        lines = {**self._read(), name: (salt.hex(), _digest(password, salt).hex())}
        _write_lines(self._file, (f"{one}:{salt_text}:{digest}" for one, (salt_text, digest) in lines.items()))

    def matches(self, name: str, password: str) -> bool:
        """Whether the password is right. An unknown name takes as long, so that the time does not reveal names."""
        salt, digest = self._read().get(name, ("00" * 16, "00" * 64))
        return hmac.compare_digest(_digest(password, bytes.fromhex(salt)), bytes.fromhex(digest))

    def _read(self) -> dict[str, tuple[str, str]]:
        parts = [line.split(":") for line in read_lines(self._file) if line.count(":") == 2]
        return {name: (salt, digest) for name, salt, digest in parts}


class Tokens:
    """Digests of programs' tokens, in a file that only its owner can read. A line is `name:digest`.

    A token has 256 random bits, so its digest needs no salt, and no time to make.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    @classmethod
    def default(cls) -> "Tokens":
        """Those next to the passwords."""
        return cls(default_history().with_name("tokens"))

    def new(self, name: str) -> str:
        """A new token for a user; it is not stored itself.

        Raises:
            IbidError: the name cannot be used, or the file cannot be written.
        """
        if not _NAME.fullmatch(name):
            raise IbidError(f"{name!r} cannot be a name: use up to 64 letters, digits, dots, hyphens and @.")
        token = f"{TOKEN_PREFIX}{secrets.token_urlsafe(32)}"
        _write_lines(self._file, [*read_lines(self._file), f"{name}:{_sha256(token).hex()}"])
        return token

    def revoke(self, name: str) -> int:
        """Make all tokens of a user invalid, also in a page that runs. Returns how many there were.

        Raises:
            IbidError: the file cannot be read or written.
        """
        lines = read_lines(self._file)
        kept = [line for line in lines if line.partition(":")[0] != name]
        if len(kept) < len(lines):
            _write_lines(self._file, kept)
        return len(lines) - len(kept)

    def name_of(self, token: str) -> str | None:
        """The user whose token it is; None if it is nobody's. The file is read each time, as it may have changed."""
        digest = _sha256(token).hex()
        named = (line.partition(":") for line in read_lines(self._file))
        return next((name for name, _, known in named if hmac.compare_digest(known.encode(), digest.encode())), None)


class Authenticator:
    """Checks who has signed in, and what they may do. Passwords are tried one at a time, and not too often."""

    def __init__(
        self,
        passwords: Passwords,
        names: frozenset[str],
        clock: Callable[[], float] = time.monotonic,
        *,
        readers: frozenset[str] = frozenset(),
        tokens: Tokens | None = None,
    ) -> None:
        """Store who may sign in.

        Args:
            passwords: of all users.
            names: of those who may sign in here.
            clock: seconds.
            readers: those of them who may ask and read, but change no document.
            tokens: of programs; None if there are none.
        """
        self._passwords = passwords
        self._names = names
        self._readers = readers
        self._tokens = tokens
        self._clock = clock
        self._keys: OrderedDict[bytes, str] = OrderedDict()
        self._wrong: OrderedDict[str, list[float]] = OrderedDict()
        self._one_at_a_time = asyncio.Lock()

    async def signed_in(self, headers: Headers, address: str) -> bool:
        """Whether a request comes from a browser that has signed in, or brings a password or a token."""
        if self.name_of(headers) is not None:
            return True
        scheme, _, given = headers.get("authorization", "").partition(" ")
        name, password = _basic(given) if scheme.lower() == "basic" else ("", "")
        if not name:
            return False
        if not await self.knows(name, password, address):
            return False
        self._remember(_sha256(given), name)
        return True

    def name_of(self, headers: Headers) -> str | None:
        """Who sent a request, if they have signed in before or bring a token; else None. It tries no password."""
        scheme, _, given = headers.get("authorization", "").partition(" ")
        key = cookie_parser(headers.get("cookie", "")).get(KEY, "")
        name = self._keys.get(_sha256(key)) or self._keys.get(_sha256(given))
        if name is None and self._tokens is not None:
            name = self._tokens.name_of(given) if scheme.lower() == "bearer" else self._by_basic_token(scheme, given)
        return name if name in self._names else None

    def _by_basic_token(self, scheme: str, given: str) -> str | None:
        """Who signs in with a name, and a token as the password: feed readers can send nothing else."""
        name, token = _basic(given) if scheme.lower() == "basic" else ("", "")
        is_token = self._tokens is not None and token.startswith(TOKEN_PREFIX)
        return name if is_token and self._tokens and self._tokens.name_of(token) == name else None

    def may_change(self, headers: Headers) -> bool:
        """Whether who sent a request may add, remove and correct documents."""
        name = self.name_of(headers)
        return name is not None and name not in self._readers

    async def knows(self, name: str, password: str, address: str) -> bool:
        """Whether name and password are right. After too many wrong ones the answer is no for a while."""
        async with self._one_at_a_time:
            if self.is_locked(name, address):
                return False
            right = await run_in_threadpool(self._passwords.matches, name, password) and name in self._names
            for one in () if right else (f"name {name}", f"address {address}"):
                self._wrong.setdefault(one, []).append(self._clock())
                self._wrong.move_to_end(one)
                while len(self._wrong) > _REMEMBERED:
                    self._wrong.popitem(last=False)
            return right

    def is_locked(self, name: str, address: str) -> bool:
        """Whether a name or an address has had too many wrong passwords."""
        since = self._clock() - WITHIN
        return any(
            sum(moment > since for moment in self._wrong.get(one, [])) >= TRIES
            for one in (f"name {name}", f"address {address}")
        )

    def new_key(self, name: str) -> str:
        """A key for a browser in which a user has signed in."""
        key = secrets.token_urlsafe(24)
        self._remember(_sha256(key), name)
        return key

    def forget(self, headers: Headers) -> None:
        """Sign a browser out."""
        self._keys.pop(_sha256(cookie_parser(headers.get("cookie", "")).get(KEY, "")), None)

    def _remember(self, digest: bytes, name: str) -> None:
        self._keys[digest] = name
        while len(self._keys) > _REMEMBERED:
            self._keys.popitem(last=False)


def read_lines(file: Path) -> list[str]:
    """The lines of a file, or none if there is no file.

    Raises:
        IbidError: it cannot be read.
    """
    try:
        return file.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    except (OSError, ValueError) as error:
        raise IbidError(f"{file} cannot be read ({getattr(error, 'strerror', '') or 'it is not text'}).") from error


def _write_lines(file: Path, lines: Iterable[str]) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = file.with_name(f"{file.name}.new")
        with open(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as stream:
            stream.writelines(f"{line}\n" for line in lines)
        made.replace(file)
    except OSError as error:
        raise IbidError(f"{file} cannot be written ({error.strerror}).") from error


def fields_of(body: bytes) -> Mapping[str, str]:
    """The fields of a form, as browsers send it."""
    try:
        return dict(parse_qsl(body.decode(), max_num_fields=10))
    except ValueError:
        return {}


def _basic(given: str) -> tuple[str, str]:
    """Name and password, as a request brings them; empty if it brings something else."""
    try:
        name, _, password = base64.b64decode(given, validate=True).decode().partition(":")
    except ValueError:
        return "", ""
    return name, password


def _digest(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode("utf-8", "replace"), salt=salt, n=_COST, r=_BLOCK, p=_PARALLEL)


def _sha256(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()
