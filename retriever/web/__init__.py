"""The chat page: Gradio's only home in the package.

`server.serve` starts it; `page` lays it out; `cards` and `source` turn records into HTML, without Gradio.
"""

import os

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when Gradio is imported; otherwise it looks up two hosts
