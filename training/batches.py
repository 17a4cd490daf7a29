"""Stored pairs -> batches on the device, and which pairs each step of a round reads."""

import random
from dataclasses import dataclass, fields

import numpy as np
import torch
from numpy.typing import NDArray

from training.store import EVERY_ROUND, PairStore

STEP_TOKENS = 18_432
"""Tokens of a step, padding included: 72 pairs of 256 tokens, or 144 of 128."""

LENGTHS = (64, 96, 128, 160, 192, 224, 256)
"""The lengths that pairs are padded to; the last one is the most that the program reads."""

GROUP = 6
"""Passages of a question that are read in a round: those that answer, two at most, and others by lot."""

MOST_SPANS = 6
NEVER = -1e4
"""The logit of what is impossible."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Pairs as the model takes them.

    Attributes:
        ids: int64 (n, length).
        types: int64 (n, length).
        mask: int64 (n, length).
        allowed: bool (n, length), which positions may be an answer's; the first is always one.
        starts: bool (n, length), where accepted spans start; the first position where there is none.
        ends: bool (n, length).
        answering: float32 (n,), 1 where the passage answers.
        groups: int64 (n,), the question of each pair.
        counted: float32 (n,), 1 for pairs, 0 for rows that only fill the batch.
    """

    ids: torch.Tensor
    types: torch.Tensor
    mask: torch.Tensor
    allowed: torch.Tensor
    starts: torch.Tensor
    ends: torch.Tensor
    answering: torch.Tensor
    groups: torch.Tensor
    counted: torch.Tensor

    @property
    def tensors(self) -> tuple[torch.Tensor, ...]:
        """All of them, in order."""
        return tuple(getattr(self, one.name) for one in fields(self))


class PairTable:
    """A store on the device, each pair a row; behind them an empty row that fills batches."""

    def __init__(self, store: PairStore, device: torch.device) -> None:
        count = len(store.lengths)
        ids = np.zeros((count + 1, LENGTHS[-1]), dtype=np.int32)
        ids[:count][np.arange(LENGTHS[-1])[None, :] < store.lengths[:, None]] = store.tokens
        spans = np.full((count + 1, MOST_SPANS, 2), -1, dtype=np.int64)
        filled = np.zeros(count, dtype=np.int64)
        for pair, first, last in store.spans.tolist():
            if filled[pair] < MOST_SPANS:
                spans[pair, filled[pair]] = first, last
                filled[pair] += 1
        sizes = np.stack([store.lengths, store.asked, store.firsts], axis=1)
        self.store = store
        self.answering: NDArray[np.bool_] = filled > 0
        self.device = device
        self._ids = torch.from_numpy(ids).to(device)
        self._spans = torch.from_numpy(spans).to(device)
        self._sizes = torch.from_numpy(np.concatenate([sizes, [[2, 2, 2]]])).to(device)
        self._groups = torch.from_numpy(np.append(store.groups, -1)).to(device)

    def batch(self, pairs: NDArray[np.int64], length: int, rows: int) -> Batch:
        """Take some pairs, cut to a length, and fill up to a number of rows."""
        padded = np.full(rows, len(self.store.lengths))
        padded[: len(pairs)] = pairs
        at = torch.from_numpy(padded).to(self.device)
        sizes = self._sizes[at]
        where = torch.arange(length, device=self.device)[None, :]
        allowed = (where >= sizes[:, 2:]) & (where < sizes[:, :1] - 1)
        allowed[:, 0] = True
        spans = self._spans[at]
        answering = spans[:, 0, 0] >= 0
        marked = []
        for side in range(2):
            gold = (where[:, None, :] == spans[:, :, side : side + 1]).any(1)
            gold[:, 0] = ~answering
            marked.append(gold)
        return Batch(
            self._ids[at, :length].long(),
            (where >= sizes[:, 1:2]).long(),
            (where < sizes[:, :1]).long(),
            allowed,
            marked[0],
            marked[1],
            answering.float(),
            self._groups[at],
            (at < len(self.store.lengths)).float(),
        )


def batches(table: PairTable, in_round: int, rng: random.Random) -> list[tuple[NDArray[np.int64], int]]:
    """The pairs of each step of a round and their length: whole groups of like length, in random order."""
    store = table.store
    answering, lengths = table.answering.tolist(), store.lengths.tolist()
    groups: dict[int, list[list[int]]] = {length: [] for length in LENGTHS}
    for start, end in store.group_bounds:
        if store.rounds[start] not in (in_round, EVERY_ROUND):
            continue
        right = [at for at in range(start, end) if answering[at]]
        wrong = [at for at in range(start, end) if not answering[at]]
        right = rng.sample(right, min(2, len(right)))
        # The likeliest passages come first, and are the ones most like an answer.
        near, far = wrong[:3], wrong[3:]
        rng.shuffle(far)
        taken = sorted(right + [*near, *far][: GROUP - len(right)])
        longest = max(lengths[at] for at in taken)
        groups[next(length for length in LENGTHS if length >= longest)].append(taken)
    found = []
    for length, those in groups.items():
        rng.shuffle(those)
        rows, chosen = STEP_TOKENS // length, list[int]()
        for taken in those:
            if len(chosen) + len(taken) > rows:
                found.append((np.array(chosen), length))
                chosen = []
            chosen += taken
        if chosen:
            found.append((np.array(chosen), length))
    rng.shuffle(found)
    return found
