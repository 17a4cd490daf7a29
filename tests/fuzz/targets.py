"""What is fed with chance: each target takes bytes and raises only where a promise is broken."""

# ruff: noqa: E501 (small files as they are)

import io
import json
import re
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from html.parser import HTMLParser
from importlib import import_module
from itertools import pairwise

import docx
import openpyxl
import pptx
from jsonschema import Draft202012Validator
from reportlab.pdfgen.canvas import Canvas

from retriever import Assistant, QuestionError, as_json
from retriever.errors import ReadingError
from retriever.ingest.chunking import split_passages
from retriever.interfaces.html import cards, templating
from retriever.interfaces.schemas import json_schemas
from retriever.interfaces.uploads import UploadBatch, UploadedFile
from retriever.reading.extract import Extract
from retriever.reading.formats import FORMATS
from retriever.reading.plain import decode_text
from retriever.records import Answer, Document, Provenance
from retriever.text.tokens import terms
from retriever.web import panels
from tests.fuzz.hostile import CONTAINER, zipped

TEXT = "The lamp of Varn\n\nThe lamp was lit in 1904. Its keeper is Ada Brook, who climbs 212 steps.\n\nIt burns."
SCHEMAS = json_schemas()


def seeds() -> Mapping[str, bytes]:
    """A small whole file of each kind: suffix -> bytes."""
    word, sheet, deck = (io.BytesIO() for _ in range(3))
    made = docx.Document()
    for line in TEXT.split("\n\n"):
        made.add_paragraph(line)
    made.add_table(2, 2).cell(0, 0).text = "Lamp"
    made.save(word)
    book = openpyxl.Workbook()
    book.active.append(["lamp", "steps"])
    book.active.append(["Varn", 212])
    book.save(sheet)
    slides = pptx.Presentation()
    slides.slides.add_slide(slides.slide_layouts[0]).shapes.title.text = "The lamp of Varn"
    slides.save(deck)
    page = io.BytesIO()
    canvas = Canvas(page, invariant=True)
    for row, line in enumerate(TEXT.splitlines()):
        canvas.drawString(72, 720 - 14 * row, line)
    canvas.save()
    html = f"<html lang=en><head><title>Lamp</title></head><body><nav>Home</nav><article><h1>Lamp</h1><p>{TEXT}</p><table><tr><th>a<td>b</table></article></body></html>"
    odt = '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:text><text:h>Lamp</text:h><text:p>It burns.</text:p></office:text></office:body></office:document-content>'
    opf = '<package xmlns="http://www.idpf.org/2007/opf"><manifest><item id="a" href="a.xhtml" media-type="application/xhtml+xml"/></manifest><spine><itemref idref="a"/></spine></package>'
    mail = f"From: ada@varn.example\nSubject: Lamp\nDate: Mon, 1 Jan 2024 10:00:00 +0000\n\n{TEXT}"
    return {
        ".pdf": page.getvalue(),
        ".docx": word.getvalue(),
        ".xlsx": sheet.getvalue(),
        ".pptx": deck.getvalue(),
        ".html": html.encode(),
        ".csv": b"lamp,steps\nVarn,212\n",
        ".tsv": b"lamp\tsteps\nVarn\t212\n",
        ".odt": zipped({"content.xml": odt}),
        ".rtf": rb"{\rtf1\ansi The lamp \b burns\b0.\par It \'e9 burns.}",
        ".epub": zipped({"META-INF/container.xml": CONTAINER.format("c.opf"), "c.opf": opf, "a.xhtml": html}),
        ".eml": mail.encode(),
        ".mbox": f"From ada\n{mail}\n\nFrom tom\n{mail}\n".encode(),
        ".rss": f"<rss><channel><title>Lamp</title><item><title>a</title><description>{TEXT}</description></item></channel></rss>".encode(),
        ".txt": TEXT.encode(),
        ".md": f"# Lamp\n\n{TEXT}".encode(),
    }


def read(suffix: str, data: bytes) -> None:
    """A parser gives a whole extract, or says why not; whatever else it raises the worker turns into a sentence."""
    parser = FORMATS[suffix].parser
    said = None
    try:
        if parser:
            extract = import_module(parser, "retriever.reading").read(data, f"lamp{suffix}")
        else:
            extract = Extract(decode_text(data, f"lamp{suffix}")[0])
    except ReadingError as error:
        said = str(error)
    except Exception:
        return
    if said is None:
        check(extract)
    else:
        assert 0 < len(said.strip()) < 1_000


def check(extract: Extract) -> None:
    """What `Extract` promises."""
    size = len(extract.text)
    assert list(extract.pages) == sorted(extract.pages)
    assert all(0 <= start <= size for start in extract.pages)
    for spans in (extract.headings or (), extract.furniture or ()):
        assert all(0 <= start < end <= size for start, end in spans), spans
        assert all(before[1] <= after[0] for before, after in pairwise(spans)), spans


def split(data: bytes) -> None:
    """Passages stand in the text, in order, do not overlap, and leave no word out."""
    text = data.decode("utf-8", "replace").replace("\0", "")
    passages = split_passages(document_of(text))
    covered = 0
    for passage in passages:
        assert covered <= passage.start < passage.end <= len(text)
        assert not text[covered : passage.start].strip()
        assert all(passage.start <= start < end <= passage.end for start, end in passage.sentences)
        covered = passage.end
    assert not text[covered:].strip()


