"""`python -m training.antecedents DATA OUT`: fine-tune the reader to find gaps and what belongs there; measure it.

The start is the shipped reader of passages, its 8 bit weights made floats again. The conversation is the passage. Of a
whole question the model learns which words are gaps; of one with a gap between quotation marks, the places of the thing
that belongs there (`references`). The lower layers stay as they are, so that they are run once for all steps. The loss
is the reader's for spans, cross-entropy of start and end over all places, position 0 for "nowhere"; and cross-entropy
of the tags, summed over the words of a question. The weights that are kept are a moving average over the steps.

Out come `reader.onnx` and `reader.json`. The figures are of conversations that are held back.
"""

import argparse
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import nn

from retriever.answering.reader import FILE, TOKENIZER, Tokens, tokens_of
from retriever.conversation.antecedents import places_in
from retriever.conversation.gaps import (
    INSERT,
    KEEP,
    NEXT,
    OPERATIONS,
    PREPOSITIONS,
    REPLACE,
    ConversationReader,
    first_tokens,
    words_of,
)
from training.batches import NEVER
from training.gaps import LEAST_F1, bare
from training.reader_model import ConversationReader as Model
from training.references import Reference, held_references, training_references

SEED = 20261128
EPOCHS = 2
RATE = 1e-4
HEADS_FACTOR = 3.0
FROZEN = 6
"""Lower layers, of twelve, that are not trained."""

ROWS = 16
"""Conversations of a step."""

AVERAGE = 0.99
"""So much of the moving average stays from step to step."""

UNTAGGED = -100
MEASURED = 10
"""One in so many of the questions that are held back is measured: two cores need some minutes for them."""


@dataclass(frozen=True, slots=True)
class Row:
    """A conversation as the model takes it.

    Attributes:
        ids: token ids.
        types: 0 for the question's tokens, 1 for the rest.
        allowed: bool (n_tokens,), which positions may be a thing's; the first is always one.
        starts: bool (n_tokens,), where places of the thing start; the first position where there is none.
        ends: bool (n_tokens,).
        operations: int64 (n_tokens,), what is done with the word that begins there; `UNTAGGED` where none is learned.
        prepositions: int64 (n_tokens,), the same for what joins the thing to it.
    """

    ids: list[int]
    types: list[int]
    allowed: NDArray[np.bool_]
    starts: NDArray[np.bool_]
    ends: NDArray[np.bool_]
    operations: NDArray[np.int64]
    prepositions: NDArray[np.int64]

    @classmethod
    def of(cls, tokenizer: Tokenizer, reference: Reference) -> "Row":
        """Put a conversation in tokens; what is too long is cut at the end."""
        tokens = tokens_of(tokenizer, reference.question, "", reference.history.text)
        allowed = tokens.places[:, 0] >= 0
        starts, ends = np.zeros_like(allowed), np.zeros_like(allowed)
        for start, end in reference.places:
            inside = np.flatnonzero(allowed & (tokens.places[:, 1] > start) & (tokens.places[:, 0] < end))
            if len(inside):
                starts[inside[0]] = ends[inside[-1]] = True
        starts[0], ends[0] = not starts.any(), not ends.any()
        allowed[0] = True
        return cls(tokens.ids, tokens.types, allowed, starts, ends, *_tags(tokens, reference))


