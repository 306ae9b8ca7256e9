"""Work done ahead: order, faults and early ends are those of the iterator itself."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from pipeline.judging.ahead import ahead


def test_items_come_in_their_order() -> None:
    assert list(ahead(iter(range(1, 50)))) == list(range(1, 50))
    assert list(ahead(iter(()))) == []


def test_the_next_item_is_made_while_one_is_looked_at() -> None:
    made = threading.Event()

    def items() -> Iterator[str]:
        yield "first"
        made.set()
        yield "second"

    coming = ahead(items())
    assert next(coming) == "first"
    assert made.wait(timeout=30)
    assert list(coming) == ["second"]


def test_a_fault_comes_in_the_place_of_its_item() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise ValueError("damaged")

    coming = ahead(items())
    assert next(coming) == 1
    with pytest.raises(ValueError, match="damaged"):
        next(coming)


def test_whoever_stops_early_leaves_no_thread_behind() -> None:
    before = threading.active_count()
    coming = ahead(iter(range(1, 10)))
    next(coming)
    coming.close()  # type: ignore[attr-defined]
    assert threading.active_count() == before
