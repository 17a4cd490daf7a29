"""What the library says to people and programs: text, HTML, JSON, HTTP, MCP, frameworks."""
