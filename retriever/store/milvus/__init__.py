"""A library that many machines share, on a Milvus server (2.5 or later)."""
