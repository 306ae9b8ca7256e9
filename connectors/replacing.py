"""What a sender says that a delivery replaces: everything of its feed, or the records of a span of days.

In a control file ``"replaces": "all"`` or ``{"from": "2026-10-01", "to": "2026-10-31"}``, handed in ``all`` or
``2026-10-01..2026-10-31``, in a definition ``replaces: all`` below a record type.
"""

from __future__ import annotations

import datetime as dt

from schemas.contract import load_contract
from schemas.delivery import Replacement


class BadReplacement(ValueError):
    """Raised when it cannot be told what a delivery replaces, with the problem in Chinese."""


def replacement(said: object, record_type: str) -> Replacement:
    """What ``said`` (decoded JSON) means for a record type.

    Raises BadReplacement for anything else than the forms above, for days that are none or in the wrong order, and for a
    span of a record type without a main event.
    """
    if said == "all":
        return Replacement()
    if not isinstance(said, dict) or set(said) != {"from", "to"}:
        raise BadReplacement('replaces 只能是 "all" 或 {"from": "2026-10-01", "to": "2026-10-31"}')
    contract = load_contract(record_type)
    if not contract.milestones:
        raise BadReplacement(f'{contract.business_name}没有主要事件日期,replaces 只能是 "all"')
    try:
        return Replacement(_day(said["from"]), _day(said["to"]))
    except ValueError as error:
        raise BadReplacement("replaces 的 from、to 不是日期(例如 2026-10-01),或 from 晚于 to") from error


def replacement_of_text(text: str, record_type: str) -> Replacement:
    """What a person wrote, ``all`` or two days with ``..`` between. Raises BadReplacement."""
    since, dots, until = text.strip().partition("..")
    return replacement({"from": since, "to": until} if dots else since, record_type)


def _day(said: object) -> dt.date:
    if not isinstance(said, str) or len(said) != len("2026-10-01"):
        raise ValueError(f"{said!r} is no day")
    return dt.date.fromisoformat(said)
