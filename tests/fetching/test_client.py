"""What is asked of the network when an address is fetched, and what is refused before anything is asked."""

import datetime
import socket
import ssl
import threading
import zlib
from collections.abc import Callable, Iterator, Sequence
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from retriever.errors import AddressRefused, FetchError, IbidError, SiteBusy
from retriever.fetching.addresses import AllowedNetwork, WebAddress, check_connection
from retriever.fetching.client import WebClient
from retriever.fetching.connection import Reply
from retriever.fetching.media import is_readable
from retriever.fetching.robots import Robots
from tests.web_site import Answer, Site, page, served


def client(site: Site, **changed: Any) -> WebClient:
    waited: list[float] = []
    options: dict[str, Any] = {
        "allowed": [AllowedNetwork.of(text) for text in site.allowed],
        "most_bytes": 100_000,
        "seconds": 20.0,
        "accepts": is_readable,
        "wait": waited.append,
    }
    made = WebClient(**{**options, **changed})
    made.waited = waited  # type: ignore[attr-defined]
    return made


def to_this_machine(asked: list[str]) -> Callable[[str, int], Sequence[str]]:
    def resolver(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"]

    return resolver


@pytest.mark.parametrize(
    "number",
    [
        *("127.0.0.1", "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1"),
        *("224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "::", "::1", "fe80::1", "fc00::1"),
        *("ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::"),
        *("2001:db8::1", "::127.0.0.1", "fec0::1", "64:ff9b:1::1"),
    ],
)
def test_no_address_of_this_machine_or_a_private_network_is_connected_to(number: str) -> None:
    with pytest.raises(AddressRefused):
        check_connection(WebAddress.of("https://example.org/"), [number], [])
    with pytest.raises(AddressRefused):  # one private address among public ones is enough
        check_connection(WebAddress.of("https://example.org/"), ["93.184.216.34", number], [])


@pytest.mark.parametrize("number", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "64:ff9b::5db8:d822"])
def test_a_public_address_may_be_connected_to(number: str) -> None:
    check_connection(WebAddress.of("https://example.org/"), [number], [])
    with pytest.raises(AddressRefused, match=r"port 22"):
        check_connection(WebAddress.of("http://example.org:22/"), [number], [])


def test_the_owner_allows_single_networks_and_ports() -> None:
    address = WebAddress.of("http://wiki.example:8080/")
    check_connection(address, ["10.1.2.3"], [AllowedNetwork.of("10.1.2.3:8080")])
    check_connection(WebAddress.of("http://[::1]:81/"), ["::1"], [AllowedNetwork.of("[::1]:81")])
    check_connection(WebAddress.of("http://wiki.example/"), ["10.1.2.3"], [AllowedNetwork.of("10.1.0.0/16")])
    for allowed in ("10.1.2.3", "10.1.2.3:80", "10.9.0.0/16", "127.0.0.1:8080"):
        with pytest.raises(AddressRefused):
            check_connection(address, ["10.1.2.3"], [AllowedNetwork.of(allowed)])
    for wrong in ("10.1.2.3/8", "wiki:80", "", ":80"):
        with pytest.raises(IbidError, match=r"is not a network"):
            AllowedNetwork.of(wrong)


@pytest.mark.parametrize(
    "typed",
    [
        *("", "   ", "ftp://example.org/", "file:///etc/passwd", "javascript:alert(1)", "mailto:a@example.org"),
        *(
            "https://",
            "https:///x",
            "http://example.org:99999/",
            "https://a%00b/",
            "gopher://x",
            "https://" + "a" * 3000,
        ),
    ],
)
def test_what_is_no_web_address_is_refused(typed: str) -> None:
    with pytest.raises(FetchError):
        WebAddress.of(typed)


def test_a_name_and_password_in_an_address_are_refused() -> None:
    for typed in ("https://me:secret@example.org/", "https://me@example.org/"):
        with pytest.raises(AddressRefused, match=r"name or password") as refused:
            WebAddress.of(typed)
        assert "secret" not in str(refused.value)


def test_an_address_is_read_as_people_write_it() -> None:
    assert WebAddress.of(" example.org/a b#part ").text == "https://example.org/a%20b"
    assert WebAddress.of("HTTPS://Example.ORG").text == "https://example.org/"
    assert WebAddress.of("https://bücher.example/").host == "xn--bcher-kva.example"
    assert WebAddress.of("https://example.org/a/").joined("../b?c=1").text == "https://example.org/b?c=1"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]"])
