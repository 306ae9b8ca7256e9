"""Fetching over real HTTP from systems that break or lie: a complete answer, or a coded fault and nothing."""

from __future__ import annotations

import dataclasses
import logging
from typing import Any

import pytest

from connectors.fetch import fetch
from sandbox.misbehaviour import Misbehaviour
from schemas.errors import (
    HubError,
    IncompleteFetch,
    RateLimited,
    SchemaDrift,
    SourceUnavailable,
    StopFeed,
)
from tests.connectors.asking import HISTORY, NIGHT, PAGED, SPEAKERS, items

LIES = [
    ("repeated_page", PAGED, "repeats"),
    ("overlapping_page", PAGED, "repeats 1 records"),
    ("changed_total", [i for i in PAGED if i not in ("tianshu", "liqiu")], "changed from 25 to 26"),
    ("short_page", PAGED, "holds 9 of 10|24 items came, 25 are declared"),
    ("empty_middle_page", PAGED, "holds 0 of 10|items came, 25 are declared|page behind them holds 5 more"),
    ("missing_total", ["lichun", "xiazhi", "daxue", "tianshu", "lidong", "guyu"], "completeness cannot be proven"),
    ("repeated_cursor", ["guyu", "daxue", "chushu"], "repeats"),
    ("wrong_checksum", ["daxue", "lidong"], "checksum does not match"),
]


@pytest.mark.parametrize(("kind", "insurer_id", "message"), [(k, i, m) for k, who, m in LIES for i in who])
def test_an_answer_that_cannot_be_proven_complete_is_no_answer(
    stage: Any, kind: Any, insurer_id: str, message: str
) -> None:
    here = stage(misbehaviour={insurer_id: Misbehaviour(kind)})
    with pytest.raises(IncompleteFetch, match=message):
        fetch(here.definition(insurer_id), "policy", HISTORY, here.credentials(insurer_id), sleep=lambda _: None)


DAMAGE = ["truncated_body", "cut_chunked", "cut_gzip", "html_body", "wrong_charset", "nan", "duplicate_key"]


@pytest.mark.parametrize("kind", DAMAGE)
@pytest.mark.parametrize("insurer_id", ["lichun", "guyu", "chushu"])
def test_a_damaged_body_is_asked_for_again_and_then_given_up(
    stage: Any, naps: list[float], kind: Any, insurer_id: str
) -> None:
    here = stage(misbehaviour={insurer_id: Misbehaviour(kind)})
    definition = here.definition(insurer_id, attempts=3)
    with pytest.raises(IncompleteFetch):
        fetch(definition, "policy", HISTORY, here.credentials(insurer_id), sleep=naps.append)
    assert len(naps) == 2


@pytest.mark.parametrize("kind", [*DAMAGE, "storm_429", "storm_500", "error_in_200", "redirect_here"])
@pytest.mark.parametrize("insurer_id", ["lichun", "guyu", "chushu", "tianshu", "lidong"])
def test_a_passing_fault_leaves_no_trace(stage: Any, kind: Any, insurer_id: str) -> None:
    here = stage(misbehaviour={insurer_id: Misbehaviour(kind, calls=2)})
    definition = here.definition(insurer_id)
    fetched = fetch(definition, "policy", HISTORY, here.credentials(insurer_id), sleep=lambda _: None)
    assert len(items(definition, fetched)) == 25


def test_429_waits_as_long_as_asked_and_gives_up_as_rate_limited(stage: Any, naps: list[float]) -> None:
    here = stage(misbehaviour={"lichun": Misbehaviour("storm_429")})
    definition = here.definition("lichun", attempts=20, patience_seconds=4.0)
    with pytest.raises(RateLimited) as caught:
        fetch(definition, "policy", HISTORY, here.credentials("lichun"), sleep=naps.append)
    assert naps == [1.0] * 4
    assert caught.value.after_seconds == 1.0


def test_backoff_grows_up_to_its_cap(stage: Any, naps: list[float]) -> None:
    here = stage(misbehaviour={"lichun": Misbehaviour("storm_500")})
    definition = here.definition("lichun", attempts=8, backoff_seconds=1.0, backoff_cap_seconds=8.0)
    with pytest.raises(SourceUnavailable, match="answers 500"):
        fetch(definition, "policy", HISTORY, here.credentials("lichun"), sleep=naps.append)
    for nap, ceiling in zip(naps, [1, 2, 4, 8, 8, 8, 8], strict=True):
        assert ceiling / 2 <= nap <= ceiling


def test_a_slow_server_times_out(stage: Any) -> None:
    here = stage(misbehaviour={"lichun": Misbehaviour("timeout")})
    definition = here.definition("lichun", read_seconds=0.2, attempts=2)
    with pytest.raises(SourceUnavailable, match="ReadTimeout"):
        fetch(definition, "policy", HISTORY, here.credentials("lichun"), sleep=lambda _: None)


