"""The reader in torch: the encoder with its three outputs, and its checkpoints."""

from pathlib import Path
from typing import Any

import torch
from torch import nn
from transformers import BertModel

from retriever.conversation.gaps import TAGS


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

    def forward(self, ids: torch.Tensor, types: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, ...]:
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
        x = self.layers(self.embedded(ids, types), mask.bool(), slice(None))
        starts, ends = self.spans(x).unbind(-1)
        encoder: Any = self.encoder
        return starts, ends, self.answers(torch.tanh(encoder.pooler.dense(x[:, 0]))).squeeze(-1)

    def embedded(self, ids: torch.Tensor, types: torch.Tensor) -> torch.Tensor:
        """What the first layer takes, float32 (n, length, 384), of tokens as `forward` takes them."""
        embeddings: Any = self.encoder.embeddings
        places = embeddings.position_embeddings.weight[: ids.shape[1]]
        x = embeddings.word_embeddings(ids) + embeddings.token_type_embeddings(types) + places
        return torch.as_tensor(nn.functional.dropout(embeddings.LayerNorm(x), self.dropped))

    def layers(self, x: torch.Tensor, mask: torch.Tensor, which: slice) -> torch.Tensor:
        """Run some layers on what the layer before them gave, float32 (n, length, 384); mask: bool (n, length)."""
        encoder: Any = self.encoder
        heads = encoder.config.num_attention_heads
        allowed = mask[:, None, None, :]
        for layer in encoder.encoder.layer[which]:
            own = layer.attention.self
            query, key, value = (
                one(x).unflatten(-1, (heads, -1)).transpose(1, 2) for one in (own.query, own.key, own.value)
            )
            met = nn.functional.scaled_dot_product_attention(query, key, value, allowed, self.dropped)
            out = layer.attention.output.dense(met.transpose(1, 2).flatten(2))
            x = layer.attention.output.LayerNorm(x + nn.functional.dropout(out, self.dropped))
            out = layer.output.dense(nn.functional.gelu(layer.intermediate.dense(x)))
            x = layer.output.LayerNorm(x + nn.functional.dropout(out, self.dropped))
        return x

    @property
    def dropped(self) -> float:
        """The share of values that are dropped, 0 where the model is not trained."""
        return float(self.encoder.config.hidden_dropout_prob) if self.training else 0.0

    def trained_weights(self) -> dict[str, torch.Tensor]:
        """All weights but the embeddings."""
        return {name: one for name, one in self.state_dict().items() if "embeddings" not in name}

    def load_trained(self, file: Path) -> None:
        """Take the weights of a checkpoint."""
        weights = {name: one.float() for name, one in torch.load(file, weights_only=True).items()}
        missing, unexpected = self.load_state_dict(weights, strict=False)
        if unexpected or any("embeddings" not in name for name in missing):
            raise ValueError(f"{file.name} is no checkpoint of this model: {[*missing, *unexpected][:5]}")


class ConversationReader(Reader):
    """The same with one output more: tags of the question's words (`retriever.conversation.gaps`)."""

    def __init__(self, start: Reader) -> None:
        """Take the weights of a reader."""
        super().__init__(start.encoder, {"weight": start.answers.weight, "bias": start.answers.bias})
        self.spans.load_state_dict(start.spans.state_dict())
        self.tags = nn.Linear(384, TAGS)

    def forward(self, ids: torch.Tensor, types: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Read, as `Reader.forward`; the logits of the tags come last: float32 (n, length, TAGS)."""
        out = self.encoder(ids, attention_mask=mask, token_type_ids=types)
        starts, ends = self.spans(out.last_hidden_state).unbind(-1)
        return starts, ends, self.answers(out.pooler_output).squeeze(-1), self.tags(out.last_hidden_state)
