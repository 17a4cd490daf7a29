"""The page's own scripts, styles and fonts, and the head of its HTML.

In: the files in `static/`, and the HTML that Gradio writes. Out: files that a browser may keep for ever, and a page
that names them. One decision: each file's address has a digest of all files, so that a browser asks for each version
once.
"""

import gzip
import hashlib
import mimetypes
import re
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from ..interfaces.html.cards import CARD_STYLE

FOLDER = Path(__file__).parent / "static"
STYLES = ("page.css", "printed_page.css", "print.css")
"""One after the other they are the page's style; that of paper comes last."""
STYLE, SCRIPT = STYLES[0], "main.js"
DESCRIPTION = "Ask your documents a question. The answer is a quote, shown at its place in the document."

ATTACH = "window.ibid.attach(element, trigger, props, watch)"
"""What each component runs once it is on the page."""

_YEAR = 365 * 24 * 3600  # seconds
_TEXT = (".js", ".css", ".svg")
_FOREIGN = re.compile(
    r"""<meta\s[^>]*(?:property="og:|name="twitter:)[^>]*>\s* | <link\s+rel="manifest"[^>]*>\s*
    | <script>(?:(?!</script>).)*iframeResizer\.contentWindow(?:(?!</script>).)*</script>\s*""",
    re.DOTALL | re.VERBOSE,
)
"""What Gradio's page says about Gradio, and a script for pages inside other pages, which this one may not be."""


@cache
def contents() -> dict[str, bytes]:
    """Each file by name; the page's style has the answer's before it and those of printed pages and paper after it."""
    files = {file.name: file.read_bytes() for file in sorted(FOLDER.iterdir()) if file.is_file()}
    return files | {STYLE: CARD_STYLE.encode() + b"".join(files[name] for name in STYLES)}


@cache
def prefix() -> str:
    """The beginning of each file's address."""
    digest = hashlib.sha256()
    for name, content in contents().items():
        digest.update(name.encode() + content)
    return f"/page/{digest.hexdigest()[:12]}"


@cache
def _compressed(name: str) -> bytes:
    return gzip.compress(contents()[name], mtime=0)


def serve_asset(request: Request) -> Response:
    """Answer a request for a file; its address never means another content."""
    name = request.path_params["name"]
    if name not in contents() or not request.url.path.startswith(f"{prefix()}/"):
        return PlainTextResponse("There is no such file.", 404)
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    headers = {"Cache-Control": f"public, max-age={_YEAR}, immutable", "Vary": "Accept-Encoding"}
    if name.endswith(_TEXT) and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(_compressed(name), media_type=media_type, headers=headers | {"Content-Encoding": "gzip"})
    return Response(contents()[name], media_type=media_type, headers=headers)


def finish_page(html: str) -> str:
    """Gradio's HTML with the page's own head: its files, title and description."""
    files = (
        "<title>Ibid</title>"
        f'<script type="module" src="{prefix()}/{SCRIPT}"></script>'
        f'<meta name="description" content="{DESCRIPTION}">'
        '<meta property="og:type" content="website"><meta property="og:title" content="Ibid">'
        f'<meta property="og:description" content="{DESCRIPTION}">'
    )
    own = _FOREIGN.sub("", html)
    # Our script before Gradio's, which puts the components on the page; our style after Gradio's, so that ours counts.
    own = own.replace("<script>", f"{files}<script>", 1)
    return own.replace("</head>", f'<link rel="stylesheet" href="{prefix()}/{STYLE}"></head>', 1)
