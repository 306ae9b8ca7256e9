"""The question that a batch puts to people in Airflow. Besides ``services`` the only module that knows Airflow.

An answer given once is never lost: the question is written once and never again, for writing it anew would wipe a stored
answer, and whoever starts to wait looks first for an answer that is there. This matters because Airflow takes a task that
is resumed before its waiting process has ended for one that was killed, and tries it again.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk.exceptions import AirflowSkipException
from airflow.sdk.execution_time.context import NEVER_EXPIRE
from airflow.sdk.execution_time.hitl import get_hitl_detail_content_detail, upsert_hitl_detail
from airflow.triggers.base import BaseTrigger, TriggerEvent
from asgiref.sync import sync_to_async

ACCEPT, REFUSE = "采用 accept", "不采用 refuse"


class QuestionOperator(HITLOperator):
    """Asks whether the batch of the run's ``conf`` is to be accepted; skipped when that was decided elsewhere.

    Returns ``choice`` (accept, refuse), ``by`` and ``reason``. Holds no worker while it waits; looks every
    ``look_seconds`` whether the question still stands.
    """

    def __init__(self, *, look_seconds: float, **shown: Any) -> None:
        super().__init__(subject="待决定的批次", options=[ACCEPT, REFUSE], **shown)
        self.look_seconds = look_seconds

    def execute(self, context: Any) -> None:
        """Ask, unless it was decided, and wait."""
        from pipeline import deciding, hub

        batch_id, ti_id = context["dag_run"].conf["batch_id"], context["task_instance"].id
        asked = deciding.question(hub.open_hub(), batch_id)
        if asked is None:
            raise AirflowSkipException("the batch does not await a decision")
        store = context["task_state_store"]
        if not store.get("asked"):
            upsert_hitl_detail(ti_id, self.options, asked.subject, asked.body, params=self.serialized_params)
            store.set("asked", value=True, retention=NEVER_EXPIRE)
        self.defer(trigger=AnswerTrigger(str(ti_id), batch_id, self.look_seconds), method_name="execute_complete")

    def execute_complete(self, context: Any, event: dict[str, Any]) -> dict[str, str]:
        """Take the answer; skip when there is none because the batch was decided elsewhere."""
        if "chosen_options" not in event:
            raise AirflowSkipException("the batch was decided elsewhere")
        answer = super().execute_complete(context, event)
        user, choice = answer["responded_by_user"] or {}, answer["chosen_options"]
        reason = answer["params_input"].get("reason") or "(未写理由)"
        by, word = user.get("name") or user.get("id") or "Airflow", "accept" if choice == [ACCEPT] else "refuse"
        return {"choice": word, "by": by, "reason": reason}


class AnswerTrigger(BaseTrigger):
    """Waits, in the triggerer, for the answer to a question or for a decision elsewhere.

    An answer resumes its task by itself; what is found here is one that came while the task was being tried again.
    """

    def __init__(self, ti_id: str, batch_id: int, look_seconds: float) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.ti_id, self.batch_id, self.look_seconds = ti_id, batch_id, look_seconds

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """The class and its arguments, as Airflow keeps them."""
        arguments = {"ti_id": self.ti_id, "batch_id": self.batch_id, "look_seconds": self.look_seconds}
        return f"{type(self).__module__}.{type(self).__qualname__}", arguments

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Yield one event: the answer, or one without ``chosen_options``."""
        while True:
            await asyncio.sleep(self.look_seconds)  # first of all: by then the process that began to wait has ended
            found = await sync_to_async(get_hitl_detail_content_detail)(ti_id=UUID(self.ti_id))
            if found.response_received:
                yield TriggerEvent(found.model_dump(exclude={"response_received"}))
                return
            if not await asyncio.to_thread(_stands, self.batch_id):
                yield TriggerEvent({})
                return


def _stands(batch_id: int) -> bool:
    """Whether the batch still awaits a decision; a database that is away is asked again later."""
    from pipeline import deciding, hub
    from schemas.errors import RetryLater

    with contextlib.ExitStack() as opened, contextlib.suppress(RetryLater):
        here = hub.open_hub()
        opened.callback(here.engine.dispose)  # the triggerer lives for months
        return deciding.question(here, batch_id) is not None
    return True
