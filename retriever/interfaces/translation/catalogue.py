"""English messages -> the same in the language that is spoken, from the files in `catalogues`.

In: a message as it stands in the code. Out: its translation, or itself where there is none. One decision: the files are
read as they are, without a step that compiles them, so that an installation needs nothing but the files.
"""

from dataclasses import dataclass
from functools import cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

from .language import ENGLISH, language

FOLDER = Path(__file__).parent / "catalogues"
"""The files: `de.po` and so on."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The messages of a language.

    Attributes:
        translations: looks them up.
        of_scripts: English message -> translation, of those that the page's scripts say.
        patterns: English message -> translation, of those with numbered places such as `{0}`, the longest first.
    """

    translations: GNUTranslations
    of_scripts: dict[str, str]
    patterns: tuple[tuple[str, str], ...]

    @classmethod
    def load(cls, code: str) -> "Catalogue":
        """Read the file of a language."""
        # English, which needs no file, does not wait for this import.
        from babel.messages.mofile import write_mo
        from babel.messages.pofile import read_po

        with (FOLDER / f"{code}.po").open("rb") as file:
            catalogue = read_po(file, locale=code)
        compiled = BytesIO()
        write_mo(compiled, catalogue)
        compiled.seek(0)
        single = {
            one.id: one.string
            for one in catalogue
            if isinstance(one.id, str) and isinstance(one.string, str) and one.id and one.string and not one.context
        }
        scripts = {one.id for one in catalogue if any(str(file).endswith(".js") for file, _ in one.locations)}
        return cls(
            GNUTranslations(compiled),
            {message: said for message, said in single.items() if message in scripts},
            tuple(
                sorted(((one, said) for one, said in single.items() if "{0}" in one), key=lambda pair: -len(pair[0]))
            ),
        )


@cache
def catalogue_of(code: str) -> Catalogue:
    """The messages of a language other than English, read once."""
    return Catalogue.load(code)


def gettext(message: str) -> str:
    """A message in the language that is spoken."""
    return message if language() == ENGLISH else catalogue_of(language()).translations.gettext(message)


def ngettext(singular: str, plural: str, count: int) -> str:
    """The message for a number of things, in the language that is spoken."""
    if language() == ENGLISH:
        return singular if count == 1 else plural
    return catalogue_of(language()).translations.ngettext(singular, plural, count)


def pgettext(context: str, message: str) -> str:
    """A message that means several things in English, in the language that is spoken.

    Args:
        context: tells which of them is meant; a translator reads it.
        message: the message.
    """
    return message if language() == ENGLISH else catalogue_of(language()).translations.pgettext(context, message)


def gettext_noop(message: str) -> str:
    """The message itself; it is marked for the files, and translated where it is shown."""
    return message


def pgettext_noop(context: str, message: str) -> str:
    """The message itself, which means several things in English; it is marked for the files."""
    return message


def messages_of_scripts() -> dict[str, str]:
    """English message -> the same in the language that is spoken, of what the page's scripts say."""
    return {} if language() == ENGLISH else catalogue_of(language()).of_scripts
