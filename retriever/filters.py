"""Which documents a question asks: chosen by collection, by publisher, by language, by date, or one by one.

In: summaries of the library's documents. Out: the ids of the excluded documents. One decision: a
document of which only the month or the year is known is included if any day of that time is.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from unicodedata import normalize

from .errors import QuestionError
from .language_names import known_language
from .records import DocumentSummary


@dataclass(frozen=True, slots=True)
class Scope:
    """The documents that a user asks; empty: all.

    Attributes:
        publishers: only what these published; the empty name stands for an unknown publisher. Empty: any.
        since: ISO 8601 date, perhaps reduced: nothing older, and nothing without a date. Empty: any.
        until: ISO 8601 date, perhaps reduced: nothing newer, and nothing without a date. Empty: any.
        documents: only these ids. Empty: any.
        collections: only the documents of these; the empty name stands for no collection. Empty: any.
        as_of: ISO 8601 date, perhaps reduced: each document in the version that was current then. Empty: the newest.
        languages: only documents in these, as ISO 639-1 codes; the empty one stands for one in doubt. Empty: any.
    """

    publishers: frozenset[str] = frozenset()
    since: str = ""
    until: str = ""
    documents: frozenset[str] = frozenset()
    collections: frozenset[str] = frozenset()
    as_of: str = ""
    languages: frozenset[str] = frozenset()

    @classmethod
    def named(
        cls,
        library: Sequence[DocumentSummary],
        publishers: Iterable[str] = (),
        since: str = "",
        until: str = "",
        documents: Collection[str] = (),
        collections: Iterable[str] = (),
        as_of: str = "",
        languages: Iterable[str] = (),
    ) -> "Scope":
        """Choose documents by names.

        Args:
            library: all its documents.
            publishers: names, or parts of them, in any case.
            since: ISO 8601 date, perhaps reduced, or empty.
            until: the same.
            documents: ids.
            collections: names, in any case.
            as_of: ISO 8601 date, perhaps reduced, or empty.
            languages: codes, or names in English or in the language itself, in any case.

        Raises:
            QuestionError: the library has no such name or id, a date is not one, or `until` is before `since`.
        """
        known = {one.publisher or "" for one in library}
        found = {name: {one for one in known if _is_named(one, name)} for name in publishers}
        for name, those in found.items():
            if not those:
                there = ", ".join(sorted(filter(None, known))) or "none known"
                if not name:
                    raise QuestionError(f"The publisher of every document here is known. They are: {there}.")
                raise QuestionError(f"No document here was published by {name!r}. The publishers are: {there}.")
        documents = {matching_id((one.id for one in library), document_id) for document_id in documents}
        for document_id in sorted(documents - {one.id for one in library}):
            raise QuestionError(f"No document has the id {document_id!r}. `ibid list` prints the ids.")
        collected = sorted({one.collection for one in library})
        chosen = {known_collection(collected, name) for name in collections}
        spoken = {one.language or "" for one in library}
        since, until = _checked(since), _checked(until)
        if since and until and since[: len(until)] > until[: len(since)]:
            raise QuestionError(f"{until} is before {since}: swap the two dates.")
        return cls(
            frozenset().union(*found.values()),
            since,
            until,
            frozenset(documents),
            frozenset(chosen),
            _checked(as_of),
            frozenset(known_language(spoken, name) for name in languages),
        )

    @classmethod
    def of_fields(cls, fields: Mapping[str, Sequence[str] | str]) -> "Scope":
        """A scope from the fields of a form or an address: each name has one value or several."""
        several = {name: _values(fields.get(name, ())) for name in _FIELDS}
        since, until, as_of = ("".join(several[name][:1]) for name in ("since", "until", "as_of"))
        publishers, documents, collections, languages = (
            frozenset(several[name]) for name in ("publishers", "documents", "collections", "languages")
        )
        return cls(publishers, since, until, documents, collections, as_of, languages)

    @property
    def fields(self) -> dict[str, list[str]]:
        """Its fields, without those that leave out nothing."""
        given = {
            "publishers": sorted(self.publishers),
            "since": [self.since] if self.since else [],
            "until": [self.until] if self.until else [],
            "documents": sorted(self.documents),
            "collections": sorted(self.collections),
            "as_of": [self.as_of] if self.as_of else [],
            "languages": sorted(self.languages),
        }
        return {name: values for name, values in given.items() if values}

    def __bool__(self) -> bool:
        """Whether any document may be left out."""
        return self != EVERYTHING

    def takes(self, document: DocumentSummary) -> bool:
        """Whether the question is about a document."""
        return (
            (not self.documents or document.id in self.documents)
            and (not self.publishers or (document.publisher or "") in self.publishers)
            and (not self.collections or document.collection in self.collections)
            and (not self.languages or (document.language or "") in self.languages)
            and self._takes_date(document.published or "")
        )

    def left_out(self, documents: Iterable[DocumentSummary]) -> frozenset[str]:
        """The ids of those that are not asked."""
        return frozenset(document.id for document in documents if not self.takes(document)) if self else frozenset()

    def _takes_date(self, published: str) -> bool:
        if not (self.since or self.until):
            return True
        # Dates of unlike precision are compared as far as both are known: April 2022 holds both 2022 and 22 April.
        old_enough = not self.until or published[: len(self.until)] <= self.until[: len(published)]
        return bool(published) and published >= self.since[: len(published)] and old_enough


EVERYTHING = Scope()
EVERY_COLLECTION = "*"
"""What a control of the page says that chooses no collection; so it cannot be a collection's name."""
_FIELDS = ("publishers", "since", "until", "documents", "collections", "as_of", "languages")


def known_collection(there: Sequence[str], name: str) -> str:
    """The collection that a user means: its name, in any case; the empty name is that of no collection.

    Raises:
        QuestionError: there is none of that name.
    """
    form = normalize("NFC", name.strip()).casefold()
    for one in there:
        if name == one or normalize("NFC", one).casefold() == form:
            return one
    named = ", ".join(sorted(filter(None, there))) or "none yet"
    if not form:
        raise QuestionError(f"Every document here is in a collection. The collections are: {named}.")
    raise QuestionError(f"No collection here is named {name!r}. The collections are: {named}.")


def matching_id(ids: Iterable[str], name: str) -> str:
    """The id that a user means: the name itself, or the only id that is the same letters in another Unicode form."""
    known = list(ids)
    form = normalize("NFC", name)
    same = [each for each in known if normalize("NFC", each) == form]
    return same[0] if name not in known and len(same) == 1 else name


def _values(value: Sequence[str] | str) -> list[str]:
    return [value] if isinstance(value, str) else [str(one) for one in value]


def _is_named(publisher: str, name: str) -> bool:
    return name.casefold() in publisher.casefold() if name else not publisher


def _checked(text: str) -> str:
    """Return the text, if it is a date or empty."""
    parts = text.split("-")
    try:
        whole = "-".join([*parts, "01", "01"][:3])
        if not text or (len(parts) <= 3 and date.fromisoformat(whole).isoformat() == whole):
            return text
    except ValueError:
        pass
    raise QuestionError(f"{text!r} is not a date. Write a day, a month or a year: 2022-04-21, 2022-04 or 2022.")
