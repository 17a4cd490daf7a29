"""How good a reader is on what it was never trained on: the figures by which one is chosen."""

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score
from torch import nn

from training.batches import NEVER, PairTable
from training.reader_model import Reader

MOST_SPAN_TOKENS = 40
"""Tokens of a stretch that answers, as in the program."""


@torch.no_grad()
def scores_of(model: Reader, table: PairTable) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int64]]:
    """Read all pairs: log-odds of answering and the best span's score, (n_pairs,) each; the span, (n_pairs, 2)."""
    model.eval()
    count = len(table.store.lengths)
    answers, spans = np.zeros((2, count), dtype=np.float32)
    places = np.zeros((count, 2), dtype=np.int64)
    order = np.argsort(table.store.lengths, kind="stable")
    for start in range(0, count, 256):
        pairs = order[start : start + 256]
        batch = table.batch(pairs, int(table.store.lengths[pairs].max()), len(pairs))
        with torch.autocast(batch.ids.device.type, torch.bfloat16):
            one, other, odds = model.fast(batch.ids, batch.types, batch.mask)
        nowhere = (one[:, 0] + other[:, 0]).float()
        allowed = batch.allowed.clone()
        allowed[:, 0] = False
        one, other = (each.float().masked_fill(~allowed, NEVER) for each in (one, other))
        padded = nn.functional.pad(other, (0, MOST_SPAN_TOKENS - 1), value=NEVER)
        ends, reach = padded.unfold(1, MOST_SPAN_TOKENS, 1).max(-1)
        best, first = (one + ends).max(-1)
        last = first + reach.gather(1, first[:, None]).squeeze(1)
        answers[pairs] = odds.float().cpu().numpy()
        spans[pairs] = (best - nowhere).cpu().numpy()
        places[pairs] = torch.stack([first, last], 1).cpu().numpy()
    return answers, spans, places


def check(model: Reader, table: PairTable) -> dict[str, float]:
    """Measure on what was never trained on.

    Returns:
        For squad2's held out articles on their own paragraph: `f1` of the best span's tokens, `exact`, and `auroc` of
        "answers here". For each collection: `first`, the share of answerable questions whose best span lies in a right
        sentence of the passages read, and `auroc` of "answered at all" by the best passage.
    """
    store = table.store
    answers, spans, places = scores_of(model, table)
    scores = answers + spans / 2
    gold: dict[int, list[tuple[int, int]]] = {}
    for pair, first, last in store.spans.tolist():
        gold.setdefault(pair, []).append((first, last))
    names = store.names[store.sources]
    found: dict[str, float] = {}
    own = np.flatnonzero(names == "paragraph")
    if own.size:
        overlaps = []
        for at in own[table.answering[own]].tolist():
            first, last = places[at].tolist()
            best = 0.0
            for start, end in gold[at]:
                shared = max(0, min(last, end) - max(first, start) + 1)
                best = max(best, 2 * shared / (last - first + end - start + 2))
            overlaps.append(best)
        found["paragraph f1"] = float(np.mean(overlaps))
        found["paragraph exact"] = float(np.mean([one == 1 for one in overlaps]))
        found["paragraph auroc"] = float(roc_auc_score(table.answering[own], answers[own]))
        found["paragraph auroc of spans"] = float(roc_auc_score(table.answering[own], spans[own]))
    rows: dict[str, list[tuple[bool, float, bool]]] = {}
    for start, end in store.group_bounds:
        name = str(names[start])
        collection, _, condition = name.partition(" ")
        if not condition:
            continue
        top = start + int(np.argmax(scores[start:end]))
        first = int(places[top, 0])
        right = any(one <= first <= other for one, other in gold.get(top, []))
        answerable = not condition.endswith(" out")
        kind = "squad2-own" if collection == "squad2" and "impossible" in condition else collection
        rows.setdefault(kind, []).append((answerable, float(scores[start:end].max()), right))
    impossible = rows.pop("squad2-own", [])
    if impossible:
        base = [one for one in rows["squad2"] if one[0]]
        both = [*base, *impossible]
        found["squad2 impossible auroc"] = float(roc_auc_score([one[0] for one in both], [one[1] for one in both]))
    for kind, those in sorted(rows.items()):
        flags = np.array([one[0] for one in those])
        found[f"{kind} first"] = float(np.mean([one[2] for one in those if one[0]]))
        if flags.any() and not flags.all():
            found[f"{kind} auroc"] = float(roc_auc_score(flags, [one[1] for one in those]))
    return found
