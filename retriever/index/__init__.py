"""The indexes: caches of the library, by meaning (FAISS) and by words (Tantivy), and their fusion."""
