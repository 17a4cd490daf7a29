"""A library in a folder: one SQLite file, and two indexes that are caches of it."""
