"""Web pages on the page: the addresses with a field for one more, and the thread that fetches what is followed daily.

In: the assistant. Out: what the panel of the documents shows. One decision: nothing of it is there unless the owner has
started the server with `--fetch`.
"""

import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..assistant import Assistant
from ..errors import IbidError
from ..fetching.kept import SavedPage
from ..fetching.saved_pages import Fetched, FetchState
from ..interfaces.fetch_http import check_fetches
from ..interfaces.translation.catalogue import gettext, ngettext
from ..interfaces.translation.sentences import translated
from ..records import DocumentSummary
from .loading import Loader

SECONDS = 600.0
"""Between two looks at what is due; it is fetched once a day."""

_log = logging.getLogger("retriever")


@dataclass(frozen=True, slots=True)
class FetchSection:
    """What the panel of the documents says of web pages.

    Attributes:
        pages: the addresses with their documents.
        said: what is being done, or was done.
        error: why an address could not be fetched.
        address: what stands in the field.
    """

    pages: Sequence[tuple[SavedPage, DocumentSummary]] = ()
    said: str = ""
    error: str = ""
    address: str = ""

    @classmethod
    def of(cls, assistant: Assistant, note: "FetchSection | None") -> "FetchSection | None":
        """The section as it is now; None where the owner has not switched fetching on."""
        if not assistant.settings.fetch_for_users:
            return None
        said = note or cls()
        return cls(assistant.saved_pages.list(), said.said, said.error, said.address)


def fetch(assistant: Assistant, fields: Mapping[str, str], collection: str) -> FetchSection:
    """Fetch the address of the panel's form, and say what has become of it.

    Raises:
        FetchError: it cannot be fetched, or fetching is off.
    """
    check_fetches(assistant)
    found = assistant.fetch(
        fields.get("address", ""), daily="daily" in fields, entries="entries" in fields, collection=collection
    )
    return _told(list(found))


def _told(found: Sequence[Fetched]) -> FetchSection:
    first, *others = found
    title = first.document.title if first.document else first.page.address
    if first.state is FetchState.ADDED:
        said = gettext("Added: {title}.").format(title=title)
    elif first.state is FetchState.REPLACED:
        said = gettext("Renewed: {title}.").format(title=title)
    else:
        said = gettext("Unchanged: {title}.").format(title=title)
    failed = [one for one in others if one.state is FetchState.FAILED]
    if added := len(others) - len(failed):
        told = ngettext("{num} page of the feed was added.", "{num} pages of the feed were added.", added)
        said = f"{said} {told.format(num=added)}"
    told = ngettext("{num} page could not be fetched.", "{num} pages could not be fetched.", len(failed))
    error = f"{told.format(num=len(failed))} {translated(failed[0].detail)}" if failed else ""
    return FetchSection(said=said, error=error)


class DailyFetch:
    """A thread that fetches what is followed and due, while the server runs."""

    def __init__(self, model: Loader[Assistant], seconds: float = SECONDS) -> None:
        """Store the assistant, once it can answer."""
        self._model = model
        self._seconds = seconds
        self._ended = threading.Event()

    def start(self) -> None:
        """Begin, in a thread that doesn't keep the program alive; it ends at once where fetching is off."""
        threading.Thread(target=self._run, name="daily fetch", daemon=True).start()

    def stop(self) -> None:
        """End it."""
        self._ended.set()

    def _run(self) -> None:
        try:
            assistant = self._model.result()
        except Exception:  # the page says why the library cannot be opened
            return
        if not assistant.settings.fetch_for_users:
            return
        while not self._ended.is_set():
            self._fetch(assistant)
            self._ended.wait(self._seconds)

    @staticmethod
    def _fetch(assistant: Assistant) -> None:
        try:
            for one in assistant.fetch_due():
                if one.state is FetchState.FAILED:
                    _log.warning("%s was not fetched: %s", one.page.address, one.detail)
        except IbidError as error:
            _log.warning("What is followed was not fetched: %s", error)
        except Exception:
            _log.exception("What is followed was not fetched.")
