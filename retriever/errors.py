"""The errors that a user can mend.

    IbidError
    ├── ReadingError       a file that cannot become a document
    │   ├── FileTooLarge       it has more bytes than one may have
    │   └── OriginalChanged    the file of a document is gone, or is another one now
    ├── QuestionError      a question that cannot be answered as it stands
    ├── LibraryError       a library that cannot be opened, read or written
    │   ├── LibraryMissing     there is no library at that place
    │   ├── LibraryForeign     another format or encoder made it
    │   ├── LibraryBusy        another process is writing to it
    │   ├── LibraryAway        the server that holds it does not answer
    │   └── DocumentUnknown    no document has that id
    │       └── PageUnknown        the document has no such page
    ├── SpreadingError     other machines that cannot read files for this one
    ├── EncoderError       a model is missing, altered or cannot be loaded
    ├── FetchError         an address that cannot be fetched
    │   ├── AddressRefused     it may not be: private, or forbidden by its site
    │   ├── SiteBusy           its site asks to be left alone for a while
    │   └── FetchingOff        the owner of the server lets nothing be fetched
    ├── HistoryError       conversations that cannot be saved or read
    │   └── ConversationUnknown    the user has no conversation with that id
    ├── WriterError        the language model that may join quotes cannot be asked
    └── CaseFileError      what a user keeps of a library cannot be saved, read or changed
        ├── CaseFileUnknown        the user has no such case file, pin, question or case
        └── CaseFileForbidden      it is another user's

Every message is one sentence or two: what happened, where, and what to do.
"""

import errno


class IbidError(Exception):
    """Base of all errors whose message is meant for the user, without a traceback."""


class ReadingError(IbidError):
    """A file cannot become a document; the message is the reason, shown next to its name."""


class ReadingInterrupted(ReadingError):
    """Time, memory or the machine ended the reading of a file; another try may succeed."""


class FileTooLarge(ReadingError):
    """A file has more bytes than one may have."""


class OriginalChanged(ReadingError):
    """The file that a document was read from is gone, or has changed since."""


class QuestionError(IbidError):
    """A question cannot be asked as it stands."""


class LibraryError(IbidError):
    """A library cannot be opened, read or written."""


class LibraryMissing(LibraryError):
    """There is no library at that place."""


class LibraryForeign(LibraryError):
    """The library was made by another format version or another encoder."""


class LibraryBusy(LibraryError):
    """Another process is writing to the library."""


class LibraryAway(LibraryError):
    """The server that holds the library does not answer."""


class DocumentUnknown(LibraryError):
    """No document of the library has that id."""


class PageUnknown(DocumentUnknown):
    """A document has no page of that number, or no printed pages at all."""


class SpreadingError(IbidError):
    """Other machines cannot read and encode files, or have stopped."""


class EncoderError(IbidError):
    """The encoder's model is missing, altered, or cannot be loaded."""


class FetchError(IbidError):
    """An address of the web cannot be fetched."""


class AddressRefused(FetchError):
    """An address may not be fetched: it leads to a private network, or its site forbids it."""


class SiteBusy(FetchError):
    """A site asks to be left alone for a while.

    Attributes:
        seconds: how long.
    """

    def __init__(self, message: str, seconds: float) -> None:
        """Store how long."""
        super().__init__(message)
        self.seconds = seconds


class FetchingOff(FetchError):
    """The owner of a server lets nothing be fetched."""


class HistoryError(IbidError):
    """Conversations cannot be saved or read; questions are still answered."""


class ConversationUnknown(HistoryError):
    """The user has no conversation with that id."""


class WriterError(IbidError):
    """The language model that may join quotes into a paragraph cannot be asked; the answer itself does not need it."""


class CaseFileError(IbidError):
    """What a user keeps of a library cannot be saved, read or changed."""


class CaseFileUnknown(CaseFileError):
    """The user has no such case file, pin, standing question or case."""


class CaseFileForbidden(CaseFileError):
    """Another user's case file can be read, but not changed."""


_OF_THE_MACHINE = {
    errno.EMFILE: "Too many files are open at once: close other programs, or raise the limit (ulimit -n).",
    errno.ENFILE: "Too many files are open on this machine: close other programs.",
    errno.ENOSPC: "The disk is full: free some space.",
    errno.EDQUOT: "Your share of the disk is full: free some space.",
}


def machine_error(error: BaseException) -> str | None:
    """A sentence for an error that comes from the machine's limits; None for any other."""
    if isinstance(error, MemoryError):
        return "This machine has too little free memory: close other programs, or take fewer or smaller files at once."
    return _OF_THE_MACHINE.get(error.errno or 0) if isinstance(error, OSError) else None
