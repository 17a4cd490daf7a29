"""Mails and mailboxes."""

from email.message import EmailMessage

import pytest

from retriever.errors import ReadingError
from retriever.records import Provenance
from tests.office import furniture, headings, lines, pages

pytest.importorskip("retriever.reading.html")
from retriever.reading.mail import read

SENT = "From: Ada <ada@varn.example>\nTo: Bob <bob@varn.example>\nDate: Thu, 21 Apr 2022 23:30:00 -0600"
HEAD = f"{SENT}\nSubject: The bridge\n"
HEADERS = SENT.replace("\n", "; ")


def mail(body: str, head: str = HEAD) -> bytes:
    return f"{head}\n{body}".encode()


def test_the_headers_tell_title_author_and_date() -> None:
    extract = read(mail("It is done."), "a.eml")
    assert lines(extract) == ["The bridge", HEADERS, "It is done."]
    assert headings(extract) == ["The bridge"]
    assert (extract.title.value, extract.author.value) == ("The bridge", "Ada <ada@varn.example>")
    assert (extract.published.value, extract.published.known) == ("2022-04-21", Provenance.METADATA)


def test_headers_are_decoded() -> None:
    extract = read(mail("Ja.", "Subject: =?utf-8?q?Br=C3=BCcke?=\nDate: never\n"), "a.eml")
    assert (extract.title.value, extract.published.value) == ("Brücke", None)


def test_wrapped_lines_are_one_paragraph() -> None:
    body = "The bridge over the river\r\nis open again\r\nsince Monday.\r\n\r\nCome and see it.\r\n"
    assert lines(read(mail(body), "a.eml"))[2:] == [
        "The bridge over the river is open again since Monday.",
        "Come and see it.",
    ]


def test_quoted_mails_and_signatures_are_furniture() -> None:
    body = (
        "It is open.\n\nOn Wed, 20 Apr 2022, Bob\n<bob@varn.example> wrote:\n> Is the bridge\n> open?\n\n"
        "See you there.\n-- \nAda\nBridge office\n"
    )
    extract = read(mail(body), "a.eml")
    assert lines(extract)[2:4] == ["It is open.", "On Wed, 20 Apr 2022, Bob <bob@varn.example> wrote:"]
    assert furniture(extract)[:2] == ["On Wed, 20 Apr 2022, Bob <bob@varn.example> wrote:", "Is the bridge open?"]
    assert "Ada Bridge office" in " ".join(furniture(extract))
    assert "See you there." not in furniture(extract)
    assert "See you there." in lines(extract)


def test_a_forwarded_mail_is_furniture() -> None:
    extract = read(mail("Look at this.\n\n-----Original Message-----\nFrom: Eve\n\nThe bridge fell.\n"), "a.eml")
    assert "The bridge fell." in furniture(extract)
    assert "Look at this." not in furniture(extract)


def test_a_colon_above_a_quotation_does_not_make_a_paragraph_an_attribution() -> None:
    assert "You asked this:" not in furniture(read(mail("You asked this:\n> Is it open?\n\nIt is."), "a.eml"))


def test_a_page_is_read_where_there_is_no_plain_text() -> None:
    message = EmailMessage()
    message["Subject"] = "The bridge"
    message.set_content("<p>It is <b>open</b>.</p>", subtype="html")
    assert lines(read(message.as_bytes(), "a.eml")) == ["The bridge", "It is open."]


def test_attachments_are_read_under_their_names() -> None:
    message = EmailMessage()
    message["Subject"] = "The bridge"
    message.set_content("See the note.")
    message.add_attachment(b"The pump is new.\nIt is red.\n\nIts name is Eve.", "text", "plain", filename="note.txt")
    message.add_attachment(b"a,b\n1,2\n", "text", "csv", filename="bolts.csv")
    extract = read(message.as_bytes(), "a.eml")
    assert lines(extract)[1:] == [
        *("See the note.", "note.txt", "The pump is new. It is red.", "Its name is Eve.", "bolts.csv", "a: 1; b: 2."),
    ]
    assert headings(extract) == ["The bridge", "note.txt", "bolts.csv"]
    assert extract.warnings == ()


