"""Whatever happens to records while their pages come: a fetch that ends holds every record that nothing happened to."""

from __future__ import annotations

import json
import pathlib
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.errors import IncompleteFetch
from tests.connectors.speaking import Asked, Said, System, collected, defined

SIZE = 3
ENDS = {
    "total": "paging: {kind: page, page_param: page, size: 3}\nresponse: {items: rows, total: total}",
    "offset": "paging: {kind: offset, offset_param: at, size: 3}\nresponse: {items: rows, total: total}",
    "mark": "paging: {kind: page, page_param: page, size: 3}\nresponse: {items: rows, last_page: last}",
    "empty": "paging: {kind: page, page_param: page, size: 3, until: empty}\nresponse: {items: rows}",
}
WINDOW = "\nwindow: {since_param: since, until_param: until}\nrecords: {policy: {path: /p}}"


class Change(NamedTuple):
    """What happens to the record at a place, before the answer of a number."""

    number: int
    kind: Literal["delete", "insert", "move"]
    at: int


CHANGES = st.lists(
    st.builds(Change, st.integers(1, 5), st.sampled_from(["delete", "insert", "move"]), st.integers(0, 12)), max_size=3
)


class Moving:
    """An API whose records change between answers; ``is_stale`` = it tells the total that it had at first."""

    def __init__(self) -> None:
        self.begin(0, [], is_stale=False)

    def begin(self, count: int, changes: list[Change], *, is_stale: bool) -> None:
        self.records = [(f"P{n}", "2026-11-01") for n in range(count)]
        self.changes, self.touched, self.answers = changes, set[str](), 0
        self.first_total = count if is_stale else None

    def __call__(self, asked: Asked, _number: int) -> Said:
        for change in self.changes:
            if change.number == self.answers:
                self._apply(change)
        self.answers += 1
        at = int(asked.query["at"]) if "at" in asked.query else (int(asked.query["page"]) - 1) * SIZE
        rows = [{"policy_no": no, "source_updated_at": moment} for no, moment in self.records[at : at + SIZE]]
        total = len(self.records) if self.first_total is None else self.first_total
        return Said({"rows": rows, "total": total, "last": at + SIZE >= len(self.records)})

    def _apply(self, change: Change) -> None:
        if change.kind == "insert":
            self.records.insert(min(change.at, len(self.records)), (f"new{self.answers}-{change.at}", "2026-11-02"))
        elif change.at < len(self.records):
            number, _ = self.records.pop(change.at)
            self.touched.add(number)
            if change.kind == "move":
                self.records.append((number, f"2026-11-03-{self.answers}"))


@pytest.fixture(scope="module")
def moving() -> Iterator[tuple[Moving, str]]:
    api = Moving()
    system = System(api)
    yield api, system.url
    system.stop()


@pytest.mark.parametrize("end", ENDS)
@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(count=st.integers(0, 12), changes=CHANGES, is_stale=st.booleans())
def test_what_was_there_all_the_time_is_there_in_the_end(
    moving: tuple[Moving, str], tmp_path: pathlib.Path, end: str, count: int, changes: list[Change], is_stale: bool
) -> None:
    api, url = moving
    api.begin(count, changes, is_stale=is_stale)
    try:
        fetched = collected(defined(tmp_path, ENDS[end] + WINDOW, url))
    except IncompleteFetch:
        assert changes, "nothing happened, and yet it was taken for incomplete"
        return
    found = [row["policy_no"] for payload in fetched.payloads for row in _rows(payload.content)]
    assert {f"P{n}" for n in range(count)} - api.touched <= set(found)


def _rows(content: bytes) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(content)["rows"]
    return rows
