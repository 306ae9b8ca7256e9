"""What a person does with an alert: take it on, or leave it alone for a while. Pages and commands share these verbs."""

from __future__ import annotations

import datetime as dt

from pipeline.hub import Hub
from warehouse.alerts import issues
from warehouse.alerts.issues import Alert
from warehouse.database.engine import database_errors


def acknowledge(hub: Hub, alert_no: str, person: str, comment: str, *, insurer_id: str | None = None) -> Alert:
    """Take an alert on, with a word; ``insurer_id`` for a person of an insurer, who speaks for its part only.

    Raises NotFound, SetupError (a closed alert; an empty name or comment).
    """
    with database_errors("acknowledging an alert"), hub.engine.begin() as connection:
        issues.acknowledge(connection, alert_no, person, comment, hub.sure_now(), insurer_id=insurer_id)
        return issues.alert(connection, alert_no)


def snooze(
    hub: Hub, alert_no: str, person: str, comment: str, until: dt.datetime, *, insurer_id: str | None = None
) -> Alert:
    """Leave an alert alone until a moment, with a word; as ``acknowledge``. Raises SetupError for a moment that is over, too."""
    with database_errors("snoozing an alert"), hub.engine.begin() as connection:
        issues.snooze(connection, alert_no, person, comment, hub.sure_now(), until, insurer_id=insurer_id)
        return issues.alert(connection, alert_no)
