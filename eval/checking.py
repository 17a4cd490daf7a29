"""`python -m eval.checking`: does `ibid check` find what is wrong with a quotation, and only that?

In: the sample articles, and with `--data DIR` the handbook, court papers and office files in it. Out: of 200 quotations
in ten drafts, half of them altered: the share of alterations found, the true ones called false, the share of right
places; the context traps; and with `--long` the seconds for a draft of 300 pages against 10,000 passages.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.drafts import Alteration, MadeDraft, Planted, make_drafts, sentences
from eval.traps import make_traps
from retriever import Assistant, CheckedQuotation, Document, IbidError, Status

CORPUS = Path(__file__).resolve().parent.parent / "corpus"
FOLDERS = ("handbook_govpdf/handbook/docs", "handbook_govpdf/govpdf/docs", "office_docs")
LARGEST_BYTES = 2_000_000
"""Larger files take minutes to read, and add nothing."""

DRAFTS = 10
TRAPS = 100
PAGES, WORDS_A_PAGE, PASSAGES = 300, 350, 10_000


@dataclass(frozen=True, slots=True)
class Judged:
    """A planted quotation, and what was said of it; None if it was not seen."""

    draft: str
    planted: Planted
    found: CheckedQuotation | None

    @property
    def is_called_wrong(self) -> bool:
        """Whether the report says that it has to be mended."""
        return self.found is not None and self.found.status is not Status.FOUND

    @property
    def is_warned(self) -> bool:
        """Whether only its context is warned of: half of the true ones are parts of sentences, which may have one."""
        return self.found is not None and self.found.status is Status.OUT_OF_CONTEXT

    @property
    def is_right(self) -> bool:
        """Whether an altered one is called wrong, in the way that it is, and a true one is not."""
        if self.found is None:
            return False
        if self.planted.alteration is Alteration.NONE:
            return not self.is_called_wrong
        if self.planted.alteration is Alteration.ATTRIBUTION:
            return self.found.status is Status.MISATTRIBUTED
        return self.is_called_wrong and bool(self.found.changes)

    @property
    def place_is_right(self) -> bool:
        """Whether the place shown is the quotation's own."""
        if self.found is None or not self.found.places:
            return False
        place = self.found.places[0]
        ours, theirs = (" ".join(text.split()).strip(" .,!?;:") for text in (self.planted.source, place.text))
        return place.document_id == self.planted.document_id and (ours in theirs or theirs in ours)


def judge(assistant: Assistant, drafts: Sequence[MadeDraft]) -> list[Judged]:
    """Check drafts, and pair what was planted with what was said."""
    judged = []
    for draft in drafts:
        report = assistant.check(draft.data, name=draft.name)
        said = {" ".join(one.quotation.text.split()): one for one in report.quotations}
        judged += [Judged(draft.name, one, said.get(" ".join(one.text.split()))) for one in draft.planted]
    return judged


def figures(judged: Sequence[Judged]) -> dict[str, float]:
    """The figures of the report."""
    altered = [one for one in judged if one.planted.alteration is not Alteration.NONE]
    true = [one for one in judged if one.planted.alteration is Alteration.NONE]
    return {
        "quotations": len(judged),
        "altered": len(altered),
        "alterations found": _share([one.is_right for one in altered]),
        "true ones called false": sum(not one.is_right and not one.is_warned for one in true),
        "true ones warned of their context": sum(one.is_warned for one in true),
        "place right": _share([one.place_is_right for one in judged]),
    }


