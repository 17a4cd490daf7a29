"""Commands that print how long things take, next to a plain script in the same run: none of them is a test.

`python -m eval.benchmarks.start`, `.ask`, `.ingest` and `.page`. The machine may be busy with other things: what is
compared takes turns, round by round, and the ratios of the rounds are what to look at.
"""
