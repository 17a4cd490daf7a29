"""The search of a library as an account sees it: it finds, counts and spells nothing that is hidden.

In: the search of the whole library, and the view of it. Out: a search of the view.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from ..encoder import Encoder, Vectors
from ..records import Hit, LibraryState
from ..settings import Settings
from ..text.tokens import term_of
from .base import Exclusion, Library, Searcher
from .current import CurrentSearch
from .view import LibraryView, SeenExclusion


class SeenSearcher:
    """A searcher that finds nothing hidden."""

    def __init__(self, searcher: Searcher, view: LibraryView) -> None:
        """Store the searcher of the whole library, and what is seen of it."""
        self._searcher = searcher
        self._view = view

    @property
    def generation(self) -> int:
        """As `base.Searcher.generation`."""
        return self._searcher.generation

    @property
    def state(self) -> LibraryState:
        """Counts and digest of what is seen."""
        return self._view.state()

    @property
    def is_worn(self) -> bool:
        """As `base.Searcher.is_worn`."""
        return self._searcher.is_worn

    @property
    def languages(self) -> frozenset[str]:
        """The languages of the documents that are seen."""
        return self._view.languages

    def hits(
        self,
        library: Library,
        wanted: Sequence[str],
        question_vector: Vectors,
        settings: Settings,
        count: int,
        excluded: Exclusion = None,
        weights: Mapping[str, float] | None = None,
    ) -> tuple[Hit, ...]:
        """As `base.Searcher.hits`."""
        left_out = self._left_out(excluded)
        return self._searcher.hits(library, wanted, question_vector, settings, count, left_out, weights)

    def frequencies(self, wanted: Iterable[str], excluded: Exclusion = None) -> dict[str, int]:
        """As `base.Searcher.frequencies`."""
        return self._searcher.frequencies(wanted, self._left_out(excluded))

    def passage_count(self, excluded: Exclusion = None) -> int:
        """As `base.Searcher.passage_count`."""
        return self._searcher.passage_count(self._left_out(excluded))

    def count_known(self, terms: Sequence[str], language: str) -> int:
        """As `base.Searcher.count_known`; where only hidden documents have a term, it is not known."""
        seen = [term for term, count in self.frequencies(terms).items() if count]
        return self._searcher.count_known(seen, language) if language in self.languages else 0

    def nearest_spelling(self, word: str, language: str) -> str:
        """As `base.Searcher.nearest_spelling`; the word itself if only hidden documents have that spelling."""
        nearest = self._searcher.nearest_spelling(word, language)
        term = term_of(nearest, language)
        return nearest if nearest != word and self.frequencies([term]).get(term) else word

    def _left_out(self, excluded: SeenExclusion | None) -> Exclusion:
        return (self._view.exclude(()) if excluded is None else excluded).whole


class SeenSearch(CurrentSearch):
    """The search of a view: that of the whole library, without what is hidden."""

    def __init__(self, whole: CurrentSearch, view: LibraryView) -> None:
        """Store the search of the whole library, and what is seen of it."""
        self._whole = whole
        self._view = view

    @contextmanager
    def reading(self) -> Iterator[Searcher]:
        """As `CurrentSearch.reading`."""
        with self._whole.reading() as search:
            yield SeenSearcher(search, self._view)

    def catch_up(self) -> None:
        """As `CurrentSearch.catch_up`."""
        self._whole.catch_up()

    def state(self) -> LibraryState:
        """Counts and digest of what is seen."""
        return self._view.state()

    def drop(self, encoder: Encoder | None = None) -> None:
        """As `CurrentSearch.drop`."""
        self._whole.drop(encoder)
