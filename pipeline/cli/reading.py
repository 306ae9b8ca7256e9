"""How commands that only read open the installation: from a standby where one is named, and then they say how old it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.cli.output import stderr

if TYPE_CHECKING:
    from pipeline.hub import Hub
    from warehouse.database.session import Lag


def open_to_read() -> Hub:
    """Open the installation to read; how far a standby is behind goes to standard error. Raises as ``open_hub``."""
    from pipeline import hub
    from warehouse.database.session import lag

    opened = hub.open_to_read()
    if opened.settings.read_database_url and (behind := lag(opened.engine)):
        stderr.print(f"备库 standby: {_told(behind)}")
    return opened


def _told(lag: Lag) -> str:
    if lag.replayed_at is None or lag.seconds is None:
        return "滞后未知 its lag is not known"
    from schemas.time_zone import SHANGHAI

    as_of = f"{lag.replayed_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"
    return f"数据截至 as of {as_of}, 滞后不超过 behind by at most {lag.seconds:.0f} s"
