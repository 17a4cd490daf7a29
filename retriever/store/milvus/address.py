"""The address of a library on a cluster: `milvus://host:port/collection` -> its server and its name."""

import os
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from ...errors import LibraryError
from ...settings import TOKEN_VARIABLE

_SCHEMES = {"milvus": "http", "http": "http", "https": "https"}
_COLLECTION = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,199}")  # the limit of Milvus, with room for a suffix
_DEFAULT_PORT = 19530  # Milvus's own


@dataclass(frozen=True, slots=True)
class Address:
    """The address of a library on a cluster.

    Attributes:
        uri: the server's address, in the form for its client.
        collection: the library's name there.
        token: `user:password` or an API key, or empty; never shown.
    """

    uri: str
    collection: str
    token: str = field(default="", repr=False)

    @staticmethod
    def is_one(place: str) -> bool:
        """Whether a place names a server, perhaps with a typing error, and not a folder."""
        return "://" in place or place.partition(":")[0] in _SCHEMES

    @classmethod
    def parse(cls, place: str) -> "Address":
        """Read an address; its token is `$IBID_MILVUS_TOKEN`.

        Raises:
            LibraryError: it is not a valid address.
        """
        wanted = "write it as milvus://HOST:PORT/COLLECTION, or with http:// or https://"
        try:
            parts = urlsplit(place)
            host, port = parts.hostname, parts.port or _DEFAULT_PORT
        except ValueError:
            host, port = None, 0
        if host is None or parts.scheme not in _SCHEMES:
            raise LibraryError(f"{_without_token(place)} names no library on a server; {wanted}.")
        if parts.username or parts.password:
            raise LibraryError(f"A password has no place in an address; put it into ${TOKEN_VARIABLE}.")
        collection = parts.path.strip("/")
        if not _COLLECTION.fullmatch(collection):
            raise LibraryError(f"{collection!r} can't name a collection (letters, digits and underscores); {wanted}.")
        shown = f"[{host}]" if ":" in host else host
        return cls(f"{_SCHEMES[parts.scheme]}://{shown}:{port}", collection, os.environ.get(TOKEN_VARIABLE, ""))

    def __str__(self) -> str:
        """The address in the form that users write."""
        return f"{self.uri.replace('http://', 'milvus://', 1)}/{self.collection}"


def _without_token(place: str) -> str:
    """An address that may be shown: without the part before an `@`."""
    scheme, slashes, rest = place.partition("://")
    return f"{scheme}{slashes}{rest.rpartition('@')[2]}"
