"""Make a database ready: migrate it and fill the reference tables from what the repository ships."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
from collections.abc import Iterator

from pipeline import calendars
from quality.catalogue import find_rules
from quality.expecting import ExpectedRecord, load_expectations
from schemas.code_lists import load_code_lists
from schemas.contract import INSURER_RECORD_TYPES, load_contract
from schemas.obligations import Rule, load_obligations
from schemas.province import province
from schemas.regions import own_regions
from warehouse.database import access, dba, statistics
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
        allowances=[allowance.model_dump() for allowance in load_expectations().allowances],
        expected_records=map(_expected_record, load_expectations().records),
        main_events=[
            {"record_type": name, "event_field": load_contract(name).milestones[0].field}
            for name in INSURER_RECORD_TYPES
            if load_contract(name).milestones
        ],
        obligation_rules=[row for rule in load_obligations() for row in _obligation_rules(rule)],
        obligation_windows=[row for rule in load_obligations() for row in _obligation_windows(rule)],
    )
    calendars.seed(engine, now or dt.datetime.now(dt.UTC))
    calendars.seed_clock_rules(engine, now or dt.datetime.now(dt.UTC))
    statistics.keep(engine)
    engine.dispose()


def open_databases(url: str) -> list[str]:
    """Other databases of the server that the hub's roles may enter, quoted for SQL."""
    engine = connect(url)
    try:
        with database_errors("reading the databases"), engine.connect() as connection:
            return access.open_databases(connection)
    finally:
        engine.dispose()


def left_to_dba(url: str) -> list[str]:
    """SQL that a superuser must still run in the database at ``url``, for what its login may not set. Raises SetupError."""
    engine = connect(url)
    try:
        return dba.left_to_dba(engine)
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


def _expected_record(rule: ExpectedRecord) -> dict[str, object]:
    return {
        "rule_no": rule.rule,
        "title_zh": rule.title,
        "after_record_type": rule.after,
        "event_field": rule.event,
        "after_days": rule.after_days,
        "state_field": rule.field,
        "state_codes": list(rule.states),
        "count_field": rule.above_zero,
        "record_type": rule.expects,
        "link_fields": list(rule.link),
        "basis": rule.basis,
        "confidence": rule.confidence,
        "valid_from": rule.valid_from,
        "valid_to": rule.valid_to,
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


def _obligation_rules(rule: Rule) -> Iterator[dict[str, object]]:
    for region_code, domain_code in itertools.product(rule.regions, rule.domains):
        yield {
            "rule_no": rule.rule_no,
            "valid_from": rule.valid_from,
            "valid_to": rule.valid_to,
            "region_code": region_code,
            "domain_code": domain_code,
            "object_codes": list(rule.objects),
            "size_codes": list(rule.sizes),
            "is_instead_of_plan": rule.stands == "instead_of_plan",
            "rounding": rule.rounding,
            "title_zh": rule.title.zh,
            "title_en": rule.title.en,
            "confidence": rule.confidence,
            "source": f"{rule.label}; {rule.source}",
        }


def _obligation_windows(rule: Rule) -> Iterator[dict[str, object]]:
    for duty in rule.duties:
        for number, (start, end) in enumerate(duty.windows, 1):
            yield {
                "rule_no": rule.rule_no,
                "valid_from": rule.valid_from,
                "duty_code": duty.duty,
                "window_no": number,
                "title_zh": duty.title.zh,
                "title_en": duty.title.en,
                "item_codes": list(duty.items),
                "from_month": start,
                "to_month": end,
                "required_count": duty.count,
            }
