"""A task that dies between landing and loading: the next try loads what it left, though it does not ask for it again."""

from __future__ import annotations

import functools
import pathlib

import sqlalchemy as sa

from pipeline import steps
from pipeline.services.installation import NIGHT
from sandbox.server import serve
from sandbox.truth import build
from tests.pipeline.telling import credentials_environ, hub_at, rows_of

INSURER, SEED = "lichun", 5
STATES = "select batch_id, state from landing.batch where insurer_id = 'lichun' order by batch_id"


def test_the_next_try_loads_what_was_landed(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    with serve(build(SEED, 0.005)) as server:
        environ = {**credentials_environ([INSURER], SEED), "ANZE_SANDBOX_URL": server.url}
        hub = hub_at(NIGHT, engine, tmp_path, environ, [INSURER])
        get = functools.partial(hub.settings.credentials, INSURER)
        (cut_off,) = steps.collect(hub, hub.definition(INSURER), "policy", NIGHT, get)
        assert rows_of(engine, STATES) == [(cut_off, "received")]
        loaded = steps.sync_family(hub, INSURER, "policy", NIGHT, get)
    assert loaded[0] == cut_off
    assert "received" not in {state for _, state in rows_of(engine, STATES)}
    assert rows_of(engine, f"select count(*) > 0 from core.policy where batch_id = {cut_off}") == [(True,)]
