"""Which language the page speaks to whoever sent a request.

In: the request's headers. Out: a language. One decision: a language that was chosen on the page counts more than those
that the browser asks for. Where it asks for none of ours, the page speaks English.
"""

from collections.abc import Mapping
from contextvars import ContextVar
from http.cookies import CookieError, SimpleCookie

ENGLISH = "en"
LANGUAGES = {ENGLISH: "English", "de": "Deutsch", "fr": "Français", "es": "Español"}
"""ISO 639-1 code -> its name in the language itself."""
COOKIE = "ibid_language"
"""In which a browser keeps the language that was chosen on the page."""

_MOST_ASKED = 20  # languages that a browser names; a real one names five or six
_language: ContextVar[str] = ContextVar("language", default=ENGLISH)
"""Of the request that this thread or task answers."""


def language() -> str:
    """The language that is spoken in this thread or task."""
    return _language.get()


def speak(wanted: str) -> None:
    """Speak a language from now on, in this thread or task."""
    _language.set(wanted if wanted in LANGUAGES else ENGLISH)


def chosen_language(headers: Mapping[str, str]) -> str:
    """The language that was chosen on the page; empty if none was.

    Args:
        headers: of a request; their names are looked up in lower case.
    """
    try:
        kept = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return kept.value if kept and kept.value in LANGUAGES else ""


def language_for(headers: Mapping[str, str]) -> str:
    """The language to answer a request in.

    Args:
        headers: of the request; their names are looked up in lower case.
    """
    asked = _asked(headers.get("accept-language", ""))
    return chosen_language(headers) or next((one for one in asked if one in LANGUAGES), ENGLISH)


def _asked(accepted: str) -> list[str]:
    """The languages of the header `Accept-Language`, best first: `de` for `de-AT` (RFC 9110, 12.5.4)."""
    weighted = []
    for part in accepted.split(",")[:_MOST_ASKED]:
        tag, _, quality = part.partition(";")
        try:
            weight = float(quality.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
        if weight > 0:
            weighted.append((-weight, tag.strip().partition("-")[0].lower()))
    return [tag for _, tag in sorted(weighted, key=lambda one: one[0])]
