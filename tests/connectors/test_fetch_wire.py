"""Fetching from a server that says anything on the wire: never an uncoded fault, a hang, or a loss that looks complete."""

from __future__ import annotations

import dataclasses
import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from connectors.fetch import fetch
from schemas.delivery import Credentials
from schemas.errors import HubError, IncompleteFetch, RateLimited, SchemaDrift, SourceUnavailable
from tests.connectors.asking import HISTORY
from tests.connectors.conftest import shipped

Script = Callable[[socket.socket, int, str], None]
"""Writes the answer to the n-th request line, n from 0."""
Ask = Callable[..., Any]
SECRET = "canary+/9c4e=7"  # to be looked for


class Wire:
    """A server that hangs up after each answer of its script."""

    def __init__(self, script: Script) -> None:
        self._script, self._count = script, 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as lines:
            asked = lines.readline().decode()
            while lines.readline() not in (b"\r\n", b""):
                pass
            number, self._count = self._count, self._count + 1
            try:
                self._script(connection, number, asked)
            except OSError:
                return

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


@pytest.fixture
def ask() -> Iterator[Ask]:
    """Fetch policies of an insurer from a scripted server: ``ask(script, insurer_id, size=2, **limits)``."""
    wires: list[Wire] = []

    def go(script: Script, insurer_id: str = "lichun", size: int = 2, **limits: Any) -> Any:
        wires.append(Wire(script))
        found = shipped()[insurer_id]
        quick = {"requests_per_second": 10_000.0, "attempts": 2, "read_seconds": 5.0, **limits}
        definition = dataclasses.replace(
            found,
            base_url=f"http://127.0.0.1:{wires[-1].port}/x",
            paging=dataclasses.replace(found.paging, size=size),
            limits=dataclasses.replace(found.limits, **quick),
        )
        return fetch(definition, "policy", HISTORY, Credentials("hub", SECRET), sleep=lambda _: None)

    yield go
    for wire in wires:
        wire.close()


def reply(body: object, status: str = "200 OK", *headers: str) -> bytes:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(content)}", "Connection: close", *headers]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + content


def always(answer: bytes) -> Script:
    return lambda connection, _number, _asked: connection.sendall(answer)


def rows(*numbers: int) -> list[dict[str, str]]:
    return [{"policyNo": f"P{n}", "insurerCode": "L", "sourceUpdatedAt": "2026-11-01T00:00:00+08:00"} for n in numbers]


def page(items: object, total: object) -> dict[str, Any]:
    return {"code": "0", "data": {"total": total, "rows": items}}


def drip(head: bytes, piece: bytes, count: int = 200) -> Script:
    def script(connection: socket.socket, _number: int, _asked: str) -> None:
        connection.sendall(head)
        for _ in range(count):
            connection.sendall(piece)
            time.sleep(0.02)

    return script


