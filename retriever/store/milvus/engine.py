"""Rows in and out of Milvus: the only home of pymilvus.

In: rows of the five collections of a library. Out: rows again, and the nearest to a vector or to some words. The one
decision: what a server has is read from its version, and what it lacks is said, never half done.
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
from ...settings import TOKEN_VARIABLE
from ..sqlite.lexical import FIELD_WEIGHTS
from .address import Address

if TYPE_CHECKING:
    from pymilvus import CollectionSchema, MilvusClient
    from pymilvus.milvus_client.index import IndexParams

Row = dict[str, Any]

# Collections: the library's own name for its passages, with a suffix for the others.
PASSAGES, DOCUMENTS, PARTS, NOTES, SPELLINGS = "", "_documents", "_parts", "_notes", "_spellings"
EVERY = (PASSAGES, DOCUMENTS, PARTS, NOTES, SPELLINGS)
LONGEST = 60_000  # bytes of a text field; Milvus has 65,535
MOST_TERMS = 4_096  # of an array; what Milvus 2.3 has
SPELLING_DIMENSION = 64
DIGESTS = 2**63  # what a digest is below
FILTERED = ("publisher", "published_from", "published_to")  # of what a search may be told to ask only some
_OLDEST, _WITH_WORDS = (2, 3), (2, 5)  # versions: with array filters and upserts; with BM25
_PATIENCE_SECONDS = 60.0  # a server that is started again is there within a minute
_CONNECT_SECONDS = 15.0
_PROBE_SECONDS = 3.0  # for one that was waited for in vain
_PAUSE_SECONDS = 0.5
_MADE_SECONDS, _LOOK_SECONDS = 3.0, 0.1  # until what another machine is making is there
# Unless told, gRPC looks for a server that is away ever more seldom, in the end every two minutes.
_RECONNECTING = {"grpc.initial_reconnect_backoff_ms": 200, "grpc.max_reconnect_backoff_ms": 1000}
_GONE = re.compile(r"connect|unavailable|deadline|timeout|timed out|retry|closed channel", re.IGNORECASE)
_RELEASED = re.compile(r"released|not loaded|not been loaded", re.IGNORECASE)
_ROWS_AT_ONCE = 256  # of up to 64 kB each: a quarter of the 64 MB that a message may have
_PAGE = 2_000
_VALUES_AT_ONCE = 1_000  # in one condition
_LOGGERS = ("pymilvus", "pymilvus.milvus_client")  # what they say of an error, our own error says
# The graph of HNSW as Milvus's guide has it for recall above speed. 512 candidates found 0.99 of 100 nearest.
_GRAPH = {"M": 16, "efConstruction": 200}
_EF = 512
# Above this a graph, which must lie in memory with the whole vectors (1.7 kB a passage), gives way to cells of a byte
# a dimension (0.4 kB): 10 million passages are 17 GB against 4.
GRAPH_AT_MOST = 10_000_000
_CELLS, _CELLS_PROBED = 16_384, 256
_BM25 = {"bm25_k1": 1.2, "bm25_b": 0.75}  # as the local index has them


class Engine:
    """The collections of one library on one server. Safe to use from several threads."""

    def __init__(self, client: "MilvusClient", address: Address, version: tuple[int, ...], *, is_lite: bool) -> None:
        """Store a connected client; `connect` is the way in."""
        self._client = client
        self._address = address
        self._wrote: set[str] = set()
        self._is_away = False
        self.has_words = version >= _WITH_WORDS
        self._is_lite = is_lite
        self.version = ".".join(map(str, version))

    @classmethod
    def connect(cls, address: Address) -> "Engine":
        """Connect to a server.

        Raises:
            LibraryAway: the server is down.
            LibraryError: the packages are not installed; the server is too old, or refuses the token.
        """
        os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # what it says of a connection, our own error says
        try:
            from pymilvus import MilvusClient
        except ImportError as error:
            raise LibraryError(
                "A library on a server needs packages that are not installed; add them: pip install 'ibid[cluster]'"
            ) from error
        for name in _LOGGERS:  # being imported, it has just set both
            logging.getLogger(name).setLevel(logging.CRITICAL)
        with _translated(address, begun=False):
            client = MilvusClient(
                uri=address.uri, token=address.token, timeout=_CONNECT_SECONDS, grpc_options=_RECONNECTING
            )
            said = str(client.get_server_version(timeout=_CONNECT_SECONDS))
        version = tuple(int(part) for part in re.findall(r"\d+", said)[:3])
        if version < _OLDEST:
            raise LibraryError(f"The server of {address} is Milvus {said}; Ibid needs 2.3 or newer.")
        return cls(client, address, version, is_lite=said.startswith("milvus_lite"))

    def close(self) -> None:
        """Disconnect."""
        self._client.close()

    def has(self, suffix: str) -> bool:
        """Whether a collection is there."""
        return bool(self._asked("has_collection", suffix))

    def is_ours(self, suffix: str) -> bool:
        """Whether a collection has the fields that `create` gives it."""
        numbers, texts, _ = _FIELDS[suffix]
        told = self._asked("describe_collection", suffix)
        return {*numbers, *texts, "vector"} <= {field["name"] for field in told["fields"]}

    def create(self, suffix: str, dimension: int) -> None:
        """Make a collection with its indexes, or what is missing of it; another machine may be doing so too."""
        schema = self._schema(suffix, dimension)
        self._make(lambda: self.has(suffix), "create_collection", suffix, schema=schema)
        indexes = self._indexes(suffix)
        for one in indexes:
            # Without rows it is there at once; the client would look for it half a second later.
            self._make(
                partial(self._has_index, suffix, one.field_name),
                "create_index",
                suffix,
                index_params=type(indexes)([one]),
                sync=False,
            )

    def _has_index(self, suffix: str, field: str) -> bool:
        return field in self._asked("list_indexes", suffix)

    def _make(self, is_there: Callable[[], bool], method: str, suffix: str, **arguments: object) -> None:
        """Have the client make something unless it is there, or another machine makes it meanwhile."""
        if is_there():
            return
        try:
            self._asked(method, suffix, **arguments)
        except LibraryError:
            # The server may say that it is there before it tells so itself: another machine is in the middle of it.
            until = time.monotonic() + _MADE_SECONDS
            while not is_there():
                if time.monotonic() > until:
                    raise
                time.sleep(_LOOK_SECONDS)

    def load(self) -> None:
        """Have the server hold the collections ready, as it does not do by itself after every start."""
        for suffix in EVERY:
            self._asked("load_collection", suffix)

    def drop(self) -> None:
        """Remove the library's collections."""
        for suffix in EVERY:
            self._asked("drop_collection", suffix)

    def put(self, suffix: str, rows: Sequence[Row]) -> None:
        """Add rows, in place of those that have their keys."""
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            self._asked("upsert", suffix, data=list(rows[start : start + _ROWS_AT_ONCE]))
        self._wrote.add(suffix)

    def delete(self, suffix: str, condition: str) -> None:
        """Remove the rows for which a condition holds."""
        self._asked("delete", suffix, filter=condition)
        self._wrote.add(suffix)

    def delete_having(self, suffix: str, field: str, values: Sequence[int] | Sequence[str], *, also: str = "") -> None:
        """Remove the rows that have one of some values in a field, and for which another condition holds."""
        for condition in _conditions(suffix, field, values, also):
            self.delete(suffix, condition)

    def rows(
        self, suffix: str, condition: str, fields: Sequence[str], *, strong: bool = False, limit: int | None = None
    ) -> list[Row]:
        """Fetch the rows for which a condition holds, a few thousand at the most."""
        level = self._consistency(suffix, strong=strong)
        most = {"limit": limit} if limit else {}
        found = self._asked(
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
        """Fetch the rows that have one of some values in a field, and for which another condition holds."""
        found = (
            self.rows(suffix, condition, fields, strong=strong)
            for condition in _conditions(suffix, field, values, also)
        )
        return list(chain.from_iterable(found))

    def all_rows(self, suffix: str, field: str, fields: Sequence[str]) -> Iterator[Row]:
        """Go through the rows of a collection in no order, by a field that holds digests.

        Their range is cut into slices that hold alike many, as a limit leaves open which rows a server leaves out.
        """
        slices = 1 + self.count(suffix, f"{field} >= 0") // _PAGE
        for place in range(slices):
            first, end = (DIGESTS * each // slices for each in (place, place + 1))
            yield from self.rows(suffix, f"{field} >= {first} and {field} <= {end - 1}", fields)

    def count(self, suffix: str, condition: str, *, strong: bool = False) -> int:
        """Count the rows for which a condition holds."""
        found = self.rows(suffix, condition, ["count(*)"], strong=strong)
        return int(found[0]["count(*)"]) if found else 0

    def holds(self, suffix: str, rows: Sequence[Row]) -> int:
        """How many of some rows are there, as the server has it at this moment."""
        key = _key_field(suffix)
        return len(self.rows_having(suffix, key, [row[key] for row in rows], [key], strong=True))

    def nearest(
        self, suffix: str, vector: Sequence[float], count: int, condition: str, fields: Sequence[str]
    ) -> list[tuple[Row, float]]:
        """Find the rows nearest to a vector: fields, the key first, and inner product, best first."""
        deep = {"ef": max(_EF, count), "nprobe": _CELLS_PROBED}
        return self._search(suffix, "vector", list(vector), count, condition, fields, deep)

    def by_words(
        self, field: str, text: str, count: int, condition: str, fields: Sequence[str]
    ) -> list[tuple[Row, float]]:
        """Find the passages whose title, heading or body shares words with a text, best first.

        Returns:
            Fields, the key first, and BM25, above 0.
        """
        found = self._search(PASSAGES, field, text, count, condition, fields, {})
        return [(row, abs(score)) for row, score in found]  # milvus-lite's are below 0

    def settle(self, passages: int, graph_at_most: int = GRAPH_AT_MOST) -> bool:
        """Change over from a graph to cells where the library has outgrown it; whether it did.

        No question is answered meanwhile, which takes as long as building the index.
        """
        kind = self._asked("describe_index", PASSAGES, index_name="vector").get("index_type")
        if passages <= graph_at_most or kind != "HNSW":
            return False
        from pymilvus import MilvusClient

        index = MilvusClient.prepare_index_params()
        cells = min(_CELLS, max(16, int(4 * passages**0.5)))
        index.add_index("vector", index_type="IVF_SQ8", metric_type="IP", params=self._parameters({"nlist": cells}))
        self._asked("release_collection", PASSAGES)
        self._asked("drop_index", PASSAGES, index_name="vector")
        self._asked("create_index", PASSAGES, index_params=index)
        self._asked("load_collection", PASSAGES)
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
        found = self._asked(
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

    def _asked(self, method: str, suffix: str, **arguments: Any) -> Any:  # noqa: ANN401
        """Have the client do something with a collection; a server that is started again is waited for, but only once.

        All that is asked may be asked twice: what is written has keys that are made of what it is.
        """
        import grpc
        from pymilvus.exceptions import MilvusException

        name = self._address.collection + suffix
        try:
            with _translated(self._address, begun=True):
                if self._is_away:
                    self._client.get_server_version(timeout=_PROBE_SECONDS)
                    self._is_away = False
                until = time.monotonic() + _PATIENCE_SECONDS
                while True:
                    try:
                        return getattr(self._client, method)(name, timeout=_PATIENCE_SECONDS, **arguments)
                    except (MilvusException, grpc.RpcError) as error:
                        said = _said(error)
                        if time.monotonic() > until or not (_GONE.search(said) or _RELEASED.search(said)):
                            raise
                        if _RELEASED.search(said):
                            self._client.load_collection(name, timeout=_PATIENCE_SECONDS)
                        time.sleep(_PAUSE_SECONDS)
        except LibraryAway:
            self._is_away = True
            raise

    def _parameters(self, given: Mapping[str, float]) -> dict[str, object]:
        """An index's parameters; milvus-lite finds them only where its client wrote them once."""
        return {"params": dict(given)} if self._is_lite else dict(given)

    def _indexes(self, suffix: str) -> "IndexParams":
        from pymilvus import MilvusClient

        index = MilvusClient.prepare_index_params()
        graph = {"index_type": "HNSW", "params": self._parameters(_GRAPH)}
        kind = graph if suffix == PASSAGES else {"index_type": "FLAT", "params": {}}
        index.add_index("vector", metric_type="IP" if suffix in (PASSAGES, SPELLINGS) else "L2", **kind)
        if self.has_words and not self._is_lite:  # which goes through all rows for each filter, index or not
            numbers = [name for name in _FIELDS[suffix][0] if name != _key_field(suffix)]
            for name in [*numbers, *(_LISTS if suffix == PASSAGES else ())]:
                index.add_index(name, index_type="INVERTED")
        if suffix == PASSAGES and self.has_words:
            for name in FIELD_WEIGHTS:
                index.add_index(
                    name, index_type="SPARSE_INVERTED_INDEX", metric_type="BM25", params=self._parameters(_BM25)
                )
        return index

    def _schema(self, suffix: str, dimension: int) -> "CollectionSchema":
        from pymilvus import DataType, Function, FunctionType, MilvusClient

        schema = MilvusClient.create_schema(auto_id=False, description="a library of Ibid")
        numbers, texts, vector = _FIELDS[suffix]
        if _key_field(suffix) == "key":
            schema.add_field("key", DataType.VARCHAR, is_primary=True, max_length=64)
        for name in numbers:
            schema.add_field(name, DataType.INT64, is_primary=name == _key_field(suffix))
        for name in texts:
            schema.add_field(name, DataType.VARCHAR, max_length=65_535)
        schema.add_field("vector", DataType.FLOAT_VECTOR, dim=vector or dimension)
        if suffix == PASSAGES:
            for name in _LISTS:
                schema.add_field(name, DataType.ARRAY, element_type=DataType.INT64, max_capacity=MOST_TERMS)
            if self.has_words:
                analysis = {"tokenizer": "standard"}  # they are terms already; milvus-lite has no simpler one
                for name in FIELD_WEIGHTS:  # with the dense one four vectors, the most that a server takes unless told
                    text = words_of(name)
                    schema.add_field(
                        text, DataType.VARCHAR, max_length=65_535, enable_analyzer=True, analyzer_params=analysis
                    )
                    schema.add_field(name, DataType.SPARSE_FLOAT_VECTOR)
                    schema.add_function(Function(f"bm25_{name}", FunctionType.BM25, [text], [name]))
        return schema

    def _consistency(self, suffix: str, *, strong: bool) -> str:
        """Who wrote sees what was written; others see what is some seconds old at the most, which costs nothing."""
        return "Strong" if strong else "Session" if suffix in self._wrote else "Bounded"


def words_of(field: str) -> str:
    """What the words are called of which a field is the BM25."""
    return f"{field}_words"


# Suffix -> its fields of 64-bit numbers, the key first where it is one; of texts; and its vector's length, where not
# the encoder's. Each collection must have a vector, wanted or not.
_FIELDS: Mapping[str, tuple[Sequence[str], Sequence[str], int]] = {
    PASSAGES: (("number", "version", "document", "start", *FILTERED), (), 0),
    DOCUMENTS: (("document", "version", *FILTERED), ("about", "sketch"), 2),
    PARTS: (("owner", "document", "version", "kind", "place"), ("data",), 2),
    NOTES: (("kind", "line", "document", "applied"), ("data",), 2),
    SPELLINGS: ((), ("data",), SPELLING_DIMENSION),
}
_LISTS = ("terms", "named")  # of passages, beside those: what stands for their words, and for those of their headings
NO_VECTOR = [0.0, 1.0]


def _key_field(suffix: str) -> str:
    return {PASSAGES: "number", DOCUMENTS: "document"}.get(suffix, "key")


def _conditions(suffix: str, field: str, values: Sequence[int] | Sequence[str], also: str) -> Iterator[str]:
    """Conditions that together hold for the rows that have one of some values, and for which another holds."""
    count = _ROWS_AT_ONCE if suffix == PARTS else _VALUES_AT_ONCE
    for start in range(0, len(values), count):
        one_of = f"{field} in {json.dumps(values[start : start + count])}"  # as Milvus writes lists too
        yield f"{one_of} and {also}" if also else one_of


def _said(error: Exception) -> str:
    """What an error says, and what is behind it, in which alone a refused sign-in is named."""
    causes = [error, *([error.__cause__] if error.__cause__ else [])]
    said = [cause.details() if hasattr(cause, "details") else getattr(cause, "message", cause) for cause in causes]
    return " ".join(" ".join(str(one).split())[:200] for one in said)


def _key(hit: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401
    """A hit's primary key, or another field: with its fields, beside them by its name or, by old servers, as its id."""
    return hit["entity"][name] if name in hit["entity"] else hit[name] if name in hit else hit["id"]


@contextmanager
def _translated(address: Address, *, begun: bool) -> Iterator[None]:
    """Turn the client's errors into ours; a server that is away is waited for by the client.

    Raises:
        LibraryAway: the server does not answer, even after it was waited for.
        LibraryError: anything else that the server or the client says.
    """
    import grpc
    from pymilvus.exceptions import MilvusException

    began = time.monotonic()
    try:
        yield
    except (MilvusException, grpc.RpcError, ConnectionError) as error:
        said = _said(error)
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
                f"The server of {address} does not answer, and was waited for {time.monotonic() - began:.0f} seconds; "
                "start it again: what was stored is kept, and a command that was adding goes on when given again."
            ) from error
        raise LibraryError(f"The library {address} cannot be used ({said}).") from error