_SYNTAX = [
    '"',
    "'",
    ":",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "^",
    "~",
    "*",
    "?",
    "\\",
    "/",
    "+",
    "-",
    "!",
    "&&",
    "||",
    "<",
    ">",
    "=",
    ",",
    ";",
    "@",
    "`",
    "$",
]


class Lexical:
    """A question's punctuation is no syntax: with it and without it the same passages are found."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        with assistant._search.reading() as search:
            self._index = search.lexical

    def __call__(self, data: bytes) -> None:
        words = ["lamp", "AND", "OR", "NOT", "TO", "body", "title", "number", "1904", "steps", "captain", "IN"]
        wanted = [words[byte % len(words)] for byte in data[::2]][:20]
        signs = [_SYNTAX[byte % len(_SYNTAX)] for byte in data[1::2]][:20]
        plain = " ".join(wanted)
        signed = " ".join(f"{sign} {word} {sign}" for word, sign in zip(wanted, signs, strict=False)) or plain
        glued = " ".join(wanted[: len(signs)]) or plain
        assert terms(signed) == terms(glued)
        assert self._index.search(terms(signed), 10) == self._index.search(terms(glued), 10)
        self._index.search([text for text in signed.split()], 10)  # even unsplit, a term is a term
        with suppress(QuestionError):
            self._assistant.ask(data.decode("utf-8", "replace") + signed)


class Cards:
    """Whatever stands in documents and questions, the page has the tags that it has for plain words, and no others."""

    def __init__(self, assistant: Assistant) -> None:
        self._answer = assistant.ask("Who is the captain of the ferry?")
        self._summary = assistant.documents()[0]
        self._expected = {kind: _tags(html) for kind, html in self._pages("plain words").items()}

    def __call__(self, data: bytes) -> None:
        text = data.decode("utf-8", "replace").replace("\0", "") or "x"
        for kind, html in self._pages(f"x{text}").items():
            assert _tags(html) == self._expected[kind], kind

    def _pages(self, text: str) -> Mapping[str, str]:
        quote = replace(
            self._answer.quotes[0],
            title=text,
            publisher=text,
            heading=text,
            document_id=text,
            text=text,
            highlight=None,
        )
        summary = replace(self._summary, id=text, title=text, publisher=text, source=text)
        answer = replace(self._answer, question=text, understood_as=text, quotes=(quote,))
        return {
            "turn": cards.turn_html(0, answer, {}, [summary]),
            "documents": panels.documents_html([summary], find=text, failures=[(text, text)]),
            "uploads": panels.uploads_html(UploadBatch([UploadedFile(text, "skipped", text)])),
            "hint": templating.hint_html(text, text),
        }


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.seen: list[tuple[str, tuple[str, ...]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, tuple(name for name, _ in attrs)))
        for name, value in attrs:
            assert not name.startswith("on"), name
            if name in ("href", "src", "action"):
                assert not re.match(r"\s*(javascript|data|vbscript|file):", value or "", re.IGNORECASE), value


def _tags(html: str) -> list[tuple[str, tuple[str, ...]]]:
    parser = _Tags()
    parser.feed(html)
    parser.close()
    return parser.seen


class Contract:
    """An answer in JSON fits the contract whatever its words are, and comes back the same."""

    def __init__(self, assistant: Assistant) -> None:
        self._answer: Answer = assistant.ask("Who is the captain of the ferry?")
        self._schema = Draft202012Validator({**SCHEMAS, "$ref": "#/$defs/AnswerSchema"})

    def __call__(self, data: bytes) -> None:
        text = data.decode("utf-8", "replace") or "x"
        quote = replace(self._answer.quotes[0], text=text, title=text, publisher=text, heading=text, highlight=None)
        fields = as_json(replace(self._answer, question=text, quotes=(quote,)), text)
        again = json.loads(json.dumps(fields, ensure_ascii=False))
        self._schema.validate(again)
        assert again["question"] == again["quotes"][0]["text"] == text


def _inside(suffix: str, whole: bytes, member: str, fed: bytes) -> None:
    """An archive that is whole, one member of which is not."""
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        read(suffix, zipped({name: fed if name == member else archive.read(name) for name in archive.namelist()}))


def member_of(whole: bytes, member: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        return archive.read(member)


def document_of(text: str) -> Document:
    return Document(
        "lamp.txt", "Lamp", text, "/varn/lamp.txt", "text/plain", "0" * 64, None, None, {"title": Provenance.TEXT}
    )


def targets(assistant: Assistant) -> Mapping[str, tuple[Callable[[bytes], None], bytes]]:
    """Name -> what is fed, and a whole input to begin with."""
    made: dict[str, tuple[Callable[[bytes], None], bytes]] = {}
    for name, data in seeds().items():
        suffix = f".{name.rpartition('.')[2]}"
        made[f"reader {name}"] = (partial(read, suffix), data)
    members = {
        ".docx": "word/document.xml",
        ".odt": "content.xml",
        ".epub": "a.xhtml",
        ".pptx": "ppt/slides/slide1.xml",
    }
    for suffix, member in members.items():
        whole = seeds()[suffix]
        made[f"inside {suffix}"] = (partial(_inside, suffix, whole, member), member_of(whole, member))
    made["splitter"] = (split, TEXT.encode())
    made["lexical"] = (Lexical(assistant), bytes(range(40)))
    made["cards"] = (Cards(assistant), b"<script>alert(1)</script> \" onx='")
    made["contract"] = (Contract(assistant), b'{"a": "\\u0000"}')
    return made
