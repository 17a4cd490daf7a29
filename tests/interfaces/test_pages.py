"""Pages as printed, and a document's own file: over HTTP and on the command line."""

import io
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas
from starlette.testclient import TestClient

from retriever import Assistant
from retriever.__main__ import main
from retriever.interfaces.http import build_api
from retriever.interfaces.uploads import Uploads
from tests.reading.test_pdf import LEFT, RIGHT, made, put
from tests.world import WordEncoder

QUOTE = "and winds the clock"


@pytest.fixture
def lamps(assistant: Assistant, varn: Path) -> Path:
    """A PDF of two pages in the library of Varn."""

    def draw(canvas: Canvas) -> None:
        put(canvas, LEFT)
        canvas.showPage()
        put(canvas, RIGHT)

    (varn / "old").mkdir()
    (varn / "old" / "lamps.pdf").write_bytes(made(draw))
    assistant.index([varn])
    return varn / "old" / "lamps.pdf"


@pytest.fixture
def client(assistant: Assistant) -> Iterator[TestClient]:
    ready: Future[Assistant] = Future()
    ready.set_result(assistant)
    uploads = Uploads(lambda: assistant.folder, largest_file_bytes=1_000_000)
    with TestClient(build_api(ready, uploads), raise_server_exceptions=False) as client:
        yield client


@pytest.mark.usefixtures("lamps")
def test_a_page_is_drawn_with_the_quote_marked(client: TestClient, assistant: Assistant) -> None:
    response = client.get("/documents/old/lamps.pdf/pages/1.png?width=300")
    assert (response.status_code, response.headers["content-type"]) == (200, "image/png")
    assert response.headers["cache-control"] == "no-store"
    assert Image.open(io.BytesIO(response.content)).size == (300, 425)
    start = assistant.document("old/lamps.pdf").text.index(QUOTE)
    span = {"width": 300, "start": start, "end": start + len(QUOTE)}
    marked = client.get("/documents/old/lamps.pdf/pages/1.png", params=span).content
    assert marked == assistant.page_image("old/lamps.pdf", 1, width=300, quote=(start, start + len(QUOTE)))
    assert marked != response.content
    assert client.get("/documents/old/lamps.pdf/pages/2.png", params=span).status_code == 200


@pytest.mark.usefixtures("lamps")
@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("old/lamps.pdf/pages/3.png", 404, "has 2 pages"),
        ("old/lamps.pdf/pages/0.png", 422, "page"),
        ("ferry.txt/pages/1.png", 404, "no printed pages"),
        ("nowhere.pdf/pages/1.png", 404, "nowhere.pdf"),
        ("nowhere.pdf/file", 404, "nowhere.pdf"),
        ("old/lamps.pdf/pages/1.png?width=0", 422, "width"),
        ("old/lamps.pdf/pages/1.png?width=90000", 422, "width"),
        ("old/lamps.pdf/pages/1.png?start=7", 422, "start and end"),
        ("old/lamps.pdf/pages/1.png?start=7&end=7", 422, "start and end"),
        ("old/lamps.pdf/pages/1.png?colour=red", 422, "colour"),
        ("old/lamps.pdf/pages/x.png", 404, "old/lamps.pdf/pages/x.png"),
    ],
)
def test_what_cannot_be_drawn_is_said_in_a_sentence(client: TestClient, path: str, status: int, says: str) -> None:
    response = client.get(f"/documents/{path}")
    assert response.status_code == status
    assert says in response.json()["error"]
    assert list(response.json()) == ["error"]


def test_a_file_that_has_changed_is_not_shown(client: TestClient, lamps: Path) -> None:
    assert client.get("/documents/old/lamps.pdf/file").content == lamps.read_bytes()
    lamps.write_bytes(b"%PDF-1.4 another")
    for path in ("pages/1.png", "file"):
        response = client.get(f"/documents/old/lamps.pdf/{path}")
        assert (response.status_code, "changed" in response.json()["error"]) == (409, True)
    lamps.unlink()
    assert client.get("/documents/old/lamps.pdf/file").status_code == 409
    assert client.get("/documents/old/lamps.pdf").status_code == 200


def test_only_a_pdf_or_a_picture_opens_in_the_browser(client: TestClient, lamps: Path, varn: Path) -> None:
    (varn / "lamp.html").write_text("<html><body><p>The lamp was lit in 1904.</p><script>1</script></body></html>")
    client.app.state.ready.result().index([varn])  # type: ignore[attr-defined]
    for path, media_type, kind in (
        ("old/lamps.pdf/file", "application/pdf", "inline"),
        ("old/lamps.pdf/file?download=true", "application/octet-stream", "attachment"),
        ("lamp.html/file", "application/octet-stream", "attachment"),
        ("ferry.txt/file", "application/octet-stream", "attachment"),
    ):
        headers = client.get(f"/documents/{path}").headers
        assert headers["content-type"] == media_type
        assert headers["content-disposition"].startswith(kind)
        assert headers["x-content-type-options"] == "nosniff"


def test_a_document_whose_name_looks_like_a_page_is_found(client: TestClient, varn: Path) -> None:
    for folder, name in (("album/pages", "3.png"), ("album", "file")):
        (varn / folder).mkdir(parents=True, exist_ok=True)
        (varn / folder / name).write_text("The album of Varn shows the lighthouse before the storm.")
    client.app.state.ready.result().index([varn])  # type: ignore[attr-defined]
    for name in ("album/pages/3.png", "album/file"):
        assert client.get(f"/documents/{name}").json()["id"] == name


def test_the_pages_are_described(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    page = paths["/documents/{document_id}/pages/{page}.png"]["get"]
    assert {each["name"] for each in page["parameters"]} == {"document_id", "page", "width", "start", "end"}
    assert list(page["responses"]["200"]["content"]) == ["image/png"]
    assert "/documents/{document_id}/file" in paths


@pytest.fixture
def at_home(assistant: Assistant, lamps: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("retriever.assistant._default_encoder", lambda _: WordEncoder())
    assistant.close()
    return lamps


@pytest.mark.usefixtures("at_home")
def test_the_command_draws_the_page_of_a_quote(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    library, image = ("--library", str(tmp_path / "library")), tmp_path / "page.png"
    assert main(["show", "old/lamps.pdf", *library]) == 0
    start = capsys.readouterr().out.index("In fog")
    assert main(["show", "old/lamps.pdf", "--quote", f"{start}:{start + 6}", "--image", str(image), *library]) == 0
    assert "page 2" in capsys.readouterr().out
    with Image.open(image) as drawn:
        assert drawn.format == "PNG"
    assert main(["show", "old/lamps.pdf", "--page", "2", *library]) == 0
    assert capsys.readouterr().out == " ".join(RIGHT) + "\n"


@pytest.mark.usefixtures("at_home")
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--page", "3"), "has 2 pages"),
        (("--page", "3", "--image", "page.png"), "has 2 pages"),
        (("--image", "no/such/folder/page.png"), "cannot be written"),
    ],
)
def test_the_command_says_what_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], says: str
) -> None:
    assert main(["show", "old/lamps.pdf", *arguments, "--library", str(tmp_path / "library")]) == 1
    assert says in capsys.readouterr().err
