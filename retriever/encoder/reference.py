"""A model as sentence-transformers runs it: the reference for other backends, which every model has.

The only home of sentence-transformers. Its import takes 5 to 10 s, so it is imported only when needed.
"""

import os
import warnings
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import EncoderError
from .base import Lead, Span, TextVectors, Vectors
from .pieces import text_vectors

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_TRACED = ("Who keeps the lighthouse at the end of the island?", "The ferry leaves at nine.")
_BATCH = 32  # texts; larger batches were not faster on two cores and pad more


class ReferenceBackend:
    """A sentence-transformers model in a folder, loaded when it is first needed."""

    name = "sentence-transformers"

    def __init__(self, folder: Path) -> None:
        """Store the model's folder."""
        self.folder = folder

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self.model.get_embedding_dimension() or 0)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Encode texts as a plain script would, without word vectors.

        Returns:
            float32 (n_texts, dimension), rows of unit length.
        """
        vectors = self.model.encode(
            list(texts), batch_size=_BATCH, normalize_embeddings=True, show_progress_bar=False, convert_to_numpy=True
        )
        return np.asarray(vectors, dtype=np.float32).reshape(len(texts), self.dimension)

    def encode_texts(self, texts: Sequence[str], words: Sequence[Sequence[Span]]) -> list[TextVectors]:
        """Encode texts, each with the places of its words; texts of like length share a batch."""
        found: dict[int, TextVectors] = {}
        order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
        for first in range(0, len(order), _BATCH):
            batch = order[first : first + _BATCH]
            read = self._encode([texts[at] for at in batch], [words[at] for at in batch])
            found.update(zip(batch, read, strict=True))
        return [found[at] for at in range(len(texts))]

    def encode_question(self, question: str, words: Sequence[Span]) -> TextVectors:
        """Encode one question alone, since torch's sums depend on what else is in the batch."""
        return self.encode_texts([question], [words])[0]

    def has_word(self, word: str) -> bool:
        """Whether the vocabulary has the word as one piece."""
        return len(self.model.tokenizer.tokenize(word)) == 1

    def _encode(self, texts: Sequence[str], words: Sequence[Sequence[Span]]) -> list[TextVectors]:
        import torch

        pieces = self.model.tokenizer(
            list(texts),
            padding=True,
            truncation=True,
            max_length=self.model.max_seq_length,
            return_offsets_mapping=True,
            return_tensors="pt",
        )
        places = pieces.pop("offset_mapping").numpy()
        with torch.inference_mode():
            output = self.model.forward(dict(pieces))
        return text_vectors(output["sentence_embedding"].numpy(), output["token_embeddings"].numpy(), places, words)

    @property
    def longest(self) -> int:
        """The most word pieces of a text that it reads."""
        return int(self.model.max_seq_length or 0)

    @property
    def leads(self) -> Mapping[Lead, Sequence[int]]:
        """No lead: such a model is used without."""
        return {}

    def load(self) -> None:
        """Load the model.

        Raises:
            EncoderError: the folder has no model that can be loaded.
        """
        _ = self.model

    def save_tokenizer(self, path: Path) -> None:
        """Write the tokenizer in the format of `tokenizers`."""
        self.model.tokenizer.backend_tokenizer.save(str(path))

    def converted(self, openvino: Any) -> Any:  # noqa: ANN401 (a module, and its model)
        """Trace the model: word pieces and mask -> the text's vector, and the last layer of the word pieces."""
        import torch

        encoder = self.model

        class TwoOutputs(torch.nn.Module):
            """The model with two of its outputs."""

            def __init__(self) -> None:
                super().__init__()
                self.model = encoder

            def forward(
                self, input_ids: torch.Tensor, attention_mask: torch.Tensor
            ) -> tuple[torch.Tensor, torch.Tensor]:
                """Run it."""
                output = self.model.forward({"input_ids": input_ids, "attention_mask": attention_mask})
                return output["sentence_embedding"], output["token_embeddings"]

        # Two lengths, so that padding is traced too.
        pieces = encoder.tokenizer(list(_TRACED), padding=True, return_tensors="pt")
        names = ("input_ids", "attention_mask")
        with warnings.catch_warnings(), torch.inference_mode():
            warnings.simplefilter("ignore")  # about tracing; the result is compared afterwards
            return openvino.convert_model(
                TwoOutputs().eval(),
                input=[(name, openvino.PartialShape([-1, -1]), openvino.Type.i64) for name in names],
                example_input=tuple(pieces[name] for name in names),
            )

    @cached_property
    def model(self) -> "SentenceTransformer":
        """The model, loaded.

        Raises:
            EncoderError: the folder has no model that can be loaded.
        """
        os.environ["HF_HUB_OFFLINE"] = "1"
        os.environ["TOKENIZERS_PARALLELISM"] = "false"
        # Threads that wait by spinning are eight times slower as soon as another program needs a core.
        os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
        from sentence_transformers import SentenceTransformer
        from transformers.utils.logging import disable_progress_bar, set_verbosity_error

        disable_progress_bar()  # type: ignore[no-untyped-call]
        set_verbosity_error()  # type: ignore[no-untyped-call]
        try:
            model = SentenceTransformer(str(self.folder), device="cpu", local_files_only=True)
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise EncoderError(f"The encoder in {self.folder} cannot be loaded ({reason}).") from error
        model.eval()
        return model