def judge_traps(documents: Sequence[Document], seed: int = 0) -> dict[str, float]:
    """Plant traps in a document, in a library of its own, and check a draft that quotes them as plain statements."""
    found = list(dict.fromkeys(sentence for document in documents for sentence in sentences(document.text)))
    document, draft, traps = make_traps(found, min(TRAPS, len(found) // 2), seed)
    with tempfile.TemporaryDirectory() as folder, Assistant.open(Path(folder) / "library", create=True) as assistant:
        assistant.add([document])
        report = assistant.check(draft.encode(), name="traps.md")
    said = {one.quotation.text.rstrip("."): one for one in report.quotations}
    warned = [bool((one := said.get(trap.text)) and one.context and one.context.kinds) for trap in traps]
    as_it_is = [
        bool((one := said.get(trap.text)) and one.context and trap.kind in one.context.kinds)
        for trap in traps
        if trap.kind
    ]
    return {
        "context traps": len(as_it_is),
        "traps warned of": _share([each for each, trap in zip(warned, traps, strict=True) if trap.kind]),
        "warned of as what they are": _share(as_it_is),
        "false context warnings": _share([each for each, trap in zip(warned, traps, strict=True) if not trap.kind]),
    }


def long_draft(documents: Sequence[Document], seed: int = 0) -> bytes:
    """A draft of 300 pages that quotes the documents in each paragraph."""
    chance = random.Random(seed)  # noqa: S311 (no secret)
    found = [sentence for document in documents for sentence in sentences(document.text)]
    written, count = [], 0
    while count < PAGES * WORDS_A_PAGE:
        own = chance.sample(found, 3)
        words = " ".join(own).split()
        chance.shuffle(words)
        text = f"{' '.join(words)}. As it says: “{chance.choice(found)}”"
        written.append(text)
        count += len(text.split())
    return "\n\n".join(written).encode()


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and print.

    Returns:
        The exit status.
    """
    parser = argparse.ArgumentParser(prog="python -m eval.checking", description=__doc__)
    parser.add_argument("--data", type=Path, metavar="DIR", help="also quote the handbook, court papers, office files")
    parser.add_argument("--long", action="store_true", help="also time a draft of 300 pages; takes minutes to prepare")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of the choice (default: 0)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder, Assistant.open(Path(folder) / "library", create=True) as assistant:
        _fill(assistant, chosen.data)
        documents = [assistant.document(summary.id) for summary in assistant.documents()]
        judged = judge(assistant, make_drafts(documents, DRAFTS, chosen.seed))
        result: dict[str, float] = figures(judged)
        result |= judge_traps(documents, chosen.seed)
        if chosen.long:
            result |= _time_long(assistant, documents)
    if chosen.json:
        print(json.dumps(result))
        return 0
    for name, figure in result.items():
        print(f"{name}: {figure:.4g}")
    missed = Counter(one.planted.alteration.value for one in judged if not one.is_right)
    print("missed:", dict(missed) or "none")
    for one in judged:
        if not (one.is_right and one.place_is_right):
            print(_described(one))
    return 0


def _fill(assistant: Assistant, data: Path | None) -> None:
    """Index the articles, and the folders of the data."""
    assistant.index([CORPUS])
    for name in FOLDERS if data else ():
        files = [file for file in sorted((data or Path()).joinpath(name).rglob("*")) if file.is_file()]
        assistant.index([file for file in files if file.stat().st_size < LARGEST_BYTES and file.suffix != ".jsonl"])


def _time_long(assistant: Assistant, documents: Sequence[Document]) -> dict[str, float]:
    """Copies of the documents, each with words of its own, until there are 10,000 passages; then the long draft."""
    number = 0
    while (passages := assistant.state().passages) < PASSAGES:
        number += 1
        assistant.add(_numbered(document, number) for document in documents)
    draft = long_draft(documents)
    began = time.perf_counter()
    report = assistant.check(draft, name="long.md")
    seconds = time.perf_counter() - began
    return {
        "passages": passages,
        "pages of the long draft": PAGES,
        "its quotations": len(report.quotations),
        "seconds": seconds,
    }


def _numbered(document: Document, number: int) -> Document:
    """A copy of a document in which every fifth word is another."""
    words = [f"{word}{number}" if place % 5 == 4 else word for place, word in enumerate(document.text.split(" "))]
    return Document.from_text(f"{number}/{document.id}", " ".join(words), title=f"{document.title} {number}")


def _described(one: Judged) -> str:
    said = "not seen" if one.found is None else one.found.status.value
    places = [f"{each.document_id}:{each.text[:60]!r}" for each in one.found.places[:2]] if one.found else []
    changed = [(each.draft, each.source, each.honest) for each in one.found.changes] if one.found else []
    return (
        f"{one.draft} {one.planted.alteration.value} [{one.planted.document_id}] named {one.planted.named!r}: {said}\n"
        f"  {one.planted.text[:200]!r}\n  {one.planted.source[:200]!r}\n  {places} {changed}"
    )


def _share(right: Sequence[bool]) -> float:
    return sum(right) / len(right) if right else 0.0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except IbidError as error:
        sys.exit(f"eval.checking: {error}")
