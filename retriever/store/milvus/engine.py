"""Rows in and out of Milvus. Only this module imports pymilvus.

In: rows of a library's five collections. Out: rows, also the nearest to a vector or to some words. One decision: a
server's version tells what it can do. If it is too old, an error says so.
"""

import json
import logging
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any

from ...errors import LibraryAway, LibraryError
from ...settings import TOKEN_VARIABLE, install_command
from .address import Address
from .schema import EVERY, PARTS, PASSAGES, cell_index, collection_schema, field_names, indexes, key_field

if TYPE_CHECKING:
    from pymilvus import MilvusClient

Row = dict[str, Any]

_DIGESTS = 2**63  # all digests are below
_OLDEST = (2, 5)  # the first version with BM25
_PATIENCE_SECONDS = 60.0  # a server that restarts is back within a minute
_CONNECT_SECONDS = 15.0
_PROBE_SECONDS = 3.0  # after a wait in vain
_PAUSE_SECONDS = 0.5
_MADE_SECONDS, _LOOK_SECONDS = 3.0, 0.1  # until another machine has finished making it
# By default, gRPC tries to reconnect less and less often, in the end every two minutes.
_RECONNECTING = {"grpc.initial_reconnect_backoff_ms": 200, "grpc.max_reconnect_backoff_ms": 1000}
_GONE = re.compile(r"connect|unavailable|deadline|timeout|timed out|retry|closed channel", re.IGNORECASE)
_RELEASED = re.compile(r"released|not loaded|not been loaded", re.IGNORECASE)
_ROWS_AT_ONCE = 256  # of up to 64 kB each: a quarter of the 64 MB limit of a message
_PAGE = 2_000
_VALUES_AT_ONCE = 1_000  # values in one condition
_LOGGERS = ("pymilvus", "pymilvus.milvus_client")  # our own error says the same
# Candidates of a search in a graph. With so many, 0.99 of the 100 nearest are found.
_EF = 512
# Above so many passages, cells replace the graph. A graph needs the whole vectors in memory (1.7 kB a passage), cells
# only a byte a dimension (0.4 kB): for 10 million passages 17 GB or 4.
GRAPH_AT_MOST = 10_000_000
_CELLS_PROBED = 256


