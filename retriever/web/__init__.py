"""The chat page. Only this folder imports Gradio.

`server.serve` starts it and `layout` lays it out. `interfaces/html` turns records into HTML, without Gradio.
"""

import atexit
import os
import secrets
import shutil
import tempfile
from pathlib import Path

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when Gradio is imported; otherwise it looks up two hosts

# Gradio makes a folder for files when its components are made. Where several people share a machine, the one that it
# would take may belong to another of them. No file goes there.
_folder = str(Path(tempfile.gettempdir(), f"ibid-gradio-{secrets.token_hex(8)}"))
if os.environ.setdefault("GRADIO_TEMP_DIR", _folder) == _folder:
    atexit.register(shutil.rmtree, _folder, ignore_errors=True)
