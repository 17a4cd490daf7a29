"""Reading a model file."""

import json
from pathlib import Path

import pytest

from retriever.learning import model_fields


def test_weights_are_read_only_for_the_features_that_they_were_fitted_on(tmp_path: Path) -> None:
    file = tmp_path / "model.json"
    file.write_text(json.dumps({"features": ["length", "share"], "weights": [1, 2]}))
    assert model_fields(file, "make it", features=("length", "share"))["weights"] == [1, 2]
    for other in (("share", "length"), ("length",)):
        with pytest.raises(ValueError, match=r"model\.json .* make it$"):
            model_fields(file, "make it", features=other)
