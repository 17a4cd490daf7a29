"""What Ibid is made of: `python -m tests.supply` lists each package that is installed for it, with version and licence.

It says which are not the versions of `constraints.txt`, which files are not those that their package was made of, and
whether the model is the one that was measured. `--hashes REPORT` turns a report of pip (`pip install --dry-run
--ignore-installed --report REPORT ...`) into requirements with digests, for `pip install --require-hashes`. `--notice`
prints the file NOTICE: what an installation without extras brings from others, and so what an image of it holds.
"""

import argparse
import base64
import csv
import hashlib
import json
import re
import sys
import tomllib
from collections.abc import Iterator, Sequence
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path, PurePosixPath

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.paths import ROOT

EXTRAS = ("", "test", "cluster")
NOTICE = """\
Ibid
Licensed under the Apache License 2.0; see the file LICENSE.

Part of Ibid, from others
-------------------------
The page's letters: Source Serif 4 by Adobe, SIL Open Font License 1.1 (retriever/web/static/source-serif-4-OFL.txt).
The weights of both readers: trained from cross-encoder/ms-marco-MiniLM-L-12-v2, Apache License 2.0. Their training data
are named in retriever/answering/reader/model-card.md and retriever/conversation/antecedent_reader/model-card.md.
The styles of citations: the Citation Style Language project, CC BY-SA 3.0 (retriever/citing/styles/LICENCE.txt).
The sample articles in corpus/ belong to their publishers. They are not under Ibid's licence.

Installed with Ibid
-------------------
These {count} packages come with `pip install`, or lie in an image that was built so. The text of each licence is in the
package or in its folder NAME.dist-info. An image also holds what its base image holds.

{packages}
"""
_WRITTEN_LATER = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json")  # by pip, into each package's folder


def needed(extras: Sequence[str] = EXTRAS) -> dict[str, Distribution]:
    """What Ibid and some of its extras need, and what that needs, as far as it is installed: name -> distribution."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    of_extra = project["optional-dependencies"]
    named = [Requirement(text) for text in project["dependencies"]]
    asked = list(extras)
    for extra in asked:
        for requirement in map(Requirement, of_extra.get(extra, ())):
            if requirement.name == project["name"]:
                asked.extend(requirement.extras)
            else:
                named.append(requirement)
    found: dict[str, Distribution] = {}
    waiting = [(canonicalize_name(each.name), tuple(each.extras)) for each in named]
    while waiting:
        name, wanted = waiting.pop()
        try:
            made = distribution(name)
        except PackageNotFoundError:
            continue
        # NOTICE and the digests are of Python 3.11, and of torch without what it pins itself for graphics cards.
        elsewhere = {"python_version": "3.11"} | ({"platform_system": ""} if name == "torch" else {})
        for text in made.requires or ():
            requirement = Requirement(text)
            marker = requirement.marker
            if marker and not any(marker.evaluate({"extra": extra, **elsewhere}) for extra in wanted or ("",)):
                continue
            other = canonicalize_name(requirement.name)
            if other not in found or requirement.extras:
                waiting.append((other, tuple(requirement.extras)))
        found[canonicalize_name(name)] = made
    return dict(sorted(found.items()))


def pins(file: Path = ROOT / "constraints.txt") -> dict[str, str]:
    """Name -> version."""
    lines = [line.partition("==") for line in file.read_text(encoding="utf-8").splitlines() if "==" in line]
    return {canonicalize_name(name): version.strip() for name, _, version in lines}


def licence(made: Distribution) -> str:
    """What a package says of its licence, in one line."""
    about = made.metadata
    classified = [one.rpartition(" :: ")[2] for one in about.get_all("Classifier") or () if one.startswith("License")]
    said = about.get("License-Expression") or "; ".join(classified) or (about.get("License") or "").strip()
    return " ".join(said.splitlines()[0].split()) if said else "not said"


def altered(made: Distribution) -> Iterator[str]:
    """The files of a package whose bytes are not those that it was made of."""
    # From Python 3.12 on, `made.files` leaves out those that are missing.
    for file, said, _ in csv.reader((made.read_text("RECORD") or "").splitlines()):
        kind, _, known = said.partition("=")
        if not known or PurePosixPath(file).name in _WRITTEN_LATER:
            continue
        place = Path(str(made.locate_file(file)))
        if not place.is_file():
            yield f"{file}: missing"
            continue
        with place.open("rb") as stream:
            digest = base64.urlsafe_b64encode(hashlib.file_digest(stream, kind).digest())
        if digest.rstrip(b"=").decode() != known:
            yield f"{file}: altered"


def problems(packages: dict[str, Distribution], *, files: bool) -> Iterator[str]:
    """What is not as it should be."""
    pinned = pins()
    for name, made in packages.items():
        version = made.version.partition("+")[0]  # torch for processors says +cpu
        if name not in pinned:
            yield f"{name} {version}: not in constraints.txt"
        elif pinned[name] != version:
            yield f"{name} {version}: constraints.txt has {pinned[name]}"
        if files:
            yield from (f"{name}: {each}" for each in altered(made))


def notice() -> str:
    """The file NOTICE: who made what an installation holds, and where their licences stand."""
    packages = needed(("",))
    listed = "\n".join(f"{name} {made.version.partition('+')[0]}: {licence(made)}" for name, made in packages.items())
    return NOTICE.format(count=len(packages), packages=listed)


def hashed(report: Path) -> Iterator[str]:
    """A report of pip as requirements with digests."""
    for item in json.loads(report.read_text(encoding="utf-8"))["install"]:
        about, archive = item["metadata"], item["download_info"].get("archive_info")
        if archive:
            version = re.sub(r"\+.*", "", about["version"])
            yield f"{canonicalize_name(about['name'])}=={version} --hash=sha256:{archive['hashes']['sha256']}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.supply", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--files", action="store_true", help="compare the digest of each file with its package's own")
    parser.add_argument("--hashes", type=Path, metavar="REPORT", help="print requirements with digests instead")
    parser.add_argument("--notice", action="store_true", help="print the file NOTICE instead")
    asked = parser.parse_args()
    if asked.notice:
        print(notice(), end="")
        return 0
    if asked.hashes:
        print(*sorted(hashed(asked.hashes)), sep="\n")
        return 0
    from retriever import SentenceEncoder

    packages = needed()
    for name, made in packages.items():
        print(f"{name:28} {made.version:16} {licence(made)}")
    print(f"model: {SentenceEncoder.shipped().name}, sha256 {SentenceEncoder.shipped().digest}, as it was measured")
    wrong = list(problems(packages, files=asked.files))
    print(f"{len(packages)} packages; {len(wrong)} problems", *wrong, sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
