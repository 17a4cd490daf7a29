"""The five collections of a library on a server: their fields and indexes."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ..fields import FIELD_WEIGHTS

if TYPE_CHECKING:
    from pymilvus import CollectionSchema
    from pymilvus.milvus_client.index import IndexParams

# Collections: the library's own name for its passages, with a suffix for the others.
PASSAGES, DOCUMENTS, PARTS, NOTES, SPELLINGS = "", "_documents", "_parts", "_notes", "_spellings"
EVERY = (PASSAGES, DOCUMENTS, PARTS, NOTES, SPELLINGS)
LONGEST = 60_000  # bytes of a text field; Milvus allows 65,535
MOST_TERMS = 4_096  # of an array, as Milvus allows
SPELLING_DIMENSION = 64
FILTERED = ("publisher", "published_from", "published_to")  # the fields that a scope is checked by
# Every collection must have a vector; this one stands where none is needed.
NO_VECTOR = [0.0, 1.0]
# The graph of HNSW as Milvus's guide has it for recall above speed.
_GRAPH = {"M": 16, "efConstruction": 200}
_CELLS = 16_384
_BM25 = {"bm25_k1": 1.2, "bm25_b": 0.75}  # as Tantivy has them

# Suffix -> fields of 64-bit numbers, the key first if it is one; fields of text; and the vector's length, 0 for the
# encoder's.
_FIELDS: Mapping[str, tuple[Sequence[str], Sequence[str], int]] = {
    PASSAGES: (("number", "version", "document", "start", *FILTERED), (), 0),
    DOCUMENTS: (("document", "version", *FILTERED), ("about", "sketch"), 2),
    PARTS: (("owner", "document", "version", "kind", "place"), ("data",), 2),
    NOTES: (("kind", "line", "document", "applied"), ("data",), 2),
    SPELLINGS: ((), ("data",), SPELLING_DIMENSION),
}
_LISTS = ("terms", "named")  # of passages: numbers that stand for their terms, and for those of title and heading


def words_of(field: str) -> str:
    """The name of the text field that the BM25 vector of a field is made from."""
    return f"{field}_words"


def key_field(suffix: str) -> str:
    """The primary key of a collection."""
    return {PASSAGES: "number", DOCUMENTS: "document"}.get(suffix, "key")


def field_names(suffix: str) -> set[str]:
    """The fields that every collection of Ibid's has."""
    numbers, texts, _ = _FIELDS[suffix]
    words = [words_of(name) for name in FIELD_WEIGHTS] if suffix == PASSAGES else []
    return {*numbers, *texts, *words, "vector"}


def collection_schema(suffix: str, dimension: int) -> "CollectionSchema":
    """The fields of a collection.

    Args:
        suffix: which collection.
        dimension: the length of the encoder's vectors.
    """
    from pymilvus import DataType, Function, FunctionType, MilvusClient

    schema = MilvusClient.create_schema(auto_id=False, description="a library of Ibid")
    numbers, texts, vector = _FIELDS[suffix]
    if key_field(suffix) == "key":
        schema.add_field("key", DataType.VARCHAR, is_primary=True, max_length=64)
    for name in numbers:
        schema.add_field(name, DataType.INT64, is_primary=name == key_field(suffix))
    for name in texts:
        schema.add_field(name, DataType.VARCHAR, max_length=65_535)
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=vector or dimension)
    if suffix == PASSAGES:
        for name in _LISTS:
            schema.add_field(name, DataType.ARRAY, element_type=DataType.INT64, max_capacity=MOST_TERMS)
        analysis = {"tokenizer": "standard"}  # the words are terms already; milvus-lite has no simpler tokenizer
        for name in FIELD_WEIGHTS:  # with the dense one four vectors, the most that a server takes by default
            text = words_of(name)
            schema.add_field(text, DataType.VARCHAR, max_length=65_535, enable_analyzer=True, analyzer_params=analysis)
            schema.add_field(name, DataType.SPARSE_FLOAT_VECTOR)
            schema.add_function(Function(f"bm25_{name}", FunctionType.BM25, [text], [name]))
    return schema


def indexes(suffix: str, *, is_lite: bool) -> "IndexParams":
    """The indexes of a collection."""
    from pymilvus import MilvusClient

    found = MilvusClient.prepare_index_params()
    graph = {"index_type": "HNSW", "params": _parameters(_GRAPH, is_lite=is_lite)}
    kind = graph if suffix == PASSAGES else {"index_type": "FLAT", "params": {}}
    found.add_index("vector", metric_type="IP" if suffix in (PASSAGES, SPELLINGS) else "L2", **kind)
    if not is_lite:  # milvus-lite goes through all rows for each filter, index or not
        numbers = [name for name in _FIELDS[suffix][0] if name != key_field(suffix)]
        for name in [*numbers, *(_LISTS if suffix == PASSAGES else ())]:
            found.add_index(name, index_type="INVERTED")
    if suffix == PASSAGES:
        bm25 = _parameters(_BM25, is_lite=is_lite)
        for name in FIELD_WEIGHTS:
            found.add_index(name, index_type="SPARSE_INVERTED_INDEX", metric_type="BM25", params=bm25)
    return found


def cell_index(passages: int, *, is_lite: bool) -> "IndexParams":
    """The index of a library too large for a graph: cells, with a byte for each dimension."""
    from pymilvus import MilvusClient

    found = MilvusClient.prepare_index_params()
    cells = _parameters({"nlist": min(_CELLS, max(16, int(4 * passages**0.5)))}, is_lite=is_lite)
    found.add_index("vector", index_type="IVF_SQ8", metric_type="IP", params=cells)
    return found


def _parameters(given: Mapping[str, float], *, is_lite: bool) -> dict[str, object]:
    """An index's parameters; milvus-lite expects them one level deeper."""
    return {"params": dict(given)} if is_lite else dict(given)
