"""An address -> its bytes: over redirects, each checked again, with the site's `robots.txt` and its pauses.

In: an address, and what is known of an earlier fetch. Out: the bytes, or that they are unchanged. One decision: a site
that cannot say what it allows allows nothing; one without a `robots.txt` allows everything (RFC 9309).
"""

import email.utils
import re
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from ..errors import AddressRefused, FetchError, SiteBusy
from ..settings import VERSION
from .addresses import AllowedNetwork, Resolver, WebAddress, check_connection, looked_up, resolve
from .connection import Deadline, Reply, request
from .robots import LARGEST_BYTES, Robots

USER_AGENT = f"Ibid/{VERSION} (a person's own library; respects robots.txt)"
MOST_REDIRECTS = 5
PAUSE_SECONDS = 1.0
"""Between two pages of one host, where the site asks for no longer pause."""
LONGEST_PAUSE_SECONDS = 60.0
"""A longer one is not waited for; the rest is fetched next time."""
LONGEST_RETRY_SECONDS = 7 * 24 * 3600.0

_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_NO_BODY = 0


@dataclass(frozen=True, slots=True)
class Page:
    """What an address has led to.

    Attributes:
        address: where the bytes came from, after all redirects.
        body: the bytes; None if they have not changed since the earlier fetch.
        media_type: as the server says, without parameters; may be empty.
        charset: the encoding that the server names; may be empty.
        etag: the server's mark of this version; may be empty.
        last_modified: as the server says; may be empty.
    """

    address: WebAddress
    body: bytes | None
    media_type: str = ""
    charset: str = ""
    etag: str = ""
    last_modified: str = ""


