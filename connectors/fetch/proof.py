"""Proof of completeness: what every page adds to it, and what must hold at the end. No proof, no delivery."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any

from connectors.fetch.body import canonical, dig
from connectors.fetch.opening import Answer
from connectors.fetch.paging import COUNTED, Page, Step, beyond
from connectors.fetch.signature import Clock
from connectors.model import InsurerDefinition, RecordMapping
from schemas.contract import load_contract
from schemas.errors import IncompleteFetch

CLOCK_SECONDS = 300.0
"""How far a system's clock may be behind ours whatever the look-back."""


@dataclass
class Proof:
    """What the pages so far have proven; every method raises IncompleteFetch when they contradict each other."""

    definition: InsurerDefinition
    record: RecordMapping
    clock: Clock
    seen: int = 0
    pages: int = 0
    total: int | None = None
    page_count: int | None = None
    is_last: bool | None = None
    size_bytes: int = 0
    _requests: set[tuple[str, ...]] = field(default_factory=set)
    _steps: list[Step] = field(default_factory=list)
    _pages: list[str] = field(default_factory=list)
    _ids: set[tuple[str, ...]] = field(default_factory=set)
    _keys: set[tuple[str, ...]] = field(default_factory=set)
    _last: int = 0
    """Items of the last page."""
    _has_moved: bool = False
    """Whether a record came twice, each time as of another moment."""

    def ask(self, step: Step) -> None:
        """Note a request before it is sent: the same one twice, or too many, lead nowhere."""
        address = (step.url, *(f"{name}={value}" for name, value in step.params))
        if address in self._requests:
            raise self._broken(f"page {step.number} repeats a cursor or address")
        if len(self._requests) >= self.definition.limits.pages:
            raise self._broken(f"more than {self.definition.limits.pages} pages")
        self._requests.add(address)
        self._steps.append(step)

    def add(self, page: Page) -> None:
        """Count a page in, after checking it against its own checksum and all pages before."""
        self._check_clock(page)
        self._check_size(page)
        self._check_checksum(page)
        if not page.answer.nothing:
            self._check_unchanged("total", self.total, page.total)
            self._check_unchanged("number of pages", self.page_count, page.page_count)
        self._check_new(page)
        self._check_short(page)
        if not page.answer.nothing:
            self.total, self.page_count, self.is_last = page.total, page.page_count, page.is_last
        self.seen += len(page.items)
        self._last = len(page.items)
        self.pages += 1

    def is_done(self) -> bool:
        """Whether the proofs say that all pages are there."""
        if self.definition.paging.until == "empty":
            return self._last == 0
        if self.is_last is not None:
            return self.is_last
        if self.page_count is not None:
            return self.pages >= self.page_count
        return self.total is not None and self.seen >= self.total

    def unconfirmed(self) -> Sequence[Step]:
        """Pages to ask for once more: a record that goes between two requests moves all behind it, and one slips through.

        So it is wherever pages are counted; where the source points to the next page, when it declares no total or a
        record came twice. The last page is asked for again only where its being empty is all that proves the end.
        """
        paging = self.definition.paging
        is_moving = paging.kind in COUNTED or self.total is None or self._has_moved
        steps = self._steps if paging.until == "empty" else self._steps[:-1]
        return steps if is_moving and paging.second_look == "ask" else ()

    def confirm(self, step: Step, page: Page) -> None:
        """Check that a page still holds the records that it held."""
        if self._print(page) != self._pages[step.number - 1]:
            raise self._broken(f"page {step.number} changed while the others came")

    def beyond(self) -> Step | None:
        """The page after the last one, where pages are counted and the last one was not found empty: to hold nothing new."""
        is_open = self.definition.paging.kind in COUNTED and (self._last > 0 or self.definition.paging.until == "empty")
        return beyond(self.definition, self._steps[-1], self.seen) if is_open else None

    def check_beyond(self, answer: Answer) -> None:
        """Check the answer to what lies beyond the end: nothing, or records that came already."""
        items = dig(answer.document, self.definition.response.items)
        found = [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
        fresh = sum(self._mark(item) not in self._ids for item in found)
        if fresh:
            raise self._broken(f"{self.seen} items are told as all, but the page behind them holds {fresh} more")

    def close(self) -> None:
        """Check the end: the declared total, number of pages and last page are exactly what came."""
        if self.total is not None and self.seen != self.total:
            raise self._broken(f"{self.seen} items came, {self.total} are declared")
        if self.page_count is not None and self.pages != max(1, self.page_count):
            raise self._broken(f"{self.pages} pages came, {self.page_count} are declared")
        if self.is_last is False:
            raise self._broken("the last page is missing")

    def _check_unchanged(self, what: str, before: int | None, now: int | None) -> None:
        if self.pages and before != now:
            raise self._broken(f"the {what} changed from {before} to {now} between pages")

    def _check_short(self, page: Page) -> None:
        """Where pages go on until one is empty, nothing may follow a page that was not full."""
        is_until_empty = self.definition.paging.until == "empty"
        if is_until_empty and self.pages and page.items and self._last < self.definition.paging.size:
            told = f"holds {self._last} of {self.definition.paging.size} items and is not the last"
            raise self._broken(f"page {self.pages} {told}")

    def _check_new(self, page: Page) -> None:
        """Neither the whole page nor one of its records came before, and none comes twice on it."""
        text = self._print(page)
        marks = [self._mark(item) for item in page.items]
        if page.items and text in self._pages:
            raise self._broken(f"page {self.pages + 1} repeats an earlier page")
        if known := self._ids & set(marks):
            raise self._broken(f"page {self.pages + 1} repeats {len(known)} records of earlier pages")
        if twice := self._twice(page.items, marks):
            raise self._broken(f"page {self.pages + 1} holds {twice} records twice, so others may be missing")
        keys = {key for item in page.items if (key := self._key(item))}
        self._has_moved |= bool(keys & self._keys)
        self._pages.append(text)
        self._ids |= set(marks)
        self._keys |= keys

    def _twice(self, items: Sequence[Any], marks: Sequence[tuple[str, ...]]) -> int:
        """How many records of a page are there before on it; versions of one moment that differ are left to the merge."""
        if len(set(marks)) == len(marks):
            return 0
        sources = [column.source for column in self.record.columns.values() if column.source]
        contents = {(mark, canonical([dig(item, s) for s in sources])) for mark, item in zip(marks, items, strict=True)}
        return len(marks) - len(contents)

    def _print(self, page: Page) -> str:
        """A digest of the page's records by their keys and times, or by content where one lacks them."""
        return hashlib.sha256(canonical([list(self._mark(item)) for item in page.items]).encode()).hexdigest()

    def _mark(self, item: Any) -> tuple[str, ...]:
        """What tells a record from others: its key, and update time where versions may differ by it, else its content.

        Where the window has no end, a record that changes meanwhile moves to the last page and comes twice, while
        another slips through the gap that it leaves.
        """
        is_open = self.record.replaces is not None or self.definition.window.until_param is None
        key, moment = self._key(item), self._at(item, "source_updated_at")
        if key is None or (moment is None and not is_open):
            return (canonical(item),)
        return key if is_open else (*key, moment or "")

    def _key(self, item: Any) -> tuple[str, ...] | None:
        """The natural key as it arrived; None when a part of it is absent or no text or number."""
        values = [self._at(item, name) for name in load_contract(self.record.record_type).key]
        return tuple(value for value in values if value) if all(values) else None

    def _at(self, item: Any, name: str) -> str | None:
        value = dig(item, self.record.columns[name].source or "")
        return str(value) if isinstance(value, str) and value else None

    def _check_clock(self, page: Page) -> None:
        """A clock behind by more than the look-back dates what changes now before every window still to come."""
        said = page.answer.headers.get("Date")
        if said is None or "Age" in page.answer.headers or self.definition.window.since_param is None:
            return
        try:
            behind = self.clock() - parsedate_to_datetime(said).timestamp()
        except (ValueError, OverflowError):
            return
        if behind > max(self.definition.lookback.total_seconds(), CLOCK_SECONDS):
            raise self._broken(f"its clock is {behind / 3600:.1f} h behind ours, more than the look-back covers")

    def _check_size(self, page: Page) -> None:
        self.size_bytes += len(page.answer.body)
        if self.size_bytes > self.definition.limits.fetch_bytes:
            told = f"over {self.definition.limits.fetch_bytes} bytes in all; collect shorter intervals"
            raise self._broken(f"{told}, or raise limits.fetch_bytes in its definition")

    def _check_checksum(self, page: Page) -> None:
        response = self.definition.response
        if not (response.checksum or response.checksum_header):
            return
        said = page.answer.headers.get(response.checksum_header) if response.checksum_header else None
        declared = said if response.checksum_header else dig(page.answer.document, response.checksum or "")
        is_body = bool(response.checksum_header) and response.checksum_of == "body"
        covered = page.answer.body if is_body else canonical(page.items).encode()
        if not isinstance(declared, str) or declared.lower() != hashlib.sha256(covered).hexdigest():
            raise self._broken("the checksum does not match")

    def _broken(self, problem: str) -> IncompleteFetch:
        return IncompleteFetch(f"{self.definition.insurer_id} {self.record.record_type}: {problem}")