def test_attachments_that_cannot_be_read_are_named_with_the_reason() -> None:
    message = EmailMessage()
    message["Subject"] = "The bridge"
    message.set_content("See the plan.")
    message.add_attachment(b"%PDF-1.7\n", maintype="application", subtype="pdf", filename="plan.pdf")
    message.add_attachment(b"\x89PNG\r\n\x1a\n", maintype="image", subtype="png", filename="logo.png")
    message.add_attachment(b"\x30\x80", maintype="application", subtype="pkcs7-signature", filename="smime.p7s")
    (warning,) = read(message.as_bytes(), "a.eml").warnings
    assert "plan.pdf" in warning
    assert "logo.png is a picture" in warning
    assert "smime" not in warning


def attached(inner: EmailMessage) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = "Fwd"
    message.set_content("See below.")
    message.add_attachment(inner)
    return message


def test_an_attached_mail_is_read_with_its_headers() -> None:
    inner = EmailMessage()
    inner["Subject"] = "The keys"
    inner["From"] = "bob@varn.example"
    inner.set_content("The porter has the keys.")
    extract = read(attached(inner).as_bytes(), "a.eml")
    assert lines(extract) == ["Fwd", "See below.", "The keys", "From: bob@varn.example", "The porter has the keys."]
    assert headings(extract) == ["Fwd", "The keys"]


def test_mails_inside_of_mails_end_at_a_depth() -> None:
    inner = EmailMessage()
    inner["Subject"] = "Deepest"
    inner.set_content("Here.")
    for _ in range(8):
        inner = attached(inner)
    extract = read(inner.as_bytes(), "a.eml")
    assert lines(extract).count("See below.") == 4
    assert any("too deep" in warning for warning in extract.warnings)


@pytest.mark.parametrize(
    "line",
    [
        "---------- Forwarded message ---------",
        "Begin forwarded message:",
        "-------- Weitergeleitete Nachricht --------",
    ],
)
def test_a_mail_that_is_handed_on_is_content(line: str) -> None:
    extract = read(mail(f"Look at this.\n\n{line}\nFrom: Eve\n\nThe bridge fell.\n"), "a.eml")
    assert "The bridge fell." in lines(extract)
    assert furniture(extract) == []
    outlook = "Subject: FW: Bridge\n\nSee.\n\n-----Original Message-----\nFrom: Eve\n\nThe bridge fell.\n"
    assert furniture(read(outlook.encode(), "a.eml")) == []


def test_a_page_saved_as_a_mail_is_a_page() -> None:
    saved = (
        b"MIME-Version: 1.0\nContent-Type: text/html\n\n<html><body><h1>Mast</h1><p>It is 31 m tall.</p></body></html>"
    )
    extract = read(saved, "a.mhtml")
    assert lines(extract) == ["Mast", "It is 31 m tall."]
    assert extract.title.value == "Mast"


def test_an_unknown_encoding_is_no_obstacle() -> None:
    data = b"Subject: x\nContent-Type: text/plain; charset=klingon\nContent-Transfer-Encoding: 8bit\n\nStill read.\n"
    assert "Still read." in lines(read(data, "a.eml"))


def test_each_mail_of_a_mailbox_is_a_page() -> None:
    parts = [
        b"From ada@varn.example Thu Apr 21 09:00:00 2022\n" + mail(f"Mail {n}.\n\nFrom here on it is easy.\n")
        for n in (1, 2)
    ]
    extract = read(b"\n".join(parts), "a.mbox")
    assert [page.split("\n\n")[2] for page in pages(extract)] == ["Mail 1.", "Mail 2."]
    assert extract.title.value is None


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b" \n", "is empty"), (b"\n\njust words\n", "is not a mail"), (b"\x00\xff\x00", "is not a mail")],
)
def test_what_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(ReadingError, match=rf"^a\.eml {reason}"):
        read(data, "a.eml")
