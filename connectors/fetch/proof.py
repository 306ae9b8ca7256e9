"""Proof of completeness: what every page adds to it, and what must hold at the end. No proof, no delivery."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

from connectors.fetch.body import canonical, dig
from connectors.fetch.paging import Page, Step
from connectors.model import InsurerDefinition, RecordMapping
from schemas.contract import load_contract
from schemas.errors import IncompleteFetch


@dataclass
class Proof:
    """What the pages so far have proven; every method raises IncompleteFetch when they contradict each other."""

    definition: InsurerDefinition
    record: RecordMapping
    seen: int = 0
    pages: int = 0
    total: int | None = None
    page_count: int | None = None
    is_last: bool | None = None
    _requests: set[tuple[str, ...]] = field(default_factory=set)
    _pages: set[str] = field(default_factory=set)
    _ids: set[tuple[str, ...]] = field(default_factory=set)

    def ask(self, step: Step) -> None:
        """Note a request before it is sent: the same one twice, or too many, lead nowhere."""
        address = (step.url, *(f"{name}={value}" for name, value in step.params))
        if address in self._requests:
            raise self._broken(f"page {step.number} repeats a cursor or address")
        if len(self._requests) >= self.definition.limits.pages:
            raise self._broken(f"more than {self.definition.limits.pages} pages")
        self._requests.add(address)

    def add(self, page: Page) -> None:
        """Count a page in, after checking it against its own checksum and all pages before."""
        self._check_checksum(page)
        self._check_unchanged("total", self.total, page.total)
        self._check_unchanged("number of pages", self.page_count, page.page_count)
        self._check_new(page)
        self.total, self.page_count, self.is_last = page.total, page.page_count, page.is_last
        self.seen += len(page.items)
        self.pages += 1

    def is_done(self) -> bool:
        """Whether the proofs say that all pages are there."""
        if self.is_last is not None:
            return self.is_last
        if self.page_count is not None:
            return self.pages >= self.page_count
        return self.total is not None and self.seen >= self.total

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

    def _check_new(self, page: Page) -> None:
        """Neither the whole page nor one of its records was on an earlier page."""
        text = hashlib.sha256(canonical(page.items).encode()).hexdigest()
        ids = {found for item in page.items if (found := self._id(item))}
        if page.items and text in self._pages:
            raise self._broken(f"page {self.pages + 1} repeats an earlier page")
        if ids & self._ids:
            raise self._broken(f"page {self.pages + 1} repeats {len(ids & self._ids)} records of earlier pages")
        self._pages.add(text)
        self._ids |= ids

    def _id(self, item: Any) -> tuple[str, ...] | None:
        """Natural key and update time as they arrived; None when one of them is absent."""
        names = (*load_contract(self.record.record_type).key, "source_updated_at")
        values = [dig(item, self.record.columns[name].source or "") for name in names]
        return tuple(map(str, values)) if all(isinstance(value, str) for value in values) else None

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
