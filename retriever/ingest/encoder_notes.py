"""Documents that were indexed -> what to say where the library's encoder does not know their languages."""

from collections import Counter
from collections.abc import Sequence

from ..encoder import MULTILINGUAL_PACKAGE, SentenceEncoder
from ..store.base import Library


def other_languages(library: Library, document_ids: Sequence[str]) -> Counter[str]:
    """Languages other than English, with the number of documents in each."""
    found = library.documents.languages(document_ids).values()
    return Counter(language for language in found if language not in (None, "en"))


def read_with_multilingual(languages: Counter[str]) -> str:
    """Say that the library was read with the multilingual encoder."""
    return (
        f"Most documents are not in English ({_listed(languages)}), so the library was read with the multilingual "
        "encoder. The English one: ibid index --encoder shipped"
    )


def unknown_to_encoder(languages: Counter[str]) -> str:
    """Say that the English encoder does not know some documents' languages, and the cure."""
    count = languages.total()
    said = f"{count} documents are" if count > 1 else "One document is"
    needs = "" if SentenceEncoder.has_multilingual() else f" (needs the package {MULTILINGUAL_PACKAGE})"
    return (
        f"{said} not in English ({_listed(languages)}), and this library's encoder knows English only, so mostly their "
        f"words are compared. To compare their meaning: ibid index --encoder multilingual{needs}"
    )


def _listed(languages: Counter[str]) -> str:
    return ", ".join(f"{language}: {count}" for language, count in sorted(languages.items()))
