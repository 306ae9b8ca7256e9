"""What the insurers' definitions let be expected, and the register that is kept of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from pipeline.hub import Hub
from schemas.contract import INSURER_RECORD_TYPES
from warehouse.landing import expected
from warehouse.landing.expected import Delivery


def deliveries(hub: Hub) -> Iterator[Delivery]:
    """Every feed that the insurers' definitions say, whatever its days of validity.

    Of an insurer whose definition is broken everything is expected: that it says nothing must not hide what is missing.
    """
    for insurer_id, definition in hub.insurers.items():
        for record_type in (name for name in INSURER_RECORD_TYPES if name in definition.records):
            agreed = definition.expected_of(record_type)
            yield Delivery(
                insurer_id,
                record_type,
                definition.channel,
                definition.schedule,
                agreed.working_days,
                agreed.since,
                agreed.until,
                agreed.source or f"insurers/{insurer_id}.yml",
            )
    for insurer_id in hub.broken:
        for record_type in INSURER_RECORD_TYPES:
            yield Delivery(
                insurer_id, record_type, None, "", None, None, None, f"insurers/{insurer_id}.yml (有误 broken)"
            )


def expected_feeds(hub: Hub, as_of: dt.date) -> list[tuple[str, str]]:
    """(insurer id, record type) of everything that is expected on a day."""
    return [(each.insurer_id, each.record_type) for each in deliveries(hub) if each.is_valid_on(as_of)]


def keep_register(hub: Hub) -> None:
    """Bring the register up to what the definitions say now."""
    expected.keep(hub.engine, deliveries(hub), hub.now())
