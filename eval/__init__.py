"""Measures Ibid: reads questions with known answers, runs them, and scores what comes back."""

import retriever  # noqa: F401 (first: it chooses the threads of NumPy, which reads them when it is loaded)