SLOW = {
    "body": drip(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b" "),
    "chunks": drip(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    "headers": drip(b"HTTP/1.1 200 OK\r\n", b"X", 200),
}


@pytest.mark.parametrize("what", SLOW)
def test_an_answer_that_trickles_is_hung_up_on(ask: Ask, what: str) -> None:
    with pytest.raises(SourceUnavailable, match=r"took over 0\.3 s"):
        ask(SLOW[what], answer_seconds=0.3, attempts=1)


ODD: dict[str, tuple[bytes, type[HubError]]] = {
    "Retry-After in a digit of another script": (reply({}, "429 X", "Retry-After: \xb2"), RateLimited),
    "Retry-After of a year that is none": (
        reply({}, "429 X", "Retry-After: Thu, 01 Jan 99999 00:00:00 GMT", "Date: Sun, 22 Nov 2026 07:00:00 GMT"),
        RateLimited,
    ),
    "Retry-After for ever": (reply({}, "429 X", "Retry-After: " + "9" * 400), RateLimited),
    "a redirect to half an address": (reply({}, "302 Found", "Location: http://[half"), SchemaDrift),
    "a redirect in no encoding": (reply({}, "302 Found", "Location: \xff\xfe"), SchemaDrift),
    "a total of 5000 digits": (reply(b'{"code":"0","data":{"total":' + b"9" * 5000 + b',"rows":[]}}'), IncompleteFetch),
    "half a character": (reply(b'{"code":"0","data":{"total":1,"rows":[{"policyNo":"\\ud800"}]}}'), IncompleteFetch),
    "endless headers": (b"HTTP/1.1 200 OK\r\n" + b"X: a\r\n" * 1000 + b"\r\n{}", SourceUnavailable),
    "two lengths": (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 5\r\n\r\n{}", SourceUnavailable),
    "no HTTP at all": (b'{"code":"0"}', SourceUnavailable),
    "nothing": (b"", SourceUnavailable),
    "204": (b"HTTP/1.1 204 No Content\r\n\r\n", SchemaDrift),
}


@pytest.mark.parametrize("name", ODD)
def test_whatever_is_on_the_wire_ends_in_a_coded_fault(ask: Ask, name: str) -> None:
    answer, fault = ODD[name]
    with pytest.raises(fault):
        ask(always(answer))


def test_a_byte_order_mark_and_a_null_list_of_no_items_are_complete_answers(ask: Ask) -> None:
    assert ask(always(reply(b"\xef\xbb\xbf" + json.dumps(page(rows(1), 1)).encode()))).control.row_count == 1
    assert ask(always(reply(page(None, 0)))).control.row_count == 0
    for lying in (page(None, 3), {"code": "0", "data": {"total": 0}}):
        with pytest.raises(SchemaDrift):
            ask(always(reply(lying)))


def test_all_pages_together_are_bounded(ask: Ask) -> None:
    def endless(connection: socket.socket, number: int, _asked: str) -> None:
        items = [row | {"remark": "x" * 5_000} for row in rows(2 * number, 2 * number + 1)]
        connection.sendall(reply(page(items, 10**9)))

    with pytest.raises(IncompleteFetch, match="over 100000 bytes in all"):
        ask(endless, fetch_bytes=100_000)


def counted(first: list[int], later: list[int]) -> Script:
    """An API that counts pages, not records, whose records are ``later`` after its first answer."""

    def script(connection: socket.socket, number: int, asked: str) -> None:
        numbers, size = (later if number else first), 2
        at = int(re.search(r"pageIndex=(\d+)", asked)[1])  # type: ignore[index]
        pages = -(-len(numbers) // size)
        items = [{"plyNo": f"P{n}", "insurerCode": "T", "sourceUpdatedAt": "t"} for n in numbers[at * size :][:size]]
        body = {"pages": pages, "isLast": at == pages - 1, "list": items}
        connection.sendall(reply({"head": {"respCode": "0000"}, "body": body}))

    return script


def test_a_record_deleted_between_two_pages_does_not_take_another_with_it(ask: Ask) -> None:
    assert len(ask(counted([0, 1, 2, 3, 4, 5], [0, 1, 2, 3, 4, 5]), "tianshu").payloads) == 3
    with pytest.raises(IncompleteFetch, match="page 1 changed"):
        ask(counted([0, 1, 2, 3, 4, 5], [1, 2, 3, 4, 5]), "tianshu")


def numbered(first: list[Any], later: list[Any], total: int, since: int = 1) -> Script:
    """An API of two records a page that holds ``first``, and ``later`` from its answer number ``since`` on."""

    def script(connection: socket.socket, number: int, asked: str) -> None:
        records, at = later if number >= since else first, int(re.search(r"pageNo=(\d+)", asked)[1]) - 1  # type: ignore[index]
        connection.sendall(reply(page(records[at * 2 :][:2], total)))

    return script


def test_a_record_that_moves_to_the_end_does_not_hide_another(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two, three, four = rows(1, 2, 3, 4)
    again = one | {"sourceUpdatedAt": "2026-11-18T01:00:00+08:00"}
    versions = [one, two, three, again]
    assert ask(numbered(versions, versions, 4)).control.row_count == 4, "versions that stay where they are"
    for since in (1, 2):
        moved = numbered([one, two, three, four, *rows(5, 6)], [two, three, four, *rows(5, 6), again], 6, since)
        with pytest.raises(IncompleteFetch, match="page 1 changed"):
            ask(moved)
    snapshot = dataclasses.replace(shipped()["lichun"].records["policy"], replaces="all")
    monkeypatch.setitem(shipped()["lichun"].records, "policy", snapshot)
    with pytest.raises(IncompleteFetch, match="repeats 1 records"):
        ask(numbered(versions, versions, 4))


def test_one_record_deleted_and_another_added_between_two_pages_are_noticed(ask: Ask) -> None:
    for first_page_of in (rows(2, 3, 4, 5), rows(0, 2, 3, 4)):
        later = numbered(rows(1, 2, 3, 4), first_page_of, 4)
        with pytest.raises(IncompleteFetch):
            ask(later)


def test_a_page_that_holds_a_record_twice_in_the_place_of_another_is_no_answer(ask: Ask) -> None:
    for records in (rows(1, 1, 3, 4), rows(1, 2, 3, 3)):
        with pytest.raises(IncompleteFetch, match="holds 1 records twice"):
            ask(numbered(records, records, 4))
    changed_in_one_second = [{**row, "holderName": name} for row, name in zip(rows(1, 1), "甲乙", strict=True)]
    assert ask(always(reply(page(changed_in_one_second, 2)))).control.row_count == 2, "for the merge to decide"
    keyless = [{"remark": "x"}, {"remark": "x"}]
    with pytest.raises(IncompleteFetch, match="holds 1 records twice"):
        ask(always(reply(page(keyless, 2))))


@pytest.mark.parametrize("total", [2, 4])
def test_a_total_that_is_too_small_by_whole_pages_is_noticed(ask: Ask, total: int) -> None:
    records = rows(1, 2, 3, 4, 5, 6)
    with pytest.raises(IncompleteFetch, match=f"{total} items are told as all, but the page behind them holds 2 more"):
        ask(numbered(records, records, total))


PAST_THE_END = {
    "an empty list": reply(page([], 2)),
    "null": reply(page(None, 0)),
    "the last page again": reply(page(rows(1, 2), 2)),
    "a refusal": reply({"error": "no such page"}, "400 Bad Request"),
    "a code": reply({"code": "77", "message": "页码超出范围"}),
}


@pytest.mark.parametrize("how", PAST_THE_END)
def test_whatever_a_source_says_past_its_end_that_is_no_new_record_proves_the_end(ask: Ask, how: str) -> None:
    def script(connection: socket.socket, number: int, _asked: str) -> None:
        connection.sendall(PAST_THE_END[how] if number else reply(page(rows(1, 2), 2)))

    assert ask(script).control.row_count == 2


def test_a_clock_behind_by_more_than_the_look_back_is_no_proof(ask: Ask) -> None:
    late = "Date: Sun, 01 Nov 2020 07:00:00 GMT"
    with pytest.raises(IncompleteFetch, match="h behind ours"):
        ask(always(reply(page(rows(1), 1), "200 OK", late)))
    assert ask(always(reply(page(rows(1), 1), "200 OK", late, "Age: 60"))).control.row_count == 1, "a cache's answer"


def test_a_server_s_own_words_are_shown_short_on_one_line_and_without_our_secret(ask: Ask) -> None:
    said = f"\x1b[31mbad\r\nkey {SECRET} canary%2B%2F9c4e%3D7 " + "x" * 100_000
    with pytest.raises(SchemaDrift) as caught:
        ask(always(reply({"code": "99", "message": said})))
    text = str(caught.value)
    assert len(text) < 500
    assert text.isprintable()
    assert "9c4e" not in text
