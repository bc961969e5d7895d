"""Reelgate for agents: tools by the Model Context Protocol, on top of the Python client, over HTTP or stdio."""
