"""Make a database ready: migrate it and fill the reference tables from what the repository ships."""

from __future__ import annotations

import dataclasses

from quality.catalogue import load_rules
from quality.working_days import load_calendar
from schemas.code_lists import load_code_lists
from schemas.regions import region_rows, resolution_rows
from warehouse.engine import connect
from warehouse.migrate import migrate
from warehouse.reference import fill


def prepare(url: str) -> None:
    """Migrate the database at ``url`` and fill ``reference.*``; safe to run again. Raises SetupError."""
    migrate(url)
    engine = connect(url)
    fill(
        engine,
        calendar_rows=load_calendar().rows(),
        regions=region_rows(),
        resolutions=resolution_rows(),
        code_entries=_code_entries(),
        rules=[dataclasses.asdict(rule) for rule in load_rules().rules],
    )
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
