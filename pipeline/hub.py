"""One installation, opened: database, landing store, definitions and rules, for the steps to work on."""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from connectors.definition import Found, find_definitions, load_definition
from connectors.model import InsurerDefinition
from pipeline import calendars
from pipeline.settings import Settings, load_settings
from quality.catalogue import RuleSet, find_rules
from schemas.errors import DefinitionError
from schemas.province import province
from warehouse.database import release
from warehouse.database.clock import require_believable
from warehouse.database.engine import connect, database_errors
from warehouse.database.own_province import require_own
from warehouse.database.schema_version import require_current
from warehouse.database.session import require_fit
from warehouse.indicators.catalogue import find_definitions as find_indicators
from warehouse.landing.store import Store, open_store


@dataclass(frozen=True)
class Hub:
    """What every step needs; definitions and rules are read once, on first use."""

    settings: Settings
    engine: sa.Engine
    store: Store

    @functools.cached_property
    def definitions(self) -> Found:
        """The insurers' definitions that can be used, and those that are broken."""
        return find_definitions(environ=self.settings.environ)

    @property
    def insurers(self) -> Mapping[str, InsurerDefinition]:
        """The insurers' definitions that can be used, by id."""
        return self.definitions.usable

    @property
    def broken(self) -> Mapping[str, DefinitionError]:
        """The mistakes of every insurer whose definition cannot be used, by id."""
        return self.definitions.broken

    @property
    def mistakes(self) -> list[DefinitionError]:
        """Everything that is wrong in definitions, rules and indicators: it stops what it speaks of, and nothing else."""
        return [*self.broken.values(), *self.rules.broken.values(), *find_indicators().broken.values()]

    @functools.cached_property
    def rules(self) -> RuleSet:
        """The rule catalogue; its mistakes stop the record types that they speak of."""
        return find_rules()

    @property
    def calendar_version(self) -> str:
        """The version of the working-day calendar in force. Raises SetupError."""
        return calendars.version_in_force(self.engine)

    def definition(self, insurer_id: str) -> InsurerDefinition:
        """The definition of one sender, the regulator included, read alone. Raises DefinitionError."""
        return load_definition(insurer_id, environ=self.settings.environ)

    @contextlib.contextmanager
    def twin_maker(self) -> Iterator[sa.Engine]:
        """Open the login that may create databases, for rehearsals; the loader's own where none is set. Raises SetupError."""
        url = self.settings.twin_database_url
        engine = connect(url) if url else self.engine
        try:
            yield engine
        finally:
            if url:
                engine.dispose()

    def now(self) -> dt.datetime:
        """The hub's clock, for entry points."""
        return self.settings.now()

    def sure_now(self) -> dt.datetime:
        """The hub's clock, for what is stamped with it for ever: receipts, loads, publications.

        Raises SetupError when it disagrees with the database's clock or with what was received before.
        """
        now = self.settings.now()
        require_believable(self.engine, now, self.settings.clock_offset, self.settings.clock_confirmed_on)
        return now

    def require_release(self) -> None:
        """Raise OtherRelease before anything is begun that only the release in force may end."""
        with database_errors("reading the release in force"), self.engine.connect() as connection:
            release.require_own(connection)


def open_hub(settings: Settings | None = None) -> Hub:
    """Open the installation that ``settings`` (default: this environment's) describe.

    Raises SetupError (also for a database of another province, a session of another time zone, a standby, and a clock more
    than a second off), OtherRelease for another version of the tables, and WarehouseUnreachable.
    """
    chosen = settings or load_settings()
    return _opened(chosen, chosen.database_url)


def open_to_read(settings: Settings | None = None) -> Hub:
    """Open the installation for who only reads: by ANZE_READ_DATABASE_URL, which may be a standby. Raises as ``open_hub``."""
    chosen = settings or load_settings()
    if chosen.read_database_url is None:
        return open_hub(chosen)
    return _opened(chosen, chosen.read_database_url, is_standby_fit=True)


def _opened(settings: Settings, url: str, *, is_standby_fit: bool = False) -> Hub:
    engine = connect(url)
    require_fit(engine, settings.machine_now, is_standby_fit=is_standby_fit)
    require_current(engine)
    require_own(engine, province())
    return Hub(settings, engine, open_store(settings.landing, settings.environ))