class Engine:
    """A library's collections on one server. Safe to use from several threads."""

    def __init__(self, client: "MilvusClient", address: Address, version: tuple[int, ...], *, is_lite: bool) -> None:
        """Store a connected client; `connect` is the way in."""
        self._client = client
        self._address = address
        self._wrote: set[str] = set()
        self._is_away = False
        self._is_lite = is_lite
        self.version = ".".join(map(str, version))

    @classmethod
    def connect(cls, address: Address) -> "Engine":
        """Connect to a server.

        Raises:
            LibraryAway: the server is down.
            LibraryError: the packages are not installed; the server is too old, or refuses the token.
        """
        os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # our own error says the same
        try:
            from pymilvus import MilvusClient
        except ImportError as error:
            raise LibraryError(
                "A library on a server needs packages that are not installed; in Ibid's clone, run "
                f"{install_command('cluster')}."
            ) from error
        for name in _LOGGERS:  # importing it has just set both
            logging.getLogger(name).setLevel(logging.CRITICAL)
        with _translate_errors(address, begun=False):
            client = MilvusClient(
                uri=address.uri, token=address.token, timeout=_CONNECT_SECONDS, grpc_options=_RECONNECTING
            )
            said = str(client.get_server_version(timeout=_CONNECT_SECONDS))
        version = tuple(int(part) for part in re.findall(r"\d+", said)[:3])
        if version < _OLDEST:
            raise LibraryError(f"The server of {address} is Milvus {said}; Ibid needs 2.5 or later.")
        return cls(client, address, version, is_lite=said.startswith("milvus_lite"))

    def close(self) -> None:
        """Disconnect."""
        self._client.close()

    def has(self, suffix: str) -> bool:
        """Whether a collection exists."""
        return bool(self._call("has_collection", suffix))

    def is_ours(self, suffix: str) -> bool:
        """Whether a collection has the fields that `create` gives it."""
        described = self._call("describe_collection", suffix)
        return field_names(suffix) <= {field["name"] for field in described["fields"]}

    def create(self, suffix: str, dimension: int) -> None:
        """Make a collection with its indexes, or the missing part. Another machine may be doing the same."""
        schema = collection_schema(suffix, dimension)
        self._make(lambda: self.has(suffix), "create_collection", suffix, schema=schema)
        missing = indexes(suffix, is_lite=self._is_lite)
        for one in missing:
            # Without rows it is ready at once, but the client would wait half a second before it checks.
            self._make(
                partial(self._has_index, suffix, one.field_name),
                "create_index",
                suffix,
                index_params=type(missing)([one]),
                sync=False,
            )

    def _has_index(self, suffix: str, field: str) -> bool:
        return field in self._call("list_indexes", suffix)

    def _make(self, is_there: Callable[[], bool], method: str, suffix: str, **arguments: object) -> None:
        """Make something, unless it exists already or another machine makes it meanwhile."""
        if is_there():
            return
        try:
            self._call(method, suffix, **arguments)
        except LibraryError:
            # The server may refuse it as existing before it lists it, while another machine is still making it.
            until = time.monotonic() + _MADE_SECONDS
            while not is_there():
                if time.monotonic() > until:
                    raise
                time.sleep(_LOOK_SECONDS)

    def load(self) -> None:
        """Load the collections; a server does not always do so by itself after a start."""
        for suffix in EVERY:
            self._call("load_collection", suffix)

    def drop(self) -> None:
        """Remove the library's collections."""
        for suffix in EVERY:
            self._call("drop_collection", suffix)

    def put(self, suffix: str, rows: Sequence[Row]) -> None:
        """Add rows. They replace rows with the same keys."""
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            self._call("upsert", suffix, data=list(rows[start : start + _ROWS_AT_ONCE]))
        self._wrote.add(suffix)

    def delete(self, suffix: str, condition: str) -> None:
        """Remove the rows that meet a condition."""
        self._call("delete", suffix, filter=condition)
        self._wrote.add(suffix)

    def delete_having(self, suffix: str, field: str, values: Sequence[int] | Sequence[str], *, also: str = "") -> None:
        """Remove the rows with one of some values in a field that also meet a condition."""
        for condition in _conditions(suffix, field, values, also):
            self.delete(suffix, condition)

    def rows(
        self, suffix: str, condition: str, fields: Sequence[str], *, strong: bool = False, limit: int | None = None
    ) -> list[Row]:
        """Fetch the rows that meet a condition, a few thousand at most."""
        level = self._consistency(suffix, strong=strong)
        most = {"limit": limit} if limit else {}
        found = self._call(
            "query", suffix, filter=condition, output_fields=list(fields), consistency_level=level, **most
        )
        return list(found)

    def rows_having(
        self,
        suffix: str,
        field: str,
        values: Sequence[int] | Sequence[str],
        fields: Sequence[str],
        *,
        also: str = "",
        strong: bool = False,
    ) -> list[Row]:
        """Fetch the rows with one of some values in a field that also meet a condition."""
        found = (
            self.rows(suffix, condition, fields, strong=strong)
            for condition in _conditions(suffix, field, values, also)
        )
        return list(chain.from_iterable(found))

    def all_rows(self, suffix: str, field: str, fields: Sequence[str]) -> Iterator[Row]:
        """Iterate over the rows of a collection, in no order, by a field that holds digests.

        The range of the digests is cut into slices of about equal size. With a mere limit, a server does not say
        which rows it left out.
        """
        slices = 1 + self.count(suffix, f"{field} >= 0") // _PAGE
        for place in range(slices):
            first, end = (_DIGESTS * each // slices for each in (place, place + 1))
            yield from self.rows(suffix, f"{field} >= {first} and {field} <= {end - 1}", fields)

    def count(self, suffix: str, condition: str, *, strong: bool = False) -> int:
        """Count the rows that meet a condition."""
        found = self.rows(suffix, condition, ["count(*)"], strong=strong)
        return int(found[0]["count(*)"]) if found else 0

    def holds(self, suffix: str, rows: Sequence[Row]) -> int:
        """Count how many of some rows exist on the server now."""
        key = key_field(suffix)
        return len(self.rows_having(suffix, key, [row[key] for row in rows], [key], strong=True))

    def nearest(
        self, suffix: str, vector: Sequence[float], count: int, condition: str, fields: Sequence[str]
    ) -> list[tuple[Row, float]]:
        """Find the rows nearest to a vector, best first: fields (the key first) and inner product."""
        deep = {"ef": max(_EF, count), "nprobe": _CELLS_PROBED}
        return self._search(suffix, "vector", list(vector), count, condition, fields, deep)

    def by_words(
        self, field: str, text: str, count: int, condition: str, fields: Sequence[str]
    ) -> list[tuple[Row, float]]:
        """Find the passages that share words with a text in title, heading or body, best first.

        Returns:
            Fields, the key first, and BM25, above 0.
        """
        found = self._search(PASSAGES, field, text, count, condition, fields, {})
        return [(row, abs(score)) for row, score in found]  # milvus-lite's are below 0

    def settle(self, passages: int, graph_at_most: int = GRAPH_AT_MOST) -> bool:
        """Replace the graph by cells if the library is too large for it. Returns whether it did.

        No question is answered while the index is being built.
        """
        kind = self._call("describe_index", PASSAGES, index_name="vector").get("index_type")
        if passages <= graph_at_most or kind != "HNSW":
            return False
        index = cell_index(passages, is_lite=self._is_lite)
        self._call("release_collection", PASSAGES)
        self._call("drop_index", PASSAGES, index_name="vector")
        self._call("create_index", PASSAGES, index_params=index)
        self._call("load_collection", PASSAGES)
        return True

    def _search(
        self,
        suffix: str,
        field: str,
        data: Any,  # noqa: ANN401 (a vector or a text)
        count: int,
        condition: str,
        fields: Sequence[str],
        parameters: Mapping[str, int],
    ) -> list[tuple[Row, float]]:
        found = self._call(
            "search",
            suffix,
            data=[data],
            anns_field=field,
            filter=condition,
            limit=count,
            output_fields=list(fields),
            search_params={"params": dict(parameters)},
            consistency_level=self._consistency(suffix, strong=False),
        )
        return [({**hit["entity"], fields[0]: _key(hit, fields[0])}, float(hit["distance"])) for hit in found[0]]

    def _call(self, method: str, suffix: str, **arguments: Any) -> Any:  # noqa: ANN401
        """Run an operation of the client on a collection. If the server restarts, wait for it and try again, once.

        Repeating is safe, since the keys of rows are made from their content.
        """
        import grpc
        from pymilvus.exceptions import MilvusException

        name = self._address.collection + suffix
        try:
            with _translate_errors(self._address, begun=True):
                if self._is_away:
                    self._client.get_server_version(timeout=_PROBE_SECONDS)
                    self._is_away = False
                until = time.monotonic() + _PATIENCE_SECONDS
                while True:
                    try:
                        return getattr(self._client, method)(name, timeout=_PATIENCE_SECONDS, **arguments)
                    except (MilvusException, grpc.RpcError) as error:
                        said = _error_message(error)
                        if time.monotonic() > until or not (_GONE.search(said) or _RELEASED.search(said)):
                            raise
                        if _RELEASED.search(said):
                            self._client.load_collection(name, timeout=_PATIENCE_SECONDS)
                        time.sleep(_PAUSE_SECONDS)
        except LibraryAway:
            self._is_away = True
            raise

    def _consistency(self, suffix: str, *, strong: bool) -> str:
        """The consistency of a read. A writer sees its own rows; others may see them some seconds late."""
        return "Strong" if strong else "Session" if suffix in self._wrote else "Bounded"


def _conditions(suffix: str, field: str, values: Sequence[int] | Sequence[str], also: str) -> Iterator[str]:
    """Conditions that together select the rows with one of some values that also meet another condition."""
    count = _ROWS_AT_ONCE if suffix == PARTS else _VALUES_AT_ONCE
    for start in range(0, len(values), count):
        one_of = f"{field} in {json.dumps(values[start : start + count])}"  # the way Milvus writes lists too
        yield f"{one_of} and {also}" if also else one_of


def _error_message(error: Exception) -> str:
    """The message of an error and of its cause; only the cause names a refused sign-in."""
    causes = [error, *([error.__cause__] if error.__cause__ else [])]
    said = [cause.details() if hasattr(cause, "details") else getattr(cause, "message", cause) for cause in causes]
    return " ".join(" ".join(str(one).split())[:200] for one in said)


def _key(hit: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401
    """A hit's primary key, which is among its fields or next to them."""
    return hit["entity"][name] if name in hit["entity"] else hit[name]


@contextmanager
def _translate_errors(address: Address, *, begun: bool) -> Iterator[None]:
    """Turn the client's errors into ours. The client itself waits for a server that is away.

    Raises:
        LibraryAway: the server does not answer, even after a wait.
        LibraryError: any other error of the server or the client.
    """
    import grpc
    from pymilvus.exceptions import MilvusException

    began = time.monotonic()
    try:
        yield
    except (MilvusException, grpc.RpcError, ConnectionError) as error:
        said = _error_message(error)
        if re.search(r"auth|denied|permission|credential|password|token", said, re.IGNORECASE):
            raise LibraryError(
                f"The server of {address} refuses the sign-in; set ${TOKEN_VARIABLE} to user:password or an API key."
            ) from error
        gone = _GONE.search(said)
        if gone and not begun:
            raise LibraryAway(
                f"No Milvus server answers at {address.uri}; start it, or name another with --library."
            ) from error
        if gone:
            raise LibraryAway(
                f"The server of {address} did not answer for {time.monotonic() - began:.0f} seconds; start it again. "
                "Everything stored so far is kept: run an interrupted command again to continue."
            ) from error
        raise LibraryError(f"The library {address} cannot be used ({said}).") from error
