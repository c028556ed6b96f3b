"""What Prometheus counts. No label holds anything a person typed; every label takes few values.

With several processes the numbers lie in the folder ``PROMETHEUS_MULTIPROC_DIR``, which the parts of one installation share.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter, time

from prometheus_client import Counter, Gauge, Histogram

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

REQUEST = Histogram("zhijian_request_seconds", "Time of an answer", ["method", "route", "status"], buckets=_SECONDS)
STEP = Histogram("zhijian_step_seconds", "Time of the engine and of writing its step, without the commit", ["process"], buckets=_SECONDS)
REFUSED = Counter("zhijian_refused_busy", "Requests answered 503 because every place was taken")
SLOW_BODIES = Counter("zhijian_slow_bodies", "Requests whose body did not come in time")
SIGN_IN_FAILED = Counter("zhijian_sign_in_failed", "Sign-ins that were refused")
SWEEP_SECONDS = Histogram("zhijian_sweep_seconds", "Time of one round of a sweep", ["sweep"], buckets=(*_SECONDS, 30.0, 60.0))
SWEEP_FAILED = Counter("zhijian_sweep_failed", "Rounds of a sweep that failed", ["sweep"])
SWEEP_LAST = Gauge("zhijian_sweep_last_success_timestamp_seconds", "When a sweep last did a round", ["sweep"], multiprocess_mode="max")
SWEEP_LAG = Gauge("zhijian_sweep_lag_seconds", "Delay of a sweep's last round", ["sweep"], multiprocess_mode="mostrecent")


@contextmanager
def timed_step(process: str) -> Iterator[None]:
    """Time a step of a process definition that succeeds."""
    begun = perf_counter()
    yield
    STEP.labels(process).observe(perf_counter() - begun)


@contextmanager
def timed_sweep(name: str, *, lag: float) -> Iterator[None]:
    """Time one round of a sweep that began ``lag`` seconds after its time."""
    SWEEP_LAG.labels(name).set(lag)
    begun = perf_counter()
    try:
        yield
    except BaseException:
        SWEEP_FAILED.labels(name).inc()
        raise
    SWEEP_SECONDS.labels(name).observe(perf_counter() - begun)
    SWEEP_LAST.labels(name).set(time())
