"""What the page says before any of its events has come, and what its scripts say.

In: nothing but the language that is spoken. Out: properties of Gradio's components, and Gradio's HTML with them. One
decision: Gradio lays the page out once, in English. The words of another language are put into the HTML of a request.
"""

import json
import re
from collections.abc import Mapping

from ..interfaces.html.templating import HINT, hint_html, render
from ..interfaces.translation.catalogue import gettext, messages_of_scripts
from ..interfaces.translation.language import ENGLISH, language
from . import panels

_CONFIG = re.compile(r"window\.gradio_config = ")
_ESCAPED = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "'": "\\u0027"})
"""What could end the script that the words stand in."""


def first_words(*, signed_in: bool) -> dict[str, dict[str, str]]:
    """The components that say something at once: id -> property -> words.

    Args:
        signed_in: whether users sign in here.
    """
    own = gettext("Answers in the documents’ own words")
    width = gettext("Width of the panel")
    return {
        "masthead": {"value": f"<h1>Ibid</h1><p>{own}</p>"},
        "menu": {"value": render("menu.html", signed_in=signed_in)},
        "welcome": {"value": panels.welcome_html(None)},
        "question": {"label": gettext("Your question"), "placeholder": gettext("Ask the documents")},
        "ask": {"value": gettext("Ask")},
        "hint": {"value": hint_html(HINT)},
        "splitter": {
            "value": f'<div role="separator" tabindex="0" aria-orientation="vertical" aria-label="{width}" '
            'aria-valuemin="28" aria-valuemax="70" aria-valuenow="50"></div>'
        },
    }


def in_language(html: str, *, signed_in: bool) -> str:
    """Gradio's HTML in the language that is spoken; in English as it is."""
    if language() == ENGLISH:
        return html
    html = html.replace('lang="en"', f'lang="{language()}"', 1)
    scripts = f'<script type="application/json" id="words">{_in_script(messages_of_scripts())}</script>'
    html = html.replace("</head>", f"{scripts}</head>", 1)
    found = _CONFIG.search(html)
    if found is None:
        return html
    config, end = json.JSONDecoder().raw_decode(html, found.end())
    words = first_words(signed_in=signed_in)
    for component in config.get("components", ()):
        component["props"].update(words.get(component["props"].get("elem_id") or "", {}))
    return f"{html[: found.end()]}{_in_script(config)}{html[end:]}"


def _in_script(fields: Mapping[str, object]) -> str:
    """JSON that may stand in a script."""
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPED)
