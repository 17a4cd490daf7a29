"""The chat page. Only this folder imports Gradio.

`server.serve` starts it and `layout` lays it out. `interfaces/html` turns records into HTML, without Gradio.
"""

import os

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when Gradio is imported; otherwise it looks up two hosts
