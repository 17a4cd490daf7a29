"""Pairs in tokens, in a few flat arrays: how training examples are kept and carried to where they are trained on."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

Ints = NDArray[np.int64]

EVERY_ROUND = 255
"""The round of pairs that are read in every round."""


@dataclass(frozen=True, slots=True)
class PairStore:
    """Questions and passages in tokens.

    Attributes:
        tokens: uint16 (n_tokens,), the token ids of all pairs, one after the other.
        lengths: int (n_pairs,), tokens of each.
        asked: int (n_pairs,), how many of them are the question's, marks included.
        firsts: int (n_pairs,), the first token of the passage, behind question and title.
        spans: int (n_spans, 3), pair, first and last token of each stretch that answers.
        groups: int (n_pairs,), ascending: pairs of one group are the passages of one question.
        rounds: int (n_pairs,), the round of training in which a pair is read, or `EVERY_ROUND`.
        sources: int (n_pairs,), where a pair comes from, in `names`.
        names: str (n_names,).
    """

    tokens: NDArray[np.uint16]
    lengths: Ints
    asked: Ints
    firsts: Ints
    spans: Ints
    groups: Ints
    rounds: Ints
    sources: Ints
    names: NDArray[np.str_]

    @property
    def group_bounds(self) -> list[tuple[int, int]]:
        """The first pair of each group, and one past its last."""
        starts = np.flatnonzero(np.diff(self.groups, prepend=-1)).tolist()
        return list(pairwise([*starts, len(self.groups)]))

    def save(self, file: Path) -> None:
        """Write all arrays to one compressed file."""
        smaller = {"lengths": np.uint16, "asked": np.uint16, "firsts": np.uint16, "spans": np.int32, "groups": np.int32}
        kept: dict[str, Any] = {one.name: getattr(self, one.name) for one in fields(self)}
        for name, dtype in smaller.items():
            kept[name] = kept[name].astype(dtype)
        np.savez_compressed(file, **kept)

    @classmethod
    def load(cls, file: Path) -> "PairStore":
        """Read what `save` wrote."""
        with np.load(file) as stored:
            kept: dict[str, Any] = {one.name: stored[one.name] for one in fields(cls)}
        for name in kept.keys() - {"tokens", "names"}:
            kept[name] = kept[name].astype(np.int64)
        return cls(**kept)

    @classmethod
    def joined(cls, stores: Sequence["PairStore"]) -> "PairStore":
        """Several stores as one."""
        names: dict[str, int] = {}
        parts: dict[str, list[Any]] = {one.name: [] for one in fields(cls) if one.name != "names"}
        pairs = groups = 0
        for store in stores:
            mapped = np.array([names.setdefault(name, len(names)) for name in store.names.tolist()])
            moved = store.spans.copy()
            moved[:, 0] += pairs
            changed = {"spans": moved, "groups": store.groups + groups, "sources": mapped[store.sources]}
            for name, those in parts.items():
                those.append(changed.get(name, getattr(store, name)))
            pairs += len(store.lengths)
            groups += int(store.groups[-1]) + 1
        return cls(**{name: np.concatenate(those) for name, those in parts.items()}, names=np.array(list(names)))

    def described(self) -> str:
        """Say how many pairs come from where, and how many of them answer."""
        answering = np.zeros(len(self.lengths), dtype=bool)
        answering[self.spans[:, 0]] = True
        parts = [
            f"{name} {np.count_nonzero(self.sources == at)} ({np.count_nonzero(answering[self.sources == at])})"
            for at, name in enumerate(self.names.tolist())
        ]
        return f"{len(self.lengths)} pairs, {len(self.tokens)} tokens; pairs (answering): " + ", ".join(parts)


@dataclass(slots=True)
class StoreBuilder:
    """Puts pairs in tokens, one group after the other."""

    tokenizer: Tokenizer
    _tokens: list[NDArray[np.uint16]] = field(default_factory=list)
    _rows: list[tuple[int, int, int, int, int, int]] = field(default_factory=list)
    _spans: list[tuple[int, int, int]] = field(default_factory=list)
    _names: dict[str, int] = field(default_factory=dict)
    _groups: int = 0

    def add(self, group: Sequence[tuple[str, str, str, Sequence[tuple[int, int]]]], source: str, in_round: int) -> None:
        """Add the passages of one question: question, title, passage, and the stretches of the passage that answer.

        A pair whose answer is cut off at the end is left out.
        """
        # Imported here, since only what makes a store needs the program.
        from retriever.answering.reader import tokens_of

        for question, title, passage, spans in group:
            one = tokens_of(self.tokenizer, question, title, passage)
            starts, ends = one.places.T
            found = []
            for start, end in spans:
                inside = np.flatnonzero((starts >= 0) & (starts < end) & (ends > start))
                if inside.size:
                    found.append((len(self._rows), int(inside[0]), int(inside[-1])))
            at = np.flatnonzero(starts >= 0)
            if not at.size or bool(spans) != bool(found):
                continue
            self._spans += found
            self._tokens.append(np.array(one.ids, dtype=np.uint16))
            source_at = self._names.setdefault(source, len(self._names))
            asked = one.types.index(1)
            self._rows.append((len(one.ids), asked, int(at[0]), self._groups, in_round, source_at))
        self._groups += 1

    def store(self) -> PairStore:
        """All that was added."""
        lengths, asked, firsts, groups, rounds, sources = np.array(self._rows, dtype=np.int64).reshape(-1, 6).T
        return PairStore(
            np.concatenate(self._tokens),
            lengths,
            asked,
            firsts,
            np.array(self._spans, dtype=np.int64).reshape(-1, 3),
            groups,
            rounds,
            sources,
            np.array(list(self._names)),
        )
