"""Judging a file without taking it (试校验): the same way as a delivery, in a transaction that is never committed.

What a person is told is what a delivery of these bytes would be told now, by the same statements; nothing of it stays: no
receipt, no bytes, no row. A number of a batch is used up, and of versions.
"""

from __future__ import annotations

import functools
import pathlib
from collections.abc import Callable
from typing import TypeVar

import sqlalchemy as sa

from pipeline.hub import Hub
from pipeline.judging.judge import holder, judge_into, judgement_today
from quality.messages import telling
from schemas.contract import load_contract
from schemas.delivery import Delivery
from warehouse.landing import receipts
from warehouse.landing.load_report import LoadReport
from warehouse.landing.receipts import Batch
from warehouse.landing.store import measure
from warehouse.loading.load import Loading

T = TypeVar("T")


def judge_for_trial(
    hub: Hub, delivery: Delivery, path: pathlib.Path, reading: Callable[[sa.Connection, int], T]
) -> tuple[LoadReport, T]:
    """Judge a delivery of one file; ``reading`` finds out in its transaction what a person is told.

    Raises WarehouseBusy when another loader holds the feed, StopFeed, SetupError.
    """
    contract = load_contract(delivery.record_type)
    judgement = judgement_today(hub, delivery.insurer_id)
    batch = Batch(0, delivery.insurer_id, delivery.record_type, delivery.channel, delivery.received_at, "received")
    landing = functools.partial(receipts.land_for_trial, delivery=delivery, kept=[measure(path)])
    with Loading(
        hub.engine, batch, holder(), contract, delivery.received_at, judgement.versions,
        telling(judgement.words, contract), is_rehearsal=True, landing=landing,
    ) as loading:  # fmt: skip
        report = judge_into(loading, batch, [path], judgement)
        return report, loading.read(reading)
