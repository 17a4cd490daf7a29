"""Completes what a package index shows of Ibid, when a package is built.

In: README.md, and `$IBID_REPOSITORY`, the web address of the repository, if it has one. Out: the long description and
the project's addresses. One decision: an index has no files of the repository. With an address, links lead there and
pictures are loaded from there; without one, pictures are left out and links are plain words.
"""

import os
import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

_LINK = re.compile(r"(!?)\[([^\]\[]*)\]\(([^():]*)\)")
"""A Markdown link to a file of the repository: a picture or not, its words, its target."""


def readme_for_index(readme: str, repository: str) -> str:
    """Make the links of the README lead somewhere from an index's page.

    Args:
        readme: Markdown, with links relative to the repository.
        repository: its web address; empty if it has none.
    """

    def link(found: re.Match[str]) -> str:
        picture, words, target = found.groups()
        if repository:
            return f"{picture}[{words}]({repository}/{'raw' if picture else 'blob'}/HEAD/{target})"
        return "" if picture else words

    return _LINK.sub(link, readme)


class CustomMetadataHook(MetadataHookInterface):
    """What hatchling calls, by `[tool.hatch.metadata.hooks.custom]`."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Add the long description and the addresses."""
        repository = os.environ.get("IBID_REPOSITORY", "").rstrip("/")
        readme = (Path(self.root) / "README.md").read_text(encoding="utf-8")
        metadata["readme"] = {"content-type": "text/markdown", "text": readme_for_index(readme, repository)}
        if repository:
            metadata["urls"] = {
                "Repository": repository,
                "Documentation": f"{repository}/blob/HEAD/docs/start.md",
                "Changelog": f"{repository}/blob/HEAD/CHANGELOG.md",
            }
