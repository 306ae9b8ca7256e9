"""A small installation for tests of the composition: a province that is served and dropped, and hubs with a set clock."""

from __future__ import annotations

import datetime as dt
import functools
import json
import pathlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from connectors.definition import load_definitions
from connectors.model import InsurerDefinition
from pipeline.hub import Hub
from pipeline.settings import Settings
from sandbox.accounts import credentials
from sandbox.cast import cast
from schemas.contract import load_contracts
from warehouse.landing.folder_store import FolderStore

IS_DROP = {insurer.insurer_id: insurer.is_drop for insurer in cast()}


@dataclass(frozen=True)
class SomeInsurers(Hub):
    """A hub that expects deliveries of a few insurers only."""

    chosen: tuple[str, ...] = ()

    @functools.cached_property
    def insurers(self) -> Mapping[str, InsurerDefinition]:
        found = load_definitions(environ=self.settings.environ)
        return {insurer_id: found[insurer_id] for insurer_id in self.chosen}


def hub_at(
    moment: dt.datetime, engine: sa.Engine, folder: pathlib.Path, environ: Mapping[str, str], chosen: Iterable[str]
) -> SomeInsurers:
    """A hub whose clock shows ``moment`` now."""
    offset = moment - dt.datetime.now(dt.UTC)
    url = engine.url.render_as_string(hide_password=False)
    settings = Settings(url, str(folder / "landing"), folder / "drop", folder, offset, dict(environ))
    return SomeInsurers(settings, engine, FolderStore(settings.landing_folder), tuple(chosen))


def credentials_environ(insurers: Iterable[str], seed: int) -> dict[str, str]:
    """What the sandbox accepts, as the environment hands it to a hub."""
    return {f"ANZE_CREDENTIALS_{name.upper()}": json.dumps(credentials(name, seed)) for name in insurers}


def digest_of_core(engine: sa.Engine) -> dict[str, str | None]:
    """One digest over every version of each record type, with all that the hub keeps of it."""
    with engine.connect() as connection:
        return {
            name: connection.scalar(
                sa.text(f"select md5(string_agg(t::text, chr(10) order by t.version_id)) from core.{name} as t")
            )
            for name in load_contracts()
        }


def rows_of(engine: sa.Engine, query: str, **parameters: object) -> list[sa.Row[tuple[object, ...]]]:
    """All rows of a query."""
    with engine.connect() as connection:
        return list(connection.execute(sa.text(query), parameters))
