"""Answers, documents and lists as HTML: pure functions over templates."""