def test_a_server_that_is_not_there_is_unavailable(stage: Any) -> None:
    here = stage()
    definition = dataclasses.replace(here.definition("lichun", attempts=2), base_url="http://127.0.0.1:9/lichun")
    with pytest.raises(SourceUnavailable, match="ConnectionError"):
        fetch(definition, "policy", HISTORY, here.credentials("lichun"), sleep=lambda _: None)


@pytest.mark.parametrize("kind", ["redirect_elsewhere", "next_elsewhere"])
def test_leading_to_another_host_is_refused(stage: Any, kind: Any) -> None:
    here = stage(misbehaviour={"daxue": Misbehaviour(kind)})
    with pytest.raises(StopFeed, match="another host"):
        fetch(here.definition("daxue"), "policy", HISTORY, here.credentials("daxue"))


def test_endless_redirects_end(stage: Any) -> None:
    here = stage(misbehaviour={"lichun": Misbehaviour("redirect_here")})
    with pytest.raises(StopFeed, match="redirects"):
        fetch(here.definition("lichun"), "policy", HISTORY, here.credentials("lichun"))


@pytest.mark.parametrize("kind", ["renamed_items", "unknown_error_in_200"])
def test_another_shape_needs_a_person(stage: Any, kind: Any) -> None:
    for insurer_id in {"renamed_items": ["lichun", "xiazhi", "guyu", "daxue"], "unknown_error_in_200": ["tianshu"]}[
        kind
    ]:
        here = stage(misbehaviour={insurer_id: Misbehaviour(kind)})
        with pytest.raises(SchemaDrift):
            fetch(here.definition(insurer_id), "policy", HISTORY, here.credentials(insurer_id))


def test_an_address_that_is_gone_needs_a_person(stage: Any) -> None:
    here = stage()
    definition = here.definition("guyu")
    moved = dataclasses.replace(definition.records["policy"], path="/open/moved")
    definition = dataclasses.replace(definition, records={"policy": moved})
    with pytest.raises(SchemaDrift, match="answers 404"):
        fetch(definition, "policy", HISTORY, here.credentials("guyu"))


def test_a_body_over_the_limit_is_not_read_to_its_end(stage: Any) -> None:
    here = stage(count=50)
    for insurer_id in ("lichun", "guyu"):
        definition = here.definition(insurer_id, size=50, body_bytes=10_000, attempts=1)
        with pytest.raises(IncompleteFetch, match="over 10000 bytes"):
            fetch(definition, "policy", HISTORY, here.credentials(insurer_id))


def test_endless_pages_end(stage: Any) -> None:
    here = stage()
    with pytest.raises(IncompleteFetch, match="more than 2 pages"):
        fetch(here.definition("guyu", pages=2), "policy", HISTORY, here.credentials("guyu"))


def test_the_night_s_faults(stage: Any, naps: list[float]) -> None:
    here = stage()
    with pytest.raises(SourceUnavailable, match="answers 503"):
        fetch(here.definition("bailu"), "policy", NIGHT, here.credentials("bailu"), sleep=lambda _: None)
    definition = here.definition("xiaoman")
    assert (
        len(items(definition, fetch(definition, "policy", NIGHT, here.credentials("xiaoman"), sleep=naps.append))) == 25
    )
    assert [nap for nap in naps if nap in (1.0, 2.0)], "Retry-After in seconds and as a date"
    assert len(naps) == 3


def test_no_secret_in_messages_names_or_logs(stage: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    spoken = []
    for kind in ("storm_500", "refused", "html_body", "redirect_elsewhere", "echo_secret"):
        for insurer_id in SPEAKERS.values():
            here = stage(misbehaviour={insurer_id: Misbehaviour(kind)})
            definition = here.definition(insurer_id, attempts=2)
            with pytest.raises(HubError) as caught:
                fetch(definition, "policy", HISTORY, here.credentials(insurer_id), sleep=lambda _: None)
            spoken.append(str(caught.getrepr(style="long")) + repr(caught.value.__cause__))
    here = stage()
    gone = dataclasses.replace(here.definition("lidong", attempts=2), base_url="http://127.0.0.1:9/x")
    with pytest.raises(SourceUnavailable) as caught:
        fetch(gone, "policy", HISTORY, here.credentials("lidong"), sleep=lambda _: None)
    spoken.append(str(caught.value) + repr(caught.value.__context__))
    fetched = fetch(here.definition("lidong"), "policy", HISTORY, here.credentials("lidong"))
    spoken += [p.name for p in fetched.payloads]
    for insurer_id in SPEAKERS.values():
        secret = here.credentials(insurer_id).secret
        assert all(secret not in text for text in (*spoken, caplog.text))
    assert "GET /lidong/export/policy" in caplog.text
