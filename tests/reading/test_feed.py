"""Feeds."""

import pytest

from retriever.errors import ReadingError
from tests.office import headings, lines

pytest.importorskip("retriever.reading.html")
from retriever.reading.feed import read


def test_the_articles_of_rss() -> None:
    extract = read(
        b"<rss><channel><title>Varn News</title><link>https://varn.example</link><language>en</language>"
        b"<item><title>Bridge open</title><pubDate>Thu, 21 Apr 2022</pubDate><description>Short.</description>"
        b"<x:encoded xmlns:x='y'>&lt;p&gt;The bridge is open.&lt;/p&gt;</x:encoded></item></channel></rss>",
        "a.xml",
    )
    assert lines(extract) == ["Bridge open", "Thu, 21 Apr 2022", "The bridge is open."]
    assert headings(extract) == ["Bridge open"]
    assert (extract.title.value, extract.language, extract.link) == ("Varn News", "en", "https://varn.example")


def test_the_articles_of_atom() -> None:
    extract = read(
        b"<feed xmlns='http://www.w3.org/2005/Atom' xml:lang='en'><title>Varn</title><entry><title>Bridge</title>"
        b"<author><name>Ada</name></author><updated>2022-04-21</updated><summary>It is open.</summary></entry></feed>",
        "a.xml",
    )
    assert lines(extract) == ["Bridge", "Ada; 2022-04-21", "It is open."]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty"),
        (b"<a>", "is broken"),
        (b"<a/>", "is XML, but not a feed"),
        (b"<rss/>", "holds no text: it has no articles"),
    ],
)
def test_what_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(ReadingError, match=rf"^a\.xml {reason}"):
        read(data, "a.xml")
