"""The errors that a user can mend: one small tree.

    IbidError
    ├── ReadingError       a file that cannot become a document
    │   └── FileTooLarge       it has more bytes than one may have
    ├── QuestionError      a question that cannot be asked
    ├── LibraryError       a library that cannot be opened, read or written
    │   ├── LibraryMissing     there is none at that place
    │   ├── LibraryForeign     made by another format or encoder
    │   ├── LibraryBusy        another process is writing to it
    │   ├── LibraryAway        the server that holds it does not answer
    │   └── DocumentUnknown    no document has that id
    ├── SpreadingError     machines that cannot read for this one
    ├── EncoderError       a model is missing, altered or cannot be loaded
    └── HistoryError       conversations that cannot be kept or read
        └── ConversationUnknown    the reader has no conversation with that id

Every message is one sentence or two: what happened, where, and what to do.
"""


class IbidError(Exception):
    """Base of all errors whose message is meant for the user, without a traceback."""


class ReadingError(IbidError):
    """A file cannot become a document; the message is the reason shown beside its name."""


class FileTooLarge(ReadingError):
    """A file has more bytes than one may have."""


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
    """The server that holds the library does not answer, or stopped to."""


class DocumentUnknown(LibraryError):
    """No document of the library has that id."""


class SpreadingError(IbidError):
    """Other machines cannot be had to read and encode, or stopped."""


class EncoderError(IbidError):
    """The encoder's model is missing, altered, or cannot be loaded."""


class HistoryError(IbidError):
    """Conversations cannot be kept or read; answers can still be had."""


class ConversationUnknown(HistoryError):
    """The reader has no conversation with that id."""