def _tags(tokens: Tokens, reference: Reference) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The operation and the preposition of each token that begins a word, and the operation of the whole question."""
    operations, prepositions = (np.full(len(tokens.ids), UNTAGGED) for _ in range(2))
    if reference.fragment or reference.gaps is not None:
        operations[0] = REPLACE if reference.fragment else KEEP
    if reference.gaps is None:
        return operations, prepositions
    words = words_of(reference.question)
    at = first_tokens(tokens.asked, words)
    operations[[one for one in at if one >= 0]] = KEEP
    for gap in reference.gaps:
        inside = [k for k, (start, end) in enumerate(words) if start < gap.end and gap.start < end]
        if gap.start == gap.end:
            first = next(k for k, (_, end) in enumerate(words) if end == gap.start)
            operations[at[first]] = INSERT
        else:
            first = inside[0]
            operations[[at[k] for k in inside]] = NEXT
            operations[at[first]] = REPLACE
        prepositions[at[first]] = PREPOSITIONS.index(gap.preposition)
    return operations, prepositions


def padded(rows: Sequence[NDArray[np.generic] | list[int]], value: int = 0) -> torch.Tensor:
    """Lists of different lengths as one tensor (n, length), filled up with a value."""
    some = [torch.as_tensor(np.asarray(one)) for one in rows]
    return nn.utils.rnn.pad_sequence(some, batch_first=True, padding_value=value)


def lower(model: Model, rows: Sequence[Row]) -> list[torch.Tensor]:
    """Run the lower layers once for each row: bfloat16 (n_tokens, 384) each."""
    found: dict[int, torch.Tensor] = {}
    order = sorted(range(len(rows)), key=lambda at: len(rows[at].ids))
    for first in range(0, len(order), ROWS):
        some = order[first : first + ROWS]
        ids, types = padded([rows[at].ids for at in some]), padded([rows[at].types for at in some])
        with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
            out = model.layers(model.embedded(ids, types), ids > 0, slice(FROZEN))
        found |= {at: one[: len(rows[at].ids)].bfloat16().clone() for at, one in zip(some, out, strict=True)}
    return [found[at] for at in range(len(rows))]


def loss_of(model: Model, rows: Sequence[Row], states: Sequence[torch.Tensor]) -> torch.Tensor:
    """The mean loss of some rows, given what the lower layers made of them."""
    mask = padded([np.ones(len(row.ids), dtype=bool) for row in rows])
    allowed = padded([row.allowed for row in rows])
    out = model.layers(nn.utils.rnn.pad_sequence(list(states), batch_first=True).float(), mask, slice(FROZEN, None))
    loss = torch.zeros(())
    for logits, gold in zip(model.spans(out).unbind(-1), ("starts", "ends"), strict=True):
        scores = logits.masked_fill(~allowed, NEVER).log_softmax(-1)
        places = padded([getattr(row, gold) for row in rows])
        loss = loss - torch.logsumexp(scores.masked_fill(~places, NEVER), -1).mean()
    tags = model.tags(out)
    for logits, gold in ((tags[..., :OPERATIONS], "operations"), (tags[..., OPERATIONS:], "prepositions")):
        wanted = padded([getattr(row, gold) for row in rows], UNTAGGED)
        total = nn.functional.cross_entropy(logits.mT, wanted, ignore_index=UNTAGGED, reduction="sum")
        loss = loss + total / len(rows)
    return loss


def batches(rows: Sequence[Row], rng: random.Random) -> list[list[int]]:
    """The rows of each step: of like length, in random order."""
    order = rng.sample(range(len(rows)), len(rows))
    pools = (order[at : at + 16 * ROWS] for at in range(0, len(order), 16 * ROWS))
    alike = (sorted(pool, key=lambda at: len(rows[at].ids)) for pool in pools)
    found = [pool[at : at + ROWS] for pool in alike for at in range(0, len(pool), ROWS)]
    return rng.sample(found, len(found))


def train(model: Model, rows: Sequence[Row]) -> None:
    """Train the upper layers and the heads of spans; the model ends with the average of its weights."""
    torch.manual_seed(SEED)
    torch.set_num_threads(os.cpu_count() or 1)
    rng = random.Random(SEED)  # noqa: S311
    states = lower(model, rows)
    upper = [one for layer in model.encoder.encoder.layer[FROZEN:] for one in layer.parameters()]
    heads = [*model.spans.parameters(), *model.tags.parameters()]
    groups = [{"params": upper, "lr": RATE}, {"params": heads, "lr": RATE * HEADS_FACTOR}]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
    steps = [step for _ in range(EPOCHS) for step in batches(rows, rng)]
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda at: min(1.0, at / (0.06 * len(steps))) * max(0.02, 1 - at / len(steps))
    )
    average = deepcopy(model)
    started = time.monotonic()
    model.train()
    for at, some in enumerate(steps, 1):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            loss = loss_of(model, [rows[one] for one in some], [states[one] for one in some])
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_([*upper, *heads], 1.0)
        optimizer.step()
        schedule.step()
        kept = min(AVERAGE, at / (at + 10))
        with torch.no_grad():
            for mean, own in zip(average.parameters(), model.parameters(), strict=True):
                mean.lerp_(own, 1 - kept)
        if at % 50 == 0:
            print(
                f"step {at} of {len(steps)}, loss {float(loss.detach()):.3f}, {time.monotonic() - started:.0f} s",
                flush=True,
            )
    model.load_state_dict(average.state_dict())
    model.eval()


def measured(reader: ConversationReader, reference: Reference) -> tuple[float, float]:
    """F1 of a question's likeliest thing, 1 where it rightly is nothing, and the probability of that."""
    (reading,) = reader.read(reference.question, [("", reference.history.text)])
    places, nothing = places_in(reading, reference.history)
    start, end, probability = max([*places, (0, 0, nothing)], key=lambda one: one[2])
    said = Counter(bare(word) for word in reference.history.text[start:end].split())
    wanted = [Counter(words) for words in reference.names]
    f1 = max((2 * (said & one).total() / max(1, said.total() + one.total()) for one in wanted), default=float(not said))
    return f1, probability


