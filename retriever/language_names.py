"""Codes of languages <-> their names. Imports babel only where a name is needed.

In: a code such as `de`, or what a user writes: "de", "de-AT", "German", "Deutsch". Out: the other of the two. One
decision: a name is understood in English and in the language itself.
"""

from collections.abc import Iterable
from functools import cache
from unicodedata import normalize

from .errors import QuestionError

_LONGEST_CODE = 3


@cache
def language_name(code: str, locale: str = "en") -> str:
    """The name of a language, in the language of a locale: "German"; the code itself where no name is known.

    Args:
        code: ISO 639-1 code.
        locale: for whom it is named, as an ISO 639-1 code.
    """
    from babel import Locale, UnknownLocaleError  # 40 ms

    try:
        return str(Locale.parse(locale).languages.get(code, code))
    except UnknownLocaleError:
        return code


def known_language(there: Iterable[str], name: str) -> str:
    """The language that a user means by its code or name, in any case; the empty name is that of a language in doubt.

    Args:
        there: the languages of the library, as ISO 639-1 codes; empty for one in doubt.
        name: as the user writes it.

    Raises:
        QuestionError: no document is in that language.
    """
    codes = sorted(there)
    form = _form(name)
    code = form.replace("_", "-").partition("-")[0]
    if code in codes and len(code) <= _LONGEST_CODE:
        return code
    for one in filter(None, codes):
        if form in (_form(language_name(one)), _form(language_name(one, one))):
            return one
    named = ", ".join(f"{language_name(one)} ({one})" for one in codes if one) or "none known"
    if not form:
        raise QuestionError(f"The language of every document here is known. The languages are: {named}.")
    raise QuestionError(f"No document here is in the language {name!r}. The languages are: {named}.")


def _form(name: str) -> str:
    return normalize("NFC", name.strip()).casefold()
