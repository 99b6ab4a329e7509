"""How does a software agent ask the same questions and get the same answers?"""

from onepill.mcp.server import make_server, serve_stdio

__all__ = ["make_server", "serve_stdio"]
