"""The library: documents, passages and vectors, in a folder (`sqlite`) or on a server (`milvus`)."""
