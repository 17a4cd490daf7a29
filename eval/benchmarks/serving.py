"""A folder -> the page, served from it by `ibid serve` in a separate process."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, float]]:
    """Serve the page: its address, and the seconds until it answered.

    Args:
        folder: holds the library and the history. A missing library is made from the shipped articles.

    Raises:
        SystemExit: the page did not start.
    """
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {**os.environ, "IBID_LIBRARY": str(folder / "library"), "IBID_HISTORY": str(folder / "history.db")}
    began = time.perf_counter()
    command = [sys.executable, "-m", "retriever", "serve", "--port", str(port), "--no-browser"]
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
    try:
        address = f"http://127.0.0.1:{port}/"
        while True:
            if server.poll() is not None:
                raise SystemExit("The page did not start: try `ibid serve` to see why.")
            try:
                with urlopen(address, timeout=60):
                    break
            except OSError:
                time.sleep(0.05)
        yield address, time.perf_counter() - began
    finally:
        server.terminate()
        server.wait()
