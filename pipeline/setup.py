"""Make a database ready: migrate it and fill the reference tables from what the repository ships."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator

from pipeline import calendars
from quality.catalogue import find_rules
from schemas.code_lists import load_code_lists
from schemas.province import province
from schemas.regions import own_regions
from warehouse.database import access
from warehouse.database.engine import connect, database_errors
from warehouse.database.own_province import require_own
from warehouse.database.reference import fill
from warehouse.indicators.catalogue import Definition, find_definitions
from warehouse.migrations.migrate import migrate


def prepare(url: str, now: dt.datetime | None = None) -> None:
    """Migrate the database at ``url`` and fill ``reference.*``; safe to run again.

    ``now``, by itself the machine's clock, is when a notice that this release brings comes to be known.

    Raises SetupError, and changes nothing, for a database of another province.
    """
    engine = connect(url)
    require_own(engine, province())
    migrate(url)
    fill(
        engine,
        regions=own_regions().region_rows(),
        resolutions=own_regions().resolution_rows(),
        code_entries=_code_entries(),
        rules=[dataclasses.asdict(rule) for rule in find_rules().rules],
        presentations=[_presentation(definition) for definition in find_definitions().usable.values()],
        floors=[floor for definition in find_definitions().usable.values() for floor in _floors(definition)],
    )
    calendars.seed(engine, now or dt.datetime.now(dt.UTC))
    calendars.seed_clock_rules(engine, now or dt.datetime.now(dt.UTC))
    engine.dispose()


def open_databases(url: str) -> list[str]:
    """Other databases of the server that the hub's roles may enter, quoted for SQL."""
    engine = connect(url)
    try:
        with database_errors("reading the databases"), engine.connect() as connection:
            return access.open_databases(connection)
    finally:
        engine.dispose()


def _code_entries() -> list[dict[str, object]]:
    return [
        {
            "list_code": name,
            "edition": entry.edition,
            "code": entry.code,
            "name_zh": entry.zh,
            "name_en": entry.en,
            "valid_from": entry.valid_from,
            "valid_to": entry.valid_to,
        }
        for name, code_list in load_code_lists().items()
        for entry in code_list.entries
    ]


def _presentation(definition: Definition) -> dict[str, object]:
    value_unit, denominator = definition.value_unit, definition.denominator
    return {
        "indicator": definition.indicator,
        "value_unit": value_unit.zh if value_unit else None,
        "value_decimals": value_unit.decimals if value_unit else 2,
        "numerator_unit": definition.numerator.unit.zh,
        "numerator_decimals": definition.numerator.unit.decimals,
        "denominator_unit": denominator.unit.zh if denominator else None,
        "denominator_decimals": denominator.unit.decimals if denominator else None,
        "shown_per": definition.shown_per,
    }


def _floors(definition: Definition) -> Iterator[dict[str, object]]:
    for floor in definition.floors:
        yield {
            "indicator": definition.indicator,
            "valid_from": floor.valid_from,
            "valid_to": floor.valid_to,
            "min_denominator": floor.least.value,
            "source": f"{floor.least.label}; {floor.least.source}",
        }
