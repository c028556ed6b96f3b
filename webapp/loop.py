"""Our loop: runs every sweep about as often as it asks, one after the other."""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from types import FrameType

from flask import Flask, current_app, has_app_context

from webapp.core import metrics
from webapp.core.sweeps import Sweep, all_sweeps

log = logging.getLogger(__name__)
TICK_SECONDS = 0.5


class Loop:
    """Seconds-scale work of the installation. Two loops at once do no harm: every sweep locks what it works on."""

    def __init__(self, sweeps: Iterable[Sweep] | None = None, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        asked = all_sweeps() if sweeps is None else sweeps
        self._sweeps = tuple((sweep, sweep.every) for sweep in asked if sweep.every is not None)
        self._monotonic = monotonic
        self._next_at = dict.fromkeys((sweep.name for sweep, _ in self._sweeps), 0.0)
        self._beside: dict[str, threading.Thread] = {}
        self._stop = threading.Event()

    def run_until_stopped(self) -> None:
        signal.signal(signal.SIGTERM, self._on_signal)
        signal.signal(signal.SIGINT, self._on_signal)
        while not self._stop.is_set():
            self.tick()
            self._stop.wait(TICK_SECONDS)

    def tick(self) -> None:
        """Run what is due. A sweep that fails is logged and comes again at its next time."""
        for sweep, every in self._sweeps:
            late = self._monotonic() - self._next_at[sweep.name]
            if late >= 0 and not self._stop.is_set():
                is_first = self._next_at[sweep.name] == 0.0
                self._next_at[sweep.name] = self._monotonic() + every.total_seconds()
                self._begin(sweep, lag=0.0 if is_first else late)

    def stop(self) -> None:
        self._stop.set()

    def _begin(self, sweep: Sweep, *, lag: float) -> None:
        """A slow one runs beside the others, in a context of its own; while it does, its next round waits."""
        if not sweep.is_slow:
            _run(sweep, lag=lag)
        elif (before := self._beside.get(sweep.name)) is None or not before.is_alive():
            application = current_app._get_current_object() if has_app_context() else None  # type: ignore[attr-defined]
            self._beside[sweep.name] = threading.Thread(target=_run_apart, args=(sweep, lag, application), daemon=True)
            self._beside[sweep.name].start()

    def _on_signal(self, _signal: int, _frame: FrameType | None) -> None:
        self.stop()


def _run_apart(sweep: Sweep, lag: float, application: Flask | None) -> None:
    with application.app_context() if application else nullcontext():
        _run(sweep, lag=lag)


def _run(sweep: Sweep, *, lag: float) -> None:
    try:
        with metrics.timed_sweep(sweep.name, lag=lag):
            done = sweep.work()
    except Exception:  # entry point: one broken sweep must not stop the others
        log.exception("sweep failed", extra={"fields": {"sweep": sweep.name}})
        return
    if done:
        log.info("sweep", extra={"fields": {"sweep": sweep.name, "done": done}})
