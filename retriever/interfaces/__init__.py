"""Output for people and programs: text, HTML, JSON, HTTP, MCP, frameworks."""

Fields = dict[str, object]
"""Fields that JSON can hold."""

Id = str | int | float | None
"""The id that a program gives its question; it comes back with the answer."""
