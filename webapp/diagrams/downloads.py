"""Files handed out: always as an attachment, so that no browser runs what is in them."""

from __future__ import annotations

from flask import Response


def attachment(content: bytes, name: str) -> Response:
    """``name``: letters, digits, underscores and dots only, as the keys of files are."""
    response = Response(content, mimetype="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