def report(reader: ConversationReader, references: Sequence[Reference]) -> None:
    """Print how often the likeliest thing is the one that is meant, and of the surer half; and the same of gaps."""
    print("conversations held back: questions, thing right, its very words, right of the surer half")
    groups: dict[str, list[tuple[float, float]]] = {}
    for one in references:
        kind = one.kind if one.names else f"{one.kind}, alone"
        groups.setdefault(f"{one.conversation.split()[0]} {kind}", []).append(measured(reader, one))
    for name, some in sorted(groups.items()):
        f1 = np.array([value for value, _ in sorted(some, key=lambda one: -one[1])])
        right = f1 >= LEAST_F1
        half = right[: max(1, len(right) // 2)]
        print(f"{name:24}{len(f1):5}{right.mean():8.3f}{(f1 > 0.999).mean():8.3f}{half.mean():8.3f}")
    report_gaps(reader, [one for one in references if one.gaps is not None or one.fragment])


def report_gaps(reader: ConversationReader, references: Sequence[Reference]) -> None:
    """Print how many gaps are found, how many of those found are right, and how often all of a question's are."""
    print("gaps held back: questions; found; right of those found; all of a question, with prepositions; fragments")
    for source in dict.fromkeys(one.conversation.split()[0] for one in references):
        counts = Counter[str]()
        for one in references:
            if one.conversation.split()[0] != source:
                continue
            found = reader.gaps(one.question, one.history.text)
            counts["told"] += (found.fragment > 0.5) == one.fragment
            counts["asked"] += 1
            if one.gaps is not None:
                said = {(gap.start, gap.end): gap.preposition for gap in found.gaps if gap.probability > 0.5}
                wanted = {(gap.start, gap.end): gap.preposition for gap in one.gaps}
                counts.update(said=len(said), wanted=len(wanted), right=len(said.keys() & wanted.keys()))
                counts.update(questions=1, all=said.keys() == wanted.keys(), joined=said == wanted)
        shares = (
            ("right", "wanted"),
            ("right", "said"),
            ("all", "questions"),
            ("joined", "questions"),
            ("told", "asked"),
        )
        figures = "".join(f"{counts[part] / max(1, counts[whole]):8.3f}" for part, whole in shares)
        print(f"{source:24}{counts['questions']:5}{figures}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, measure and write."""
    parser = argparse.ArgumentParser(prog="python -m training.antecedents", description=__doc__)
    parser.add_argument("data", type=Path, help="the folder that holds cast2019/, canard/ and the sets of documents")
    parser.add_argument("out", type=Path, help="the folder to write to")
    chosen = parser.parse_args(arguments)
    from training.export import export, write_facts  # these need onnx, which nothing else here does
    from training.pretrained import load_shipped

    references = training_references(chosen.data)
    print(f"{len(references)} questions to train on")
    model = Model(load_shipped())
    tokenizer = Tokenizer.from_file(str(TOKENIZER))
    train(model, [Row.of(tokenizer, one) for one in references])
    chosen.out.mkdir(exist_ok=True)
    export(model, chosen.out / FILE.name)
    write_facts(chosen.out / FILE.name, "python -m training.antecedents; see model-card.md", [SEED])
    report(ConversationReader.shipped(chosen.out), held_references(chosen.data)[::MEASURED])
    return 0


if __name__ == "__main__":
    sys.exit(main())