class WebClient:
    """Fetches pages. It lives for one command, or one look at what is due, and knows the sites' rules for so long."""

    def __init__(
        self,
        *,
        allowed: Sequence[AllowedNetwork],
        most_bytes: int,
        seconds: float,
        accepts: Callable[[str], bool],
        resolver: Resolver = resolve,
        context: ssl.SSLContext | None = None,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        """Ask for nothing yet.

        Args:
            allowed: networks that may be connected to, though they are private.
            most_bytes: of one page, after decompression.
            seconds: for one page with its redirects, without the pauses that a site asks for.
            accepts: whether a media type can be read; others are refused before their bytes come.
            resolver: looks up the network addresses of a name.
            context: which certificates are trusted; None: those that this system trusts.
            wait: sleeps.
        """
        self._allowed = tuple(allowed)
        self._most_bytes = most_bytes
        self._seconds = seconds
        self._accepts = accepts
        self._resolver = resolver
        self._context = context
        self._wait = wait
        self._robots: dict[str, Robots] = {}
        self._fetched: dict[str, float] = {}

    def note_fetched(self, host: str, moment: float) -> None:
        """Tell it when a host was asked last by another command, in seconds since 1970."""
        self._fetched[host] = max(moment, self._fetched.get(host, 0.0))

    def get(
        self, address: WebAddress, etag: str = "", last_modified: str = "", *, is_named_by_site: bool = False
    ) -> Page:
        """Fetch a page.

        Args:
            address: where it is.
            etag: the server's mark of the version that is stored; if that is still the one, no body comes.
            last_modified: the same, by its date.
            is_named_by_site: whether another site gave the address, so that it must be public in any case.

        Raises:
            AddressRefused: it leads to a private address, or the site's rules forbid it.
            SiteBusy: the site asks to be left alone for a while.
            FetchError: it cannot be fetched; the message says why and what to do.
        """
        deadline = Deadline(self._seconds)
        known = {"If-None-Match": etag, "If-Modified-Since": "" if etag else last_modified}
        headers = {name: value for name, value in known.items() if value}

        def check(reply: Reply) -> int:
            if reply.status != 200:
                return _NO_BODY
            media_type = _media_type(reply)
            if media_type and not self._accepts(media_type):
                raise FetchError(f"{address.text} is of the type {media_type}, which Ibid does not read.")
            return self._most_bytes

        allowed = () if is_named_by_site else self._allowed
        final, reply = self._follow(address, headers, deadline, check, allowed, is_page=True)
        if reply.status == 304 and headers:
            return Page(final, None, etag=etag, last_modified=last_modified)
        if reply.status != 200:
            raise _refused(final, reply)
        return Page(
            final,
            reply.body,
            _media_type(reply),
            _charset(reply),
            reply.headers.get("etag", ""),
            reply.headers.get("last-modified", ""),
        )

    def _follow(
        self,
        address: WebAddress,
        headers: Mapping[str, str],
        deadline: Deadline,
        check: Callable[[Reply], int],
        allowed: Sequence[AllowedNetwork],
        *,
        is_page: bool,
    ) -> tuple[WebAddress, Reply]:
        """Ask for an address, and for what it redirects to.

        What the owner has allowed is not open to a public site that redirects there.
        """
        for _ in range(MOST_REDIRECTS + 1):
            numbers = looked_up(address, self._resolver, deadline.left)
            check_connection(address, numbers, allowed)
            with suppress(AddressRefused):
                check_connection(address, numbers, ())
                allowed = ()
            if is_page:
                self._obey(address, allowed, deadline)
            sent = {"User-Agent": USER_AGENT, "Accept": "*/*", **headers}
            reply = request(address, numbers, sent, deadline, check, self._context)
            if reply.status not in _REDIRECTS or "location" not in reply.headers:
                return address, reply
            before, address = address, address.joined(reply.headers["location"])
            if (before.scheme, address.scheme) == ("https", "http"):
                raise AddressRefused(f"{before.text} leads to {address.text}, which is not encrypted.")
        raise FetchError(f"{address.text} is the end of more than {MOST_REDIRECTS} redirects; name the last address.")

    def _obey(self, address: WebAddress, allowed: Sequence[AllowedNetwork], deadline: Deadline) -> None:
        """Wait as long as the site asks for; what it forbids is refused."""
        if address.origin not in self._robots:
            self._robots[address.origin] = self._rules(address, allowed, deadline)
        rules = self._robots[address.origin]
        if not rules.allows(address.target):
            raise AddressRefused(f"The robots.txt of {address.server} does not let programs fetch {address.text}.")
        pause = max(rules.delay, PAUSE_SECONDS) - (time.time() - self._fetched.get(address.host, 0.0))
        if pause > LONGEST_PAUSE_SECONDS:
            raise SiteBusy(f"{address.server} asks for {rules.delay:g} seconds between two pages; try later.", pause)
        if pause > 0:
            self._wait(pause)
            deadline.extend(pause)
        self._fetched[address.host] = time.time()

    def _rules(self, address: WebAddress, allowed: Sequence[AllowedNetwork], deadline: Deadline) -> Robots:
        """The rules of a site."""
        place = WebAddress(address.scheme, address.host, address.port, "/robots.txt")

        def check(reply: Reply) -> int:
            return self._most_bytes if reply.status == 200 else _NO_BODY

        final, reply = self._follow(place, {}, deadline, check, allowed, is_page=False)
        if reply.status == 200:
            return Robots.of(reply.body[:LARGEST_BYTES].decode("utf-8", "replace"))
        if 400 <= reply.status < 500 and reply.status != 429:
            return Robots()
        if seconds := _retry_after(reply):
            raise _busy(final, seconds)
        raise FetchError(f"{final.text} answers with status {reply.status}, so nothing is fetched there; try later.")


def _media_type(reply: Reply) -> str:
    return reply.headers.get("content-type", "").partition(";")[0].strip().lower()


def _charset(reply: Reply) -> str:
    found = re.search(r"charset=\"?([\w.:-]{1,40})", reply.headers.get("content-type", ""), re.IGNORECASE)
    return found[1].lower() if found else ""


def _refused(address: WebAddress, reply: Reply) -> FetchError:
    """What to say of an answer that is no page."""
    status = reply.status
    if status in (429, 503) and (seconds := _retry_after(reply)):
        return _busy(address, seconds)
    if status in (404, 410):
        return FetchError(f"There is no page at {address.text} (status {status}): check the address.")
    if status in (401, 402, 403, 407, 451):
        return FetchError(f"{address.server} does not give {address.text} to everybody (status {status}).")
    return FetchError(f"{address.server} answers with status {status}, without a page; try again later.")


def _busy(address: WebAddress, seconds: float) -> SiteBusy:
    server, hours, minutes = address.server, f"{seconds / 3600:.0f}", f"{max(seconds, 60) / 60:.0f}"
    if seconds >= 7200:
        return SiteBusy(f"{server} asks to be left alone for {hours} hours; try again then.", seconds)
    return SiteBusy(f"{server} asks to be left alone for {minutes} minutes; try again then.", seconds)


def _retry_after(reply: Reply) -> float:
    """Seconds for which a server asks to be left alone; 0 if it doesn't."""
    said = reply.headers.get("retry-after", "").strip()
    if said.isascii() and said.isdecimal():
        return min(float(said[:9]), LONGEST_RETRY_SECONDS)
    try:
        seconds = email.utils.parsedate_to_datetime(said).timestamp() - time.time()
    except (TypeError, ValueError):
        return 0.0
    return min(max(seconds, 0.0), LONGEST_RETRY_SECONDS)
