"""What citeproc-py's elements of a style lack of the CSL specification, each cured in a subclass.

In: the elements of a style, as citeproc-py renders them. Out: subclasses that render as the specification says. One
decision: the library is not patched; `style_file` gives its parser these classes in place of its own. The cures:

    Name            `initialize="false"` keeps given names whole
    Names, Text     a variable that has stood in for missing names is not printed again
    If              `disambiguate` is never true, as one source stands alone; a locator may be numeric
    Text            quotation marks are left to `punctuation`; title case knows hyphens and all stop words
    Date_Part       a date's form in one place does not stay for the next
    Label, Text     a form of a term that is missing gives way to a longer one; a note begins with a capital
    Locale, Text    terms and macros are looked up once, which is faster
"""

import re
from typing import Any

from citeproc import model
from citeproc.source import CitationItem, VariableError
from citeproc.string import String

from .punctuation import CLOSE_QUOTE, OPEN_QUOTE

# The stop words of CSL 1.0.2, "Title Case Conversion".
STOP_WORDS = frozenset(
    """a across afore after against al along alongside amid amidst among amongst an and anenst apropos apud around as
    aside astride at athwart atop barring before behind below beneath beside besides between beyond but by c ca circa
    d' de despite down during et except for forenenst from given in inside into lest like modulo near next nor
    notwithstanding of off on onto or out over per plus pro qua sans since so than the through throughout thru thruout
    till to toward towards under underneath until unto up upon v. van versus via vis-à-vis von vs. with within without
    yet""".split()
)
LONGER_FORM = {"symbol": "short", "verb-short": "verb", "verb": None, "short": None}
"""Form of a term -> what CSL takes where it is missing."""
_WORD = re.compile(r"[^\W_]+(?:[’'][^\W_]+)*")
_NUMERIC = re.compile(r"[a-z]?\d+[a-z]*(?:\s*[-–,&]\s*[a-z]?\d+[a-z]*)*", re.IGNORECASE)
_INITIAL = re.compile(r"\b([^\W\d_])\.\s*")


class CitedItem(CitationItem):  # type: ignore[misc]
    """A source that is being cited, with the variables that have been printed of it."""

    def __init__(self, key: str, **given: Any) -> None:
        super().__init__(key, **given)
        self["printed"], self["spent"] = set(), set()


def title_case(text: str) -> str:
    """Write a title with capitals, as CSL's "Title Case Conversion" asks."""
    words = list(_WORD.finditer(text))
    shouted = text.isupper()
    written, done = [], 0
    for position, word in enumerate(words):
        before = text[done : word.start()]
        is_edge = position in (0, len(words) - 1) or re.search(r"[:.?!—]\W*\Z", before) is not None
        written += [before, _cased(word[0], is_edge=is_edge, shouted=shouted)]
        done = word.end()
    return "".join([*written, text[done:]])


def _cased(word: str, *, is_edge: bool, shouted: bool) -> str:
    plain = word.lower() if shouted else word
    if plain in STOP_WORDS and not is_edge:
        return plain
    return plain[0].upper() + plain[1:] if plain.islower() else plain


def _first_capital(text: str) -> str:
    found = _WORD.search(text)
    if found is None:
        return text
    at = found.start()
    return f"{text[:at]}{text[at].upper()}{text[at + 1 :]}"


class Name(model.Name):  # type: ignore[misc]
    """A name: given names stay whole where the style wants that."""

    def initialize(self, given: str, mark: str, context: Any) -> str:
        """Shorten given names to initials, unless the style says `initialize="false"`."""
        places = [self, *self.iterancestors("{*}citation", "{*}bibliography", "{*}style")]
        if context is not None:
            places += [*context.iterancestors("{*}citation", "{*}bibliography")]
        wanted = next((place.get("initialize") for place in places if place.get("initialize")), "true")
        if wanted == "false":
            return _INITIAL.sub(lambda one: f"{one[1]}{mark}", given).strip()
        return str(super().initialize(given, mark, context))


class Names(model.Names):  # type: ignore[misc]
    """Names of one role or several: those that have stood in for others are not printed again."""

    def process(self, item: Any, names_context: Any = None, context: Any = None, **options: Any) -> Any:
        """Write the names, or what stands in for them."""
        if set(self.get("variable").split()) & item["spent"]:
            return None
        text = super().process(item, names_context=names_context, context=context, **options)
        if text:
            item["printed"].update(role for role in self.get("variable").split() if role in item.reference)
        return text


