"""Files that other programs read wrongly, and what is right in each. Only some machines have them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from retriever.errors import ReadingError
from retriever.reading.files import digest_of, read_document
from retriever.reading.worker import Worker
from retriever.settings import Limits
from tests.paths import ROOT

CASES = ROOT.parent / "shared" / "cases"
RIGHT = [
    ("1/in/report.pdf", "The dredging of the north basin was carried out by the contractor Velmont Marine and ended"),
    ("3/in/manual.pdf", "Use of the winch above forty knots is not permitted under any circumstances."),
    ("3/in/manual.pdf", "ordered under the number 01-2301-XR7 from the depot."),
    ("3/in/manual.pdf", "The well-known supplier is Hargrove and Sons of Telby."),
    ("5/in/form.pdf", "Allergies: hazelnut and shellfish"),
    ("5/in/form.pdf", "Emergency phone: 0471 55 20 18"),
    ("9/in/wells.docx", "The Corran well was excluded because its pump had failed in March."),
    ("9/in/wells.docx", "Well: Corran; Depth: 54 m; Nitrate: 48 mg/l Retested by Dr. Imre Vadas."),
    ("10/in/roof.xlsx", "Site: North wing; Task: Gutters; Owner: Piet Oosterhuis; Status: Late; Cost: 1310.5."),
    ("11/in/order.xlsx", "Item: Rope; Price: 3.20 EUR; Count: 10; Total: —; Delivered: 04/03/2031; Article no.: 00042"),
    ("11/in/order.xlsx", "Share: 7.5%"),
    ("14/in/no bom.txt", "The cook of the lighthouse is Sunniva Lie."),
    ("14/in/with bom.txt", "The keeper of the lighthouse is Torvald Hagen."),
    ("14/in/table.csv", "Room: 14; Guest: Jonas Vik."),
    ("15/in/mail.eml", "Ansprechpartnerin ist Änne Müßig."),
    ("15/in/mail.eml", "The warranty of the pump ends on 30 September 2033."),
    ("15/in/mail.eml", "The delivery note number is LN-88213."),
    ("15/in/mail.eml", "The spare keys lie with the porter Ludo Brams."),
    ("18/in/notes.md", "sudo pumpctl --reset --tank 4"),
    ("20/in/REPORT.PDF", ""),
    ("20/in/export.xls", ""),
    ("20/in/loan.doc", "The guarantor is Lisbet Aune."),
    ("20/in/page.txt", "The mole was built by Abel Stern."),
    ("20/in/report", ""),
    ("20/in/roof.csv", ""),
    ("20/in/scan.txt", ""),
    ("29/in/tales.epub", "Some say his brother Brando ruled in secret."),
    ("29/in/tales.epub", "The queen fled to Orrin in the year 812."),
    ("30/in/owner.pdf", "The notary of Telby is Quentin Shaw."),
    ("30/in/pages.pdf", "The auditor of the fund is Wilma Trent."),
    ("30/in/table.pdf", "Orchard: Birch Row; 2029: 21 t; 2030: 7 t; 2031: 18 t."),
    ("31/in/bom.csv", "Ship: Petrel; Captain: Una Moss."),
    ("31/in/bom.txt", "The mate of the tug is Olaf Reed."),
    ("31/in/cr.txt", "The pilot of the tug is Nora Finn."),
    ("31/in/crlf.txt", "Der Lotse ist Jens Röhr."),
    ("31/in/ff.txt", "The engineer of the tug is Rolf Dane."),
    ("31/in/nul.txt", "The cook of the tug is Pia Lund."),
    ("41/in/lab.docx", "The sample holds 10⁶ cells per litre."),
    ("41/in/lab.docx", "The yard covers 40 m² and the rent is 1200[3] crowns."),
    ("41/in/lab.html", "Turnover rose to 35[4] million."),
    ("41/in/lab.pdf", "The reactor made 10⁸ watts in the year 1962."),
    *(
        (f"19/in/{name}", "")
        for name in (
            "a.ipynb", "app.log", "c.vcf", "config.json", "data.jsonl", "deploy.yaml", "macro.xlsm", "notes.org",
            "notes.rst", "pack.zip", "page.mhtml", "sub.srt", "template.dotx", "tool.py", "x.tex",
        )
    ),
]  # fmt: skip
REFUSED = [
    ("30/in/locked.pdf", "password"),
    ("19/in/old.doc", "save it as .docx"),
    ("19/in/old.xls", "save it as .xlsx"),
]

pytestmark = pytest.mark.skipif(not CASES.exists(), reason="the files (shared/cases) are not here")


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with Worker(Limits()) as one:
        yield one


def text_of(path: Path, worker: Worker) -> tuple[str, tuple[str, ...]]:
    document, warnings = read_document(path, path.name, None, digest_of(path, 10**9), worker)
    return document.text, warnings


def test_each_file_says_what_is_right(worker: Worker) -> None:
    texts = {name: text_of(CASES / name, worker)[0] for name in dict(RIGHT)}
    assert [(name, words) for name, words in RIGHT if not texts[name].strip() or words not in texts[name]] == []


def test_no_number_is_glued_to_its_mark(worker: Worker) -> None:
    for path in (CASES / "41" / "in").iterdir():
        text = text_of(path, worker)[0]
        assert not any(wrong in text for wrong in ("106 cells", "12003", "354 million", "108 watts")), path.name


def test_what_is_missing_is_said(worker: Worker) -> None:
    assert "formulas" in text_of(CASES / "11/in/order.xlsx", worker)[1][0]
    assert "NUL" in text_of(CASES / "31/in/nul.txt", worker)[1][0]
    for name, reason in REFUSED:
        with pytest.raises(ReadingError, match=reason):
            text_of(CASES / name, worker)


def test_front_matter_is_no_text(worker: Worker) -> None:
    path = CASES / "18/in/notes.md"
    document = read_document(path, path.name, None, digest_of(path, 10**9), worker)[0]
    assert (document.title, document.published) == ("Brewing log", "2030-11-05")
    assert "2030-11-05" not in document.text
