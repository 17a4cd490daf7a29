"""A CSL style, read once and ready to cite: the only home of citeproc-py, with `elements`.

In: the name of a style. Out: citations of one item, as marked text. One decision: each citation stands alone, so no
"ibid." and no "2022a" appears: nobody knows what stands above it in the text that it is pasted into.
"""

import threading
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from citeproc import LOCALES_PATH, Citation, CitationStylesBibliography, Locator, model
from citeproc.source.json import CiteProcJSON
from lxml import etree

from .elements import CURED, CitedItem
from .punctuation import QuotationMarks, italic, settled, small_capitals

_NAMESPACE = "http://purl.org/net/xbiblio/csl"
_TAG = f"{{{_NAMESPACE}}}"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_PLAIN = dict.fromkeys(("Bold", "Light", "Underline", "Superscript", "Subscript"), str)
_FORMATTER = SimpleNamespace(
    preformat=lambda text: text, Italic=italic, Oblique=italic, SmallCaps=small_capitals, **_PLAIN
)


class StyleFile:
    """A style. Safe to use from several threads, one at a time."""

    def __init__(self, data: bytes) -> None:
        """Read a style.

        Args:
            data: the bytes of a CSL file.
        """
        self._lock = threading.Lock()
        self.root = _read(data)
        self.root.formatter = _FORMATTER
        self.root.locales = self._kept = _locales(self.root)
        self.root.macros = {macro.get("name"): macro for macro in self.root.iterchildren(f"{_TAG}macro")}
        for locale in self._kept:
            locale.style = self.root
            terms = locale.find(f"{_TAG}terms")
            known = () if terms is None else terms.iterchildren(f"{_TAG}term")
            locale.known_terms = {(term.get("name"), term.get("form")): term for term in known}
        self.quotation_marks = self._quotation_marks()

    @classmethod
    @cache
    def named(cls, name: str) -> "StyleFile":
        """The shipped style of that name."""
        return cls((files(__package__) / "styles" / f"{name}.csl").read_bytes())

    def cite(self, item: Mapping[str, Any], locator: tuple[str, str] | None = None, suffix: str = "") -> str:
        """Write a note, or what stands in brackets in the text.

        Args:
            item: a CSL-JSON item.
            locator: CSL's label of the place inside of it, and its value: `("page", "3")`.
            suffix: words after the locator.

        Returns:
            The citation, its italics and small capitals marked.
        """
        with self._lock:
            return self._settled(self._note(item, locator, suffix))

    @property
    def has_bibliography(self) -> bool:
        """Whether the style has a bibliography at all."""
        return self.root.bibliography is not None

    def reference(self, item: Mapping[str, Any]) -> str:
        """Write an entry of a bibliography; empty if the style has none."""
        with self._lock:
            bibliography = self._bibliography(item)
            cited = CitedItem(str(item["id"]))
            bibliography.register(Citation([cited]))
            written = bibliography.bibliography() if self.has_bibliography else []
            return self._settled("".join(map(str, written)))

    def _note(self, item: Mapping[str, Any], locator: tuple[str, str] | None, suffix: str) -> str:
        bibliography = self._bibliography(item)
        given: dict[str, Any] = {"locator": Locator(*locator)} if locator else {}
        if suffix:
            given["suffix"] = suffix
        citation = Citation([CitedItem(str(item["id"]), **given)])
        bibliography.register(citation)
        return str(bibliography.cite(citation, lambda _: None))

    def _bibliography(self, item: Mapping[str, Any]) -> Any:
        style = SimpleNamespace(
            root=self.root,
            render_citation=lambda citation, cites, callback: self.root.citation.render(citation, cites, callback),
            render_bibliography=lambda items: self.root.bibliography.render(items),
        )
        return CitationStylesBibliography(style, CiteProcJSON([dict(item)]), _FORMATTER)

    def _settled(self, text: str) -> str:
        return settled(text, self.quotation_marks)

    def _quotation_marks(self) -> QuotationMarks:
        def term(name: str) -> str:
            return str(self.root.get_single_term(name=name))

        return QuotationMarks(
            outer=(term("open-quote"), term("close-quote")),
            inner=(term("open-inner-quote"), term("close-inner-quote")),
            hold_punctuation=self.root.get_locale_option("punctuation-in-quote") == "true",
        )


def _parser() -> etree.XMLParser:
    """A parser whose elements are citeproc-py's, with the cured ones in place of its own."""
    lookup = etree.ElementNamespaceClassLookup()
    namespace = lookup.get_namespace(_NAMESPACE)
    namespace[None] = model.CitationStylesElement
    own = {cls.__name__.replace("_", "-").lower(): cls for cls in model.CitationStylesElement.__subclasses__()}
    namespace.update({**own, **CURED})
    parser = etree.XMLParser(remove_comments=True, no_network=True, resolve_entities=False)
    parser.set_element_class_lookup(lookup)
    return parser


def _read(data: bytes) -> Any:
    """Parse a style or a locale. Names that leave their form to the defaults get an element that says so.

    What sorts several sources is left out: each is cited alone. Two slips of punctuation are mended.
    """
    root = etree.fromstring(data, _parser())
    for sort in [*root.iter(f"{_TAG}sort")]:
        sort.getparent().remove(sort)
    _mend_punctuation(root)
    for names in root.iter(f"{_TAG}names"):
        if names.getparent().tag != f"{_TAG}substitute" and names.find(f"{_TAG}name") is None:
            names.insert(0, names.makeelement(f"{_TAG}name"))
    return root


def _mend_punctuation(root: Any) -> None:
    """Give an uncertain date the commas of a certain one (Chicago), and no comma before "(2024)" (Bluebook)."""
    for branch in [*root.iter(f"{_TAG}else-if")]:
        if branch.get("is-uncertain-date") == "issued":
            branch.getparent().remove(branch)
    for year in [*root.iter(f"{_TAG}text")]:
        spaced = year.getparent()
        parted = spaced.getparent()
        if year.get("prefix") == "(" and (spaced.get("delimiter"), parted.get("delimiter")) == (" ", ", "):
            year.set("prefix", " (")
            parted.addnext(year)


def _locales(style: Any) -> list[Any]:
    """Where a style's terms are looked up, in the order of CSL's "Locale Fallback"."""
    wanted = style.get("default-locale", "en-US")
    in_style = {locale.get(_LANGUAGE): locale for locale in style.iterchildren(f"{_TAG}locale")}
    own = [in_style[name] for name in (wanted, wanted.partition("-")[0], None) if name in in_style]
    shared = [
        _read((Path(LOCALES_PATH) / f"locales-{name}.xml").read_bytes()) for name in dict.fromkeys((wanted, "en-US"))
    ]
    return [*own, *shared]
