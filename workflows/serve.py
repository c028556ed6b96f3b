"""``python -m workflows.serve``: the flow runner. It takes runs from Prefect and starts a child process for each."""

from __future__ import annotations

import sys
import time
import urllib.error
import urllib.request
from datetime import timedelta
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from prefect.deployments.runner import RunnerDeployment

SERVER_SECONDS = 120
RECONCILE_EVERY = timedelta(minutes=5)


def main() -> None:
    """Serve every deployment until stopped. The one schedule in code is the reconciliation; campaigns have theirs over REST."""
    _wait_for_server()
    from prefect import serve
    from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy

    from workflows import campaigns

    one_launch = ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.ENQUEUE)
    deployments = (
        campaigns.campaign_launch.to_deployment("main", tags=["campaign"], concurrency_limit=one_launch),
        campaigns.campaign_tick.to_deployment("main", tags=["campaign"]),
        campaigns.campaign_reconcile.to_deployment("main", tags=["campaign"], interval=RECONCILE_EVERY),
    )
    served = cast("tuple[RunnerDeployment, ...]", deployments)  # outside a running loop they are no coroutines
    serve(*served, limit=2, pause_on_shutdown=False, print_starting_message=False)


def _wait_for_server() -> None:
    """Prefect's server starts at the same time as we do and takes longer."""
    from webapp.config import Settings

    address = f"{Settings.from_environment().prefect_url}/health"
    for _ in range(SERVER_SECONDS * 2):
        try:
            with urllib.request.urlopen(address, timeout=2):  # noqa: S310 - our own setting
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    sys.exit(f"Prefect does not answer at {address}")


if __name__ == "__main__":
    main()
