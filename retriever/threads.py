"""The threads of NumPy's sums, chosen before it is loaded: one, unless `$OPENBLAS_NUM_THREADS` says otherwise.

The matrices of a question are small: OpenBLAS's second thread costs more than it saves, and waits by spinning. Measured
on two busy cores, a question took half the time with one. The encoder has threads of its own.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
