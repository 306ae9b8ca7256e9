"""Fetching over real HTTP: every dialect, and every way to prove who asks."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from connectors.definition import load_definitions
from connectors.fetch import effective_window, fetch
from sandbox.cast import cast
from sandbox.misbehaviour import Misbehaviour
from schemas.contract import INSURER_RECORD_TYPES
from schemas.delivery import Credentials, Window
from schemas.errors import (
    AuthRefused,
    DefinitionError,
)
from tests.connectors.asking import HISTORY, NIGHT, SHANGHAI, SPEAKERS, TOKENS, items


def flat(item: dict[str, Any], prefix: str = "") -> set[str]:
    found: set[str] = set()
    for name, value in item.items():
        found |= flat(value, f"{prefix}{name}.") if isinstance(value, dict) else {f"{prefix}{name}"}
    return found


@pytest.mark.parametrize("insurer_id", SPEAKERS.values(), ids=SPEAKERS)
def test_all_pages_of_every_record_type_arrive(stage: Any, insurer_id: str) -> None:
    here = stage(count=25)
    definition = here.definition(insurer_id)
    for record_type in INSURER_RECORD_TYPES:
        fetched = fetch(definition, record_type, HISTORY, here.credentials(insurer_id))
        assert len(items(definition, fetched, record_type)) == 25
        assert len(fetched.payloads) == {"lidong": 1, "liqiu": 4}.get(insurer_id, 3)
        assert fetched.control is None or fetched.control.row_count == 25


@pytest.mark.parametrize("insurer_id", SPEAKERS.values(), ids=SPEAKERS)
def test_every_column_that_arrives_is_mapped_or_ignored(stage: Any, insurer_id: str) -> None:
    here = stage(count=2)
    definition = here.definition(insurer_id)
    for record_type in INSURER_RECORD_TYPES:
        found = items(definition, fetch(definition, record_type, HISTORY, here.credentials(insurer_id)), record_type)
        mapping = definition.records[record_type]
        mapped = {column.source for column in mapping.columns.values()}
        assert flat(found[0]) == mapped | set(mapping.ignored)


def test_all_26_interfaces_answer(stage: Any) -> None:
    here = stage(count=1)
    for insurer in (i for i in cast() if not i.is_drop):
        definition = here.definition(insurer.insurer_id)
        fetched = fetch(definition, "hazard", HISTORY, here.credentials(insurer.insurer_id))
        assert items(definition, fetched)[0], insurer.insurer_id


@pytest.mark.parametrize("insurer_id", SPEAKERS.values(), ids=SPEAKERS)
def test_nothing_new_is_a_complete_answer(stage: Any, insurer_id: str) -> None:
    here = stage(count=3)
    definition = here.definition(insurer_id)
    later = Window(HISTORY.until - dt.timedelta(minutes=5), HISTORY.until)
    fetched = fetch(definition, "claim", later, here.credentials(insurer_id))
    assert len(fetched.payloads) == 1
    assert items(definition, fetched) == []


@pytest.mark.parametrize("insurer_id", SPEAKERS.values(), ids=SPEAKERS)
def test_the_window_limits_what_is_sent(stage: Any, insurer_id: str) -> None:
    here = stage(count=20)
    definition = here.definition(insurer_id, size=50)
    since = dt.datetime(2026, 11, 17, 23, 55, 30, tzinfo=SHANGHAI)
    found = fetch(definition, "policy", Window(since, HISTORY.until), here.credentials(insurer_id))
    assert len(items(definition, found)) == 4


def test_exactly_full_pages_end_where_they_should(stage: Any) -> None:
    here = stage(count=20)
    for insurer_id in SPEAKERS.values():
        definition = here.definition(insurer_id, size=10)
        assert len(items(definition, fetch(definition, "claim", HISTORY, here.credentials(insurer_id)))) == 20


@pytest.mark.parametrize("insurer_id", SPEAKERS.values(), ids=SPEAKERS)
def test_a_wrong_secret_is_refused_and_not_retried(stage: Any, naps: list[float], insurer_id: str) -> None:
    here = stage()
    wrong = Credentials("hub-" + insurer_id, "wrong-secret-wrong-secret")
    with pytest.raises(AuthRefused):
        fetch(here.definition(insurer_id), "policy", HISTORY, wrong, sleep=naps.append)
    assert naps == []


@pytest.mark.parametrize("insurer_id", SPEAKERS.values(), ids=SPEAKERS)
def test_missing_credentials_are_named_before_any_request(stage: Any, insurer_id: str) -> None:
    with pytest.raises(AuthRefused, match="credentials are missing"):
        fetch(stage().definition(insurer_id), "policy", HISTORY, Credentials())


@pytest.mark.parametrize("insurer_id", TOKENS)
def test_a_token_that_expires_mid_run_is_renewed_and_the_page_repeated(stage: Any, insurer_id: str) -> None:
    here = stage(count=100, token_calls=4)
    definition = here.definition(insurer_id)
    assert len(items(definition, fetch(definition, "policy", HISTORY, here.credentials(insurer_id)))) == 100


@pytest.mark.parametrize("insurer_id", TOKENS)
def test_a_token_that_never_works_is_renewed_once_only(stage: Any, insurer_id: str) -> None:
    here = stage(misbehaviour={insurer_id: Misbehaviour("refused")})
    with pytest.raises(AuthRefused, match="401"):
        fetch(here.definition(insurer_id), "policy", HISTORY, here.credentials(insurer_id))


def test_the_look_back_reaches_before_the_cursor() -> None:
    definition = load_definitions()["lichun"]
    cursor = dt.datetime(2026, 11, 18, tzinfo=SHANGHAI)
    assert effective_window(definition, cursor, NIGHT.until).since == cursor - dt.timedelta(days=3)
    assert effective_window(definition, None, NIGHT.until).since is None


def test_an_unset_address_is_named() -> None:
    definition = load_definitions(environ={})["lichun"]
    with pytest.raises(DefinitionError, match="ANZE_SANDBOX_URL"):
        fetch(definition, "policy", HISTORY, Credentials("a", "b"))


def test_a_drop_is_not_fetched() -> None:
    with pytest.raises(DefinitionError, match="nothing to fetch"):
        fetch(load_definitions()["tianji"], "policy", HISTORY, Credentials())
