"""Where the tests find the repository and what lies in it."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT / "corpus"
DATA = ROOT.parent / "shared" / "data"
"""Real documents and data sets, which only some machines have; tests that need them skip elsewhere."""
