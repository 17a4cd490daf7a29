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
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import cookie_parser

from ..errors import IbidError

KEY = "ibid-key"
"""The cookie of a browser that has signed in."""

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
        try:
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            made = self._file.with_name(f"{self._file.name}.new")
            with open(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as stream:
                stream.writelines(f"{one}:{salt_text}:{digest}\n" for one, (salt_text, digest) in lines.items())
            made.replace(self._file)
        except OSError as error:
            raise IbidError(f"{self._file} cannot be written ({error.strerror}).") from error

    def matches(self, name: str, password: str) -> bool:
        """Whether the password is right. An unknown name takes as long, so that the time does not reveal names."""
        salt, digest = self._read().get(name, ("00" * 16, "00" * 64))
        return hmac.compare_digest(_digest(password, bytes.fromhex(salt)), bytes.fromhex(digest))

    def _read(self) -> dict[str, tuple[str, str]]:
        try:
            lines = self._file.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise IbidError(f"{self._file} cannot be read ({error.strerror}).") from error
        parts = [line.split(":") for line in lines if line.count(":") == 2]
        return {name: (salt, digest) for name, salt, digest in parts}


class Authenticator:
    """Checks who has signed in. Passwords are tried one at a time, and not too often."""

    def __init__(
        self, passwords: Passwords, names: frozenset[str], clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Store who may sign in."""
        self._passwords = passwords
        self._names = names
        self._clock = clock
        self._keys: OrderedDict[bytes, None] = OrderedDict()
        self._wrong: OrderedDict[str, list[float]] = OrderedDict()
        self._one_at_a_time = asyncio.Lock()

    async def signed_in(self, headers: Headers, address: str) -> bool:
        """Whether a request comes from a browser that has signed in, or brings name and password (HTTP Basic)."""
        if _sha256(cookie_parser(headers.get("cookie", "")).get(KEY, "")) in self._keys:
            return True
        scheme, _, given = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return False
        if _sha256(given) in self._keys:
            return True
        try:
            name, _, password = base64.b64decode(given, validate=True).decode().partition(":")
        except ValueError:
            return False
        if not await self.knows(name, password, address):
            return False
        self._remember(_sha256(given))
        return True

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

    def new_key(self) -> str:
        """A key for a browser that has signed in."""
        key = secrets.token_urlsafe(24)
        self._remember(_sha256(key))
        return key

    def forget(self, headers: Headers) -> None:
        """Sign a browser out."""
        self._keys.pop(_sha256(cookie_parser(headers.get("cookie", "")).get(KEY, "")), None)

    def _remember(self, digest: bytes) -> None:
        self._keys[digest] = None
        while len(self._keys) > _REMEMBERED:
            self._keys.popitem(last=False)


def fields_of(body: bytes) -> Mapping[str, str]:
    """The fields of a form, as browsers send it."""
    try:
        return dict(parse_qsl(body.decode(), max_num_fields=10))
    except ValueError:
        return {}


def _digest(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode("utf-8", "replace"), salt=salt, n=_COST, r=_BLOCK, p=_PARALLEL)


def _sha256(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()