class Substitute(model.Substitute):  # type: ignore[misc]
    """What stands in for missing names: it is spent afterwards."""

    def render(self, item: Any, context: Any = None, **options: Any) -> Any:
        """Write the first substitute that is known."""
        before = set(item["printed"])
        text = super().render(item, context=context, **options)
        if text:
            item["spent"].update(item["printed"] - before)
        return text


class _Worded:
    """What writes terms."""

    def get_term(self, name: str, form: str | None = None, *others: Any, **options: Any) -> Any:
        """The term in that form, else in the next longer one that there is."""
        while True:
            found = super().get_term(name, form, *others, **options)  # type: ignore[misc]
            if found is not None or form not in LONGER_FORM:
                return found
            form = LONGER_FORM[form]


class Label(_Worded, model.Label):  # type: ignore[misc]
    """The name of a place, such as "page"."""


class Text(_Worded, model.Text):  # type: ignore[misc]
    """A variable, a macro, a term or words of the style."""

    def get_macro(self, name: str) -> Any:
        """The macro of that name."""
        return self.get_root().macros[name]

    def _variable(self, item: Any, context: Any) -> Any:
        variable = self.get("variable")
        if variable in item["spent"]:
            return None
        text = super()._variable(item, context)
        if text:
            item["printed"].add(variable)
        return text

    def _term(self, item: Any) -> Any:
        term = super()._term(item)
        begins_note = not item["printed"] and self.get_root().get("class") == "note"
        return term.capitalize_first() if term and begins_note else term

    def case(self, text: Any, language: str | None = None) -> Any:
        """Write a text in the case that the style asks for."""
        wanted = self.get("text-case")
        if wanted == "title":
            return String(title_case(str(text))) if language == "en" else text
        if wanted == "capitalize-first":
            return String(_first_capital(str(text)))
        return super().case(text, language)

    def quote(self, string: Any) -> Any:
        """Put marks for quotation marks around a text; `punctuation` chooses them."""
        return f"{OPEN_QUOTE}{string}{CLOSE_QUOTE}" if self.get("quotes") == "true" else string


class If(model.If):  # type: ignore[misc]
    """A condition."""

    def render(self, item: Any, context: Any = None, delimiter: str = "", **options: Any) -> Any:
        """Write what depends on the condition.

        Raises:
            ConditionFailed: it is not met.
        """
        if self.get("disambiguate") == "true" and self.get("match") != "none":
            raise model.ConditionFailed
        return super().render(item, context=context, delimiter=delimiter, **options)

    def _is_numeric(self, item: Any) -> list[bool]:
        return [_NUMERIC.fullmatch(_value(item, name)) is not None for name in self.get("is-numeric").split()]


class Else_If(If):
    """A condition after another."""


class Date_Part(model.Date_Part):  # type: ignore[misc]
    """A day, a month or a year."""

    def render(self, date: Any, context: Any = None) -> Any:
        """Write the part; the attributes that it borrows are given back."""
        own = dict(self.attrib)
        try:
            return super().render(date, context)
        finally:
            self.attrib.clear()
            self.attrib.update(own)


class Locale(model.Locale):  # type: ignore[misc]
    """The terms of a language."""

    def get_term(self, name: str, form: str | None = None, zero_padded: bool = False) -> Any:
        """The term of that name and form; raises IndexError as the library expects."""
        if zero_padded:
            return super().get_term(name, form, zero_padded)
        if (name, form) not in self.known_terms:
            raise IndexError(name)
        return self.known_terms[name, form]


class Style(model.Style):  # type: ignore[misc]
    """A whole style. `style_file` sets its `macros` and its `locales`."""


def _value(item: Any, variable: str) -> str:
    if variable == "locator":
        return str(item.locator.identifier) if item.has_locator else ""
    try:
        return str(item.reference[variable.replace("-", "_")])
    except VariableError:
        return ""


CURED = {
    cls.__name__.replace("_", "-").lower(): cls
    for cls in (Label, Name, Names, Substitute, Text, If, Else_If, Date_Part, Locale, Style)
}
"""Tag -> the class that renders it, in place of citeproc-py's."""
