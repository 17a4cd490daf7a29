"""A corpus of hostile files, with a secret beside that must not leak: `python -m tests.fuzz.hostile FOLDER`."""

# ruff: noqa: E501 (small files as they are)

import argparse
import email.message
import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from retriever.reading.formats import FORMATS

SECRET = "the secret of Varn is under the third step"
_TINY = 10_000
_LINE_BYTES = 200_000_000

CONTAINER = '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="{}"/></rootfiles></container>'
WORD = '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{}</w:body></w:document>'
PARAGRAPH = "<w:p><w:r><w:t>{}</w:t></w:r></w:p>"


def zipped(members: dict[str, str | bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def files(secret: Path) -> Iterator[tuple[str, bytes]]:
    """Names and bytes of files that try something."""
    # Bombs.
    yield "zeros.docx", zipped({"word/document.xml": bytes(60_000_000)})
    yield "many.docx", zipped({f"word/{number}.xml": b"" for number in range(25_000)})
    yield "nested.odt", zipped({"content.xml": zipped({"content.xml": zipped({"content.xml": bytes(10_000_000)})})})
    laughs = '<!DOCTYPE a [<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    yield "laughs.rss", f"{laughs}]><rss><channel><title>&a11;</title></channel></rss>".encode()
    yield "laughs.docx", zipped({"word/document.xml": f"{laughs}]>{WORD.format(PARAGRAPH.format('&a11;'))}"})
    yield "deflated.pdf", _pdf(zlib.compress(bytes(300_000_000), 9))
    # Rings and depths.
    yield "deep.html", b"<div>" * 200_000 + b"The lamp."
    yield "deep.xml", b"<a>" * 100_000
    yield "deep.rtf", b"{\\rtf1 " + b"{" * 200_000 + b"lamp"
    yield (
        "ring.pdf",
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[2 0 R]/Count 9>>endobj\ntrailer<</Root 1 0 R>>",
    )
    yield "ring.epub", zipped({"META-INF/container.xml": CONTAINER.format("META-INF/container.xml")})
    yield "ring.eml", _mail(40)
    yield "wide.csv", b",".join([b"a"] * 100_000) + b"\n" + b",".join([b"1"] * 100_000)
    yield "span.html", b"<table><tr><td rowspan=99999999 colspan=99999999>lamp</td></tr></table>"
    yield (
        "rows.xlsx",
        zipped(
            {
                "xl/worksheets/sheet1.xml": '<worksheet><sheetData><row r="1048576"><c r="XFD1048576"/></row></sheetData></worksheet>'
            }
        ),
    )
    # Files of this machine.
    entity = f'<!DOCTYPE a [<!ENTITY s SYSTEM "{secret.as_uri()}">]>'
    yield (
        "entity.rss",
        f"{entity}<rss><channel><title>&s;</title><item><title>&s;</title></item></channel></rss>".encode(),
    )
    yield "entity.docx", zipped({"word/document.xml": entity + WORD.format(PARAGRAPH.format("&s;"))})
    yield "entity.odt", zipped({"content.xml": f"{entity}<a>&s;</a>"})
    yield (
        "include.xml",
        f'<rss xmlns:x="http://www.w3.org/2001/XInclude"><channel><x:include href="{secret.as_uri()}" parse="text"/></channel></rss>'.encode(),
    )
    yield (
        "frame.html",
        f'<p>Lamp.</p><iframe src="{secret.as_uri()}"></iframe><object data="{secret}"></object>'.encode(),
    )
    yield "outside.epub", zipped({"META-INF/container.xml": CONTAINER.format(f"../../../../..{secret}")})
    yield "climbing.docx", zipped({"../../../../tmp/climbed.txt": "The lamp.", "word/document.xml": WORD.format("")})
    yield "absolute.docx", zipped({"/tmp/climbed.txt": "The lamp.", "word/document.xml": WORD.format("")})
    # Names.
    yield "..\\..\\climbed.txt", b"The lamp climbs."
    yield "lamp\n[forged] added.txt", b"The lamp forges a line."
    yield "\u202etxt.exe.txt", b"The lamp runs backwards."
    yield "<img src=x onerror=alert(1)>.txt", b"The lamp is a picture."
    yield f"{'l' * 240}.txt", b"The lamp is long."
    yield "-rf.txt", b"The lamp is an option."
    yield "$(touch climbed).txt", b"The lamp is a command."
    # Wrong things behind right suffixes.
    draw = random.Random(1904)
    wrong = {
        "png": b"\x89PNG\r\n\x1a\n" + draw.randbytes(5_000),
        "noise": draw.randbytes(20_000),
        "elf": b"\x7fELF" + bytes(500),
    }
    wrong |= {
        "zip": zipped({"a.txt": "lamp"}),
        "text": b"The lamp of Varn was lit in 1904. " * 20,
        "cut": zipped({"word/document.xml": WORD})[:90],
    }
    for suffix in FORMATS:
        for kind, content in wrong.items():
            yield f"{kind}{suffix}", content
    yield "nul.txt", b"The lamp\0 is cut."
    yield "surrogates.html", b"<p>&#xd800; &#x110000; &#0; lamp</p>"
    yield "controls.txt", "The \u202elamp\u202c\u2066 of \x1b[31mVarn\x07 \u200b.\n".encode() * 50


def write(folder: Path, *, large: bool) -> Path:
    """Write the corpus into a folder that is made; the secret lies beside it. Large: what takes minutes to read too."""
    secret = folder.parent / "secret.txt"
    secret.write_text(SECRET)
    folder.mkdir()
    for name, content in files(secret):
        (folder / name).write_bytes(content)
    links: dict[str, Callable[[], str | Path]] = {
        "out.txt": lambda: secret,
        "ring.txt": lambda: "ring.txt",
        "up": lambda: "..",
        "dead.txt": lambda: "nowhere",
        "device.txt": lambda: "/dev/zero",
    }
    for name, target in links.items():
        (folder / name).symlink_to(target())
    if large:
        (folder / "tiny").mkdir()
        for number in range(_TINY):
            (folder / "tiny" / f"{number}.txt").write_text(f"Boat {number}.")
        (folder / "line.txt").write_bytes(b"lamp " * (_LINE_BYTES // 5))
        (folder / "letters.txt").write_bytes(b"l" * 49_000_000)
        (folder / "words.txt").write_bytes(b"lamp " * 9_000_000)
    return secret


def _pdf(stream: bytes) -> bytes:
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>",
        b"<</Length %d/Filter/FlateDecode>>stream\n" % len(stream) + stream + b"\nendstream",
    ]
    body = b"".join(b"%d 0 obj%sendobj\n" % (number, each) for number, each in enumerate(objects, start=1))
    return b"%PDF-1.4\n" + body + b"trailer<</Root 1 0 R>>" + struct.pack(">I", 0)


def _mail(depth: int) -> bytes:
    message = email.message.EmailMessage()
    message["Subject"] = "The lamp"
    message.set_content("The lamp.")
    for _ in range(depth):
        outer = email.message.EmailMessage()
        outer["Subject"] = "The lamp"
        outer.add_attachment(message)
        message = outer
    return message.as_bytes()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.hostile", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder", type=Path, help="where; it is made")
    parser.add_argument("--large", action="store_true", help="10,000 tiny files and lines of up to 200 MB too")
    asked = parser.parse_args()
    write(asked.folder, large=asked.large)


if __name__ == "__main__":
    main()
