"""The page in a process of its own, started by the command that a reader would type."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

STARTS_WITHIN = 60.0  # seconds; importing Gradio takes five, and more on a busy machine


class Server:
    """The page, served by the command that a reader would type, with a library and a history of its own."""

    def __init__(self, folder: Path, library: Path | None = None, *options: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self._port}/"
        self.library = library or folder / "library"
        self.environment = {
            **os.environ,
            "IBID_LIBRARY": str(self.library),
            "IBID_HISTORY": str(folder / "conversations.db"),
        }
        self._options = options
        self._log = folder / "log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        options = ["--port", str(self._port), "--no-browser", *self._options]
        command = [sys.executable, "-m", "retriever", "serve", *options]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)
        deadline = time.monotonic() + STARTS_WITHIN
        while self._process.poll() is None and time.monotonic() < deadline:
            try:
                with urlopen(self.address, timeout=STARTS_WITHIN):
                    return
            except OSError:
                time.sleep(0.2)
        raise TimeoutError(f"the page did not start: {self._log.read_text()}")

    def stop(self) -> None:
        if self._process:
            self._process.terminate()
            self._process.wait(20)
            self._process = None

    def kill(self) -> None:
        assert self._process
        self._process.kill()
        self._process.wait(20)

    @property
    def process(self) -> int | None:
        """The id of its process, while it runs."""
        return self._process.pid if self._process else None

    @property
    def log(self) -> str:
        return self._log.read_text()
