"""A request has one name: in its answer, in every line of the log about it, and on the page that tells of a fault."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import requests

from pipeline import logs
from portal.request_ids import HEADER
from tests.portal.stand import CALLERS, Stand


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What the portal's logger writes in JSON."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logs.AsJson())
    logging.getLogger("portal").addHandler(handler)
    yield written
    logging.getLogger("portal").removeHandler(handler)


@pytest.fixture
def failing(standing: Stand) -> Iterator[str]:
    """A route that fails, put into the portal for a test."""

    def fails() -> None:
        raise RuntimeError("a fault of ours")

    app = standing.front.app
    app.get("/fault/now")(fails)
    yield "/fault/now"
    app.router.routes.pop()


@pytest.mark.parametrize("given", ["3f2a", "a" * 64, "2026-11-30.proxy_1"])
def test_a_request_keeps_the_name_that_a_proxy_gave_it(standing: Stand, given: str) -> None:
    answer = requests.get(f"{standing.front.address}/healthz", headers={HEADER: given}, timeout=60)
    assert answer.headers[HEADER] == given


@pytest.mark.parametrize("given", ["", "a" * 65, "two words", 'x","level":"x', "<b>"])
def test_what_is_no_name_is_replaced(standing: Stand, given: str) -> None:
    answers = [requests.get(f"{standing.front.address}/sign-in", headers={HEADER: given}, timeout=60) for _ in range(2)]
    names = {answer.headers[HEADER] for answer in answers}
    assert len(names) == 2
    assert given not in names


def test_a_fault_is_found_in_the_log_by_what_its_page_tells(standing: Stand, failing: str, lines: io.StringIO) -> None:
    caller = CALLERS[0]
    page = standing.session(caller).get(failing, headers={HEADER: "of-the-fault"})
    assert (page.status_code, page.headers[HEADER], "of-the-fault" in page.text) == (500, "of-the-fault", True)
    (told,) = map(json.loads, lines.getvalue().splitlines())
    assert (told["request_id"], told["account"], told["level"]) == ("of-the-fault", caller.name, "error")
    assert "a fault of ours" in told["exception"]
    assert "a fault of ours" not in page.text


def test_what_is_refused_carries_its_name_too(standing: Stand) -> None:
    for path in ("/nothing", "/submissions", "/static/x", "/metrics"):
        answer = requests.get(standing.front.address + path, headers={HEADER: "n1"}, timeout=60, allow_redirects=False)
        assert answer.headers[HEADER] == "n1", path
