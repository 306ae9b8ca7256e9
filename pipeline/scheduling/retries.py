"""Which faults Airflow tries again: those that may pass; a fault that a person must mend fails at once. Light: DAG files import it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from airflow.sdk import ExceptionRetryPolicy, RetryAction, RetryRule


def retrying(times: int, after: dt.timedelta) -> dict[str, Any]:
    """``default_args`` of a DAG whose passing faults are tried again so many times, each ``after`` a while."""
    rules = [
        RetryRule("schemas.errors.RetryLater", RetryAction.RETRY, after, "source or database may recover"),
        RetryRule("schemas.errors.HubError", RetryAction.FAIL, reason="a person must act: a retry cannot help"),
    ]
    return {"retries": times, "retry_delay": after, "retry_policy": ExceptionRetryPolicy(rules=rules)}
