"""One run for each delivery that would withdraw too many records: it asks a person, and does what is answered.

Run-book. A run that waits is not red and holds no worker: answer it under "Required Actions", or with `anze batch
accept <id>` or `refuse <id>`, which ends the run within minutes. Nothing else waits for it; `intake` starts the runs.
Red `settle`: the batch could not be loaded, `anze batch show <id>` says why.
"""

from __future__ import annotations

import datetime as dt
import os
from typing import Any

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import Param, dag, task
from airflow.sdk.exceptions import AirflowSkipException, TaskAwaitingInput

ACCEPT, REFUSE = "采用 accept", "不采用 refuse"
LOOK_AGAIN = dt.timedelta(seconds=float(os.environ.get("ANZE_QUESTION_SECONDS", "300")))  # decided elsewhere?


class Question(HITLOperator):
    """Asks while the batch awaits a decision; skipped once it was decided elsewhere."""

    def execute(self, context: Any) -> Any:
        """Ask, unless it was decided; no worker is held while the question waits."""
        from pipeline import deciding, steps

        asked = deciding.question(steps.open_hub(), context["dag_run"].conf["batch_id"])
        if asked is None:
            raise AirflowSkipException("the batch does not await a decision")
        self.subject, self.body = asked.subject, asked.body
        if "event" in context:  # asking anew would wipe an answer given at this very moment: go on waiting
            raise TaskAwaitingInput(method_name="execute_complete", timeout=self.response_timeout)
        return super().execute(context)

    def execute_complete(self, context: Any, event: dict[str, Any]) -> Any:
        """Take the answer, or after some time without one look whether the question still stands."""
        if event.get("error_type") == "timeout":
            return self.execute({**context, "event": event})
        answer = super().execute_complete(context, event)
        user, choice = answer["responded_by_user"] or {}, answer["chosen_options"]
        reason = answer["params_input"].get("reason") or "(未写理由)"
        by, word = user.get("name") or user.get("id") or "Airflow", "accept" if choice == [ACCEPT] else "refuse"
        return {"choice": word, "by": by, "reason": reason}


@dag(
    dag_display_name="待决定的批次",
    schedule=None,
    start_date=dt.datetime(2024, 1, 1, tzinfo=dt.UTC),
    catchup=False,
    max_active_runs=1000,
    default_args={"retries": 5, "retry_delay": dt.timedelta(minutes=1)},
    tags=["decisions"],
    doc_md=__doc__,
)
def decisions() -> None:
    """Declare the DAG."""
    form = {"reason": Param("", type="string", title="理由 reason")}
    shown = {"task_display_name": "请人决定", "subject": "待决定的批次"}
    ask = Question(task_id="ask", options=[ACCEPT, REFUSE], params=form, response_timeout=LOOK_AGAIN, **shown)

    @task(task_display_name="按决定处理")
    def settle(answer: dict[str, str], dag_run: Any = None) -> str:
        """Keep the decision and load by it; a decision taken elsewhere meanwhile stands."""
        from pipeline import deciding, steps
        from schemas.errors import NothingToDecide

        hub, batch_id = steps.open_hub(), dag_run.conf["batch_id"]
        try:
            return deciding.decide(hub, batch_id, answer["choice"], answer["by"], answer["reason"]).state
        except NothingToDecide:
            return steps.load_patiently(hub, batch_id).state

    settle(ask.output)


decisions()