def test_this_machine_is_not_asked_unless_its_owner_allows_it(site: Site, host: str) -> None:
    def as_the_system(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.1"] if host == "localhost" else [socket.inet_ntoa(socket.inet_aton(host))]

    for place in (f"http://{host}:{site.port}/", f"http://{host}/"):
        with pytest.raises(AddressRefused):
            client(site, allowed=[], resolver=as_the_system).get(WebAddress.of(place))
    assert site.asked == []


def test_a_page_comes_without_cookies_passwords_and_proxies(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://192.0.2.1:3128")
    answer = page("Ferry", "It sails.")
    site.answers["/"] = Answer(answer.body, headers={**answer.headers, "Set-Cookie": "a=b", "ETag": '"1"'})
    asking = client(site)
    first = asking.get(WebAddress.of(site.address))
    assert (first.body, first.media_type, first.charset, first.etag) == (answer.body, "text/html", "utf-8", '"1"')
    again = asking.get(WebAddress.of(site.address), '"1"')
    assert again.body is None
    assert site.asked == ["/robots.txt", "/", "/"]
    for sent in site.headers:
        assert not {"cookie", "authorization", "referer", "proxy-authorization"} & set(sent)
        assert sent["user-agent"].startswith("Ibid/")
        assert sent["host"] == f"127.0.0.1:{site.port}"


def test_a_name_is_looked_up_once_for_each_request(site: Site) -> None:
    """So the address that was checked is the one that is connected to."""
    site.answers["/"] = page("Ferry", "It sails.")
    asked: list[str] = []
    client(site, resolver=to_this_machine(asked)).get(WebAddress.of(f"http://pages.test:{site.port}/"))
    assert asked == ["pages.test", "pages.test"]  # one for robots.txt, one for the page
    assert [sent["host"] for sent in site.headers] == [f"pages.test:{site.port}"] * 2


def test_a_name_that_changes_its_address_is_refused(site: Site) -> None:
    """DNS rebinding: an allowed address the first time, another private one the next time."""
    site.answers["/"] = page("Ferry", "It sails.")
    answers = iter([["127.0.0.1"], ["127.0.0.2"]])
    with pytest.raises(AddressRefused):
        client(site, resolver=lambda host, port: next(answers)).get(WebAddress.of(f"http://pages.test:{site.port}/"))
    assert site.asked == []


def test_each_redirect_is_checked_again(site: Site) -> None:
    site.answers["/final"] = page("Ferry", "It sails.")
    for path, place in {
        "/good": "/final",
        "/private": "http://127.0.0.2/",
        "/metadata": "http://169.254.169.254/latest/",
        "/other-port": f"http://127.0.0.1:{site.port + 1}/",
        "/file": "file:///etc/passwd",
        "/password": f"http://me:secret@127.0.0.1:{site.port}/final",
        "/round": "/round",
    }.items():
        site.answers[path] = Answer(status=302, headers={"Location": place})
    assert client(site).get(WebAddress.of(f"{site.address}/good")).address.text == f"{site.address}/final"
    for path in ("/private", "/metadata", "/other-port", "/password"):
        with pytest.raises(AddressRefused):
            client(site).get(WebAddress.of(site.address + path))
    for path in ("/file", "/round"):
        with pytest.raises(FetchError):
            client(site).get(WebAddress.of(site.address + path))
    assert site.asked_for("/round") == 6


def test_what_the_owner_allows_is_not_open_to_a_public_site(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def public(host: str, port: int) -> Sequence[str]:
        return ["93.184.216.34"]

    def redirects(address: WebAddress, *_: Any) -> Reply:
        status = 404 if address.target == "/robots.txt" else 302
        return Reply(status, {"location": f"{site.address}/"})

    monkeypatch.setattr("retriever.fetching.client.request", redirects)
    with pytest.raises(AddressRefused, match=r"127\.0\.0\.1"):
        client(site, resolver=public).get(WebAddress.of("http://public.test/"))
    monkeypatch.undo()
    with pytest.raises(AddressRefused):
        client(site).get(WebAddress.of(site.address), is_named_by_site=True)
    assert site.asked == []


@pytest.mark.parametrize(
    ("status", "says"),
    [(404, "no page"), (410, "no page"), (403, "everybody"), (401, "everybody"), (500, "status 500")],
)
def test_a_refusal_of_the_site_is_one_sentence(site: Site, status: int, says: str) -> None:
    site.answers["/x"] = Answer(status=status)
    with pytest.raises(FetchError, match=says):
        client(site).get(WebAddress.of(f"{site.address}/x"))


def test_a_site_that_asks_for_peace_gets_it(site: Site) -> None:
    site.answers["/busy"] = Answer(status=503, headers={"Retry-After": "7200"})
    later = datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=3)
    site.answers["/dated"] = Answer(status=429, headers={"Retry-After": f"{later:%a, %d %b %Y %H:%M:%S} GMT"})
    with pytest.raises(SiteBusy, match=r"2 hours") as busy:
        client(site).get(WebAddress.of(f"{site.address}/busy"))
    assert busy.value.seconds == 7200
    with pytest.raises(SiteBusy, match=r"3 hours"):
        client(site).get(WebAddress.of(f"{site.address}/dated"))


def test_types_that_are_not_read_are_refused_before_their_bytes_come(site: Site) -> None:
    site.answers["/film"] = Answer(b"x" * 10, headers={"Content-Type": "video/mp4"})
    with pytest.raises(FetchError, match=r"video/mp4"):
        client(site).get(WebAddress.of(f"{site.address}/film"))
    for kind in ("text/html", "application/pdf", "application/rss+xml", "text/plain", "application/octet-stream", ""):
        assert is_readable(kind)
    for kind in ("text/css", "text/javascript", "audio/ogg", "font/woff2", "application/wasm", "application/x-tar"):
        assert not is_readable(kind)


def test_what_is_too_large_is_cut_off_also_if_it_was_packed(site: Site) -> None:
    html = {"Content-Type": "text/html"}
    packed = zlib.compressobj(wbits=31)
    bomb = packed.compress(b"0" * 50_000_000) + packed.flush()
    site.answers["/stated"] = Answer(b"", headers={**html, "Content-Length": "100000000"})
    site.answers["/plain"] = Answer(headers=html, pieces=lambda: iter([b"0" * 50_000] * 3))
    site.answers["/packed"] = Answer(bomb, headers={**html, "Content-Encoding": "gzip"})
    for path in ("/stated", "/plain", "/packed"):
        with pytest.raises(FetchError, match=r"too large: Ibid fetches less than 0.1 MB"):
            client(site).get(WebAddress.of(site.address + path))


def test_a_site_that_never_ends_is_not_waited_for(site: Site) -> None:
    """Each piece comes in time; the whole does not."""
    ended = threading.Event()

    def drip() -> Iterator[bytes]:
        while not ended.wait(0.05):
            yield b"."

    def silent() -> Iterator[bytes]:
        ended.wait(10)
        yield b"."

    site.answers["/slow"] = Answer(headers={"Content-Type": "text/html"}, pieces=drip)
    site.answers["/silent"] = Answer(headers={"Content-Type": "text/html"}, pieces=silent)
    for path in ("/slow", "/silent"):
        with pytest.raises(FetchError, match=r"did not arrive within 0.5 seconds"):
            client(site, seconds=0.5).get(WebAddress.of(site.address + path))
    ended.set()


def test_a_page_that_is_cut_off_is_not_taken(site: Site) -> None:
    site.answers["/short"] = Answer(b"half", headers={"Content-Type": "text/html", "Content-Length": "8"})
    site.answers["/broken"] = Answer(b"no gzip", headers={"Content-Type": "text/html", "Content-Encoding": "gzip"})
    for path in ("/short", "/broken"):
        with pytest.raises(FetchError, match=r"was not received whole"):
            client(site).get(WebAddress.of(site.address + path))


def test_a_server_that_is_not_there_and_a_name_that_nobody_knows(site: Site) -> None:
    def unknown(host: str, port: int) -> Sequence[str]:
        raise OSError("Name or service not known")

    with pytest.raises(FetchError, match=r"No server is known by the name nowhere.test"):
        client(site, resolver=unknown).get(WebAddress.of("https://nowhere.test/"))
    with served() as gone:
        pass
    with pytest.raises(FetchError, match=r"does not answer"):
        client(gone).get(WebAddress.of(gone.address))


ROBOTS = """# for all
User-agent: *
Disallow: /
User-agent: Other
User-agent: Ibid/2
Disallow: /private/
Allow: /private/open
Disallow: /*.doc$
Disallow: /q?*secret
Crawl-delay: 7
"""


@pytest.mark.parametrize(
    ("target", "allowed"),
    [
        *(("/", True), ("/private/", False), ("/private/x", False), ("/private/open.html", True), ("/a.doc", False)),
        *(("/a.docx", True), ("/a.doc?x", True), ("/q?a=secret", False), ("/q?a=b", True), ("/PRIVATE/", True)),
    ],
)
def test_the_rules_for_ibid_hold_and_the_longest_decides(target: str, allowed: bool) -> None:
    rules = Robots.of(ROBOTS)
    assert (rules.allows(target), rules.delay) == (allowed, 7)


def test_rules_of_robots_that_are_odd() -> None:
    assert Robots.of("").allows("/")
    assert Robots.of("Disallow: /\nUser-agent: x\nDisallow: /").allows("/")
    assert Robots.of("\ufeffUser-agent: *\r\nDisallow:").allows("/")
    assert not Robots.of("user-agent:*\ndisallow:/caf%c3%a9").allows("/caf%C3%A9/x")
    assert not Robots.of("User-agent: *\nDisallow: /café").allows("/caf%C3%A9")
    assert not Robots.of("User-agent: *\nDisallow: /$").allows("/")
    assert Robots.of("User-agent: *\nDisallow: /$").allows("/x")
    hostile = "User-agent: *\n" + "Disallow: /" + "*a" * 5_000 + "b\n"
    assert Robots.of(hostile).allows("/" + "a" * 2_000)


def test_what_robots_forbid_is_not_asked_for(site: Site) -> None:
    site.answers["/robots.txt"] = Answer(b"User-agent: *\nDisallow: /private", headers={"Content-Type": "text/plain"})
    site.answers["/private"] = site.answers["/open"] = page("Ferry", "It sails.")
    site.answers["/link"] = Answer(status=301, headers={"Location": "/private"})
    asking = client(site)
    for path in ("/private", "/link"):
        with pytest.raises(AddressRefused, match=r"robots.txt"):
            asking.get(WebAddress.of(site.address + path))
    asking.get(WebAddress.of(f"{site.address}/open"))
    assert site.asked == ["/robots.txt", "/link", "/open"]
    site.answers["/robots.txt"] = Answer(status=500)
    with pytest.raises(FetchError, match=r"status 500, so nothing is fetched there"):
        client(site).get(WebAddress.of(f"{site.address}/open"))


def test_a_host_is_asked_with_pauses(site: Site) -> None:
    site.answers["/robots.txt"] = Answer(b"User-agent: *\nCrawl-delay: 40", headers={"Content-Type": "text/plain"})
    site.answers["/"] = page("Ferry", "It sails.")
    asking = client(site)
    asking.get(WebAddress.of(site.address))
    assert asking.waited == []  # type: ignore[attr-defined]
    asking.get(WebAddress.of(site.address))
    (waited,) = asking.waited  # type: ignore[attr-defined]
    assert 30 < waited <= 40
    site.answers["/robots.txt"] = Answer(b"User-agent: *\nCrawl-delay: 4000", headers={"Content-Type": "text/plain"})
    asking = client(site)
    asking.get(WebAddress.of(site.address))
    with pytest.raises(SiteBusy, match=r"4000 seconds between two pages"):
        asking.get(WebAddress.of(site.address))


def certified(folder: Path, name: str) -> tuple[Path, Path]:
    """A certificate for a name, signed by itself, and its key."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, secret = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    return certificate, secret


def test_the_certificate_must_be_that_of_the_name_though_a_number_is_connected_to(tmp_path: Path) -> None:
    certificate, secret = certified(tmp_path, "pages.test")

    def encrypt(server: ThreadingHTTPServer) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, secret)
        server.socket = context.wrap_socket(server.socket, server_side=True)

    with served(encrypt) as site:
        site.answers["/"] = page("Ferry", "It sails.")
        site.answers["/down"] = Answer(status=302, headers={"Location": f"http://pages.test:{site.port}/"})
        trusting = {"context": ssl.create_default_context(cafile=str(certificate)), "resolver": to_this_machine([])}
        name = f"https://pages.test:{site.port}"
        assert client(site, **trusting).get(WebAddress.of(name)).body == site.answers["/"].body
        with pytest.raises(AddressRefused, match=r"not encrypted"):
            client(site, **trusting).get(WebAddress.of(f"{name}/down"))
        for wrong in (f"https://other.test:{site.port}", site.address.replace("http:", "https:")):
            with pytest.raises(FetchError, match=r"certificate of .* cannot be trusted"):
                client(site, **trusting).get(WebAddress.of(wrong))
        with pytest.raises(FetchError, match=r"certificate of pages.test cannot be trusted"):
            client(site, resolver=to_this_machine([])).get(WebAddress.of(name))
