"""gunicorn's own words, through our handler. Only gunicorn imports this."""

from __future__ import annotations

import sys
from typing import Any

from gunicorn.glogging import Logger  # type: ignore[import-untyped]


class GunicornLines(Logger):  # type: ignore[misc]
    """What gunicorn says about a request that broke outside the application would hold its address: only the error is told."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True

    def exception(self, _message: str, *_args: Any, **_kwargs: Any) -> None:
        self.error_log.error("a request failed outside the application", exc_info=sys.exc_info())
