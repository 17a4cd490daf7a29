"""Sets how many threads NumPy uses: one, unless `$OPENBLAS_NUM_THREADS` says otherwise.

NumPy reads the variable once, when it is first imported. So the package imports this module before any other. It is not
part of `settings`, because importing the settings should change nothing.

A question's matrices are small: OpenBLAS's second thread costs more than it saves, and it waits by spinning. On two
busy cores, a question took half the time with one thread. The encoder sets its own threads.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
