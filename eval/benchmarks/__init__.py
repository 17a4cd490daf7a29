"""Commands that print how long things take: `python -m eval.benchmarks.page`. None of them is a test."""
