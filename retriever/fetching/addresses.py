"""A web address, and whether this machine may connect to where it leads.

In: what a user typed or a site answered. Out: an address in parts, and network addresses. One decision: a name is
looked up once, and every address that it stands for must be public, so that no site can point Ibid at this machine or
network.
"""

import ipaddress
import re
import socket
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urljoin

from ..errors import AddressRefused, FetchError, IbidError

PORTS = {"http": 80, "https": 443}
LONGEST = 2_000
"""Characters of an address; browsers and servers take about as many."""

IP = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolver = Callable[[str, int], Sequence[str]]
"""A host's name and a port -> the network addresses that it stands for."""

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_OTHER_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?![0-9/])|[A-Za-z][A-Za-z0-9+.-]*://")


@dataclass(frozen=True, slots=True)
class WebAddress:
    """An address in the World Wide Web.

    Attributes:
        scheme: `http` or `https`.
        host: a name, or a number; one of IPv6 without its brackets.
        port: of the server.
        target: path and query, as they are sent.
    """

    scheme: str
    host: str
    port: int
    target: str

    @classmethod
    def of(cls, text: str) -> "WebAddress":
        """Read an address; one without `https://` gets that.

        Raises:
            FetchError: it is no address of a web page.
        """
        from urllib3.exceptions import LocationParseError  # only who fetches waits for its import
        from urllib3.util import parse_url

        typed = text.strip()
        if len(typed) > LONGEST:
            raise FetchError(f"The address is too long: {len(typed):,} characters, at most {LONGEST:,}.")
        if not typed:
            raise FetchError("Name an address: write it as https://example.org/page.")
        if not _OTHER_SCHEME.match(typed):
            typed = f"https://{typed}"
        shown = text.strip()
        try:
            parts = parse_url(typed)
        except LocationParseError as error:
            raise FetchError(f"{shown} is not a web address; write it as https://example.org/page.") from error
        if parts.scheme not in PORTS:
            raise FetchError(f"{shown} is not a web address; it must begin with https:// or http://.")
        if parts.auth is not None:
            raise AddressRefused("The address holds a name or password; Ibid sends none. Write it without.")
        host = (parts.host or "").strip("[]").rstrip(".")
        if not host or not host.isascii() or re.search(r"[\s%/\\]", host):
            raise FetchError(f"{shown} is not a web address; write it as https://example.org/page.")
        return cls(parts.scheme, host.lower(), parts.port or PORTS[parts.scheme], parts.request_uri)

    def joined(self, place: str) -> "WebAddress":
        """The address that a link or redirect of this page leads to.

        Raises:
            FetchError: it leads to no web page.
        """
        return WebAddress.of(urljoin(self.text, place.strip()))

    @property
    def text(self) -> str:
        """The whole address."""
        return f"{self.origin}{self.target}"

    @property
    def origin(self) -> str:
        """The server: `https://example.org`."""
        return f"{self.scheme}://{self.server}"

    @property
    def server(self) -> str:
        """Name and port of the server, as the header `Host` has them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def without_scheme(self) -> str:
        """The address as people write it: `example.org/page`."""
        return f"{self.server}{self.target}".rstrip("/")


@dataclass(frozen=True, slots=True)
class AllowedNetwork:
    """A network that the owner of this machine lets Ibid connect to, though it is private or its port is unusual.

    Attributes:
        network: its addresses.
        port: the only port there; None for the usual ones.
    """

    network: Network
    port: int | None = None

    @classmethod
    def of(cls, text: str) -> "AllowedNetwork":
        """Read `10.1.0.0/16`, `127.0.0.1:8080` or `[::1]:8080`.

        Raises:
            IbidError: it is none of these.
        """
        host, _, port = text.rpartition(":")
        try:
            if port.isdecimal() and port.isascii() and host and (":" not in host or host.startswith("[")):
                return cls(ipaddress.ip_network(host.strip("[]")), int(port))
            return cls(ipaddress.ip_network(text.strip("[]")))
        except ValueError as error:
            raise IbidError(
                f"{text!r} is not a network; write 10.1.0.0/16, or an address with a port: 127.0.0.1:8080."
            ) from error

    def takes(self, address: IP, port: int) -> bool:
        """Whether it has an address, and lets its port be used."""
        ports = PORTS.values() if self.port is None else (self.port,)
        return port in ports and address.version == self.network.version and address in self.network


def check_connection(address: WebAddress, numbers: Sequence[str], allowed: Sequence[AllowedNetwork]) -> None:
    """Check where an address leads, before anything is sent there.

    Args:
        address: the address.
        numbers: the network addresses of its host; all must be public.
        allowed: networks that may be connected to all the same.

    Raises:
        AddressRefused: it is a private address, or an unusual port.
    """
    for number in numbers:
        ip = ipaddress.ip_address(number)
        if any(each.takes(ip, address.port) for each in allowed):
            continue
        if address.port not in PORTS.values():
            raise AddressRefused(
                f"{address.text} uses port {address.port}; Ibid fetches from ports 80 and 443. The owner of this "
                "machine can allow others: fetch_allow in the configuration file."
            )
        if not is_public(ip):
            raise AddressRefused(
                f"{address.host} is an address of this machine or a private network ({ip}); Ibid fetches only public "
                "pages. The owner of this machine can allow it: fetch_allow in the configuration file."
            )


def is_public(ip: IP) -> bool:
    """Whether an address belongs to the public internet, also the IPv4 address that one of IPv6 stands for."""
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if ip.is_site_local:
            return False
    special = ip.is_private or ip.is_loopback or ip.is_link_local or ip.is_multicast or ip.is_unspecified
    return ip.is_global and not special and not ip.is_reserved


def resolve(host: str, port: int) -> tuple[str, ...]:
    """The network addresses that a host's name stands for, by the system."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(place[0]).partition("%")[0] for *_, place in found))


def looked_up(address: WebAddress, resolver: Resolver, seconds: float) -> tuple[str, ...]:
    """The network addresses of an address's host.

    Raises:
        FetchError: the name is not known, or the system does not answer in time.
    """
    with suppress(ValueError):
        return (str(ipaddress.ip_address(address.host)),)
    found: list[Sequence[str]] = []
    errors: list[Exception] = []

    def ask() -> None:
        try:
            found.append(resolver(address.host, address.port))
        except (OSError, UnicodeError) as error:
            errors.append(error)

    asking = threading.Thread(target=ask, daemon=True)  # the system's own look-up has no limit of time
    asking.start()
    asking.join(max(seconds, 0))
    if found and found[0]:
        return tuple(found[0])
    if errors or found:
        raise FetchError(
            f"No server is known by the name {address.host}: check its spelling, and whether this machine is online."
        ) from (errors[0] if errors else None)
    raise FetchError(f"The name {address.host} was not looked up in time: check whether this machine is online.")
