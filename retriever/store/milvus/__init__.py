"""A library that many machines share, held and searched by a Milvus server (2.5 or later)."""
