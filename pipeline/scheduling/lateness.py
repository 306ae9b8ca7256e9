"""What Airflow calls when the figures were not published in time. Light: the DAG file names it by its path."""

from __future__ import annotations

from typing import Any


def tell_unpublished(**_: Any) -> None:
    """Tell engineers by the same delivery as alerts; what Airflow hands over is not needed."""
    from pipeline import steps
    from pipeline.alerting import lateness
    from pipeline.alerting.deliver import deliver
    from pipeline.scheduling.oncall import done, receiver_secrets

    hub = steps.open_hub()
    written = lateness.tell_unpublished(hub)
    deliver(hub, receiver_secrets)
    done(f"未按时发布 figures are late: {written} 条消息 messages")
