"""Work done ahead: while a caller looks at one item of an iterator, the next one is made beside it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def ahead(items: Iterator[T]) -> Iterator[T]:
    """The items of an iterator in their order, each made in another thread while the caller has the one before.

    What making one raises is raised in its place. A caller that stops early waits for the one that is being made.
    """
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="ahead") as worker:
        coming = worker.submit(next, items, None)
        while (item := coming.result()) is not None:
            coming = worker.submit(next, items, None)
            yield item
