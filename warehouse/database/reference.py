"""Fills the reference tables from plain rows; the callers read the files that own the facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import sqlalchemy as sa

from warehouse.database.copying import copy_rows
from warehouse.database.engine import database_errors

Row = Mapping[str, object]

COLUMNS = {
    "calendar_day": ("day", "is_working_day", "working_day_no", "note", "calendar_version"),
    "region": ("region_code", "region_name", "level", "parent_code", "valid_from", "valid_to"),
    "region_resolution": (
        "region_code", "valid_from", "valid_to", "county_code", "city_code", "province_code", "note_code",
    ),
    "code_entry": ("list_code", "edition", "code", "name_zh", "name_en", "valid_from", "valid_to"),
    "rule": (
        "rule_id", "record_type", "tier", "severity", "fields", "title_zh", "title_en", "message_zh", "message_en",
        "remedy_zh", "remedy_en", "basis", "confidence", "version", "valid_from", "valid_to", "parent",
    ),
    "indicator_presentation": (
        "indicator", "value_unit", "value_decimals", "numerator_unit", "numerator_decimals", "denominator_unit",
        "denominator_decimals", "shown_per",
    ),
    "silence_allowance": ("channel", "working_days", "valid_from", "valid_to", "source"),
    "expected_record": (
        "rule_no", "title_zh", "after_record_type", "event_field", "after_days", "state_field", "state_codes",
        "count_field", "record_type", "link_fields", "basis", "confidence", "valid_from", "valid_to",
    ),
    "main_event": ("record_type", "event_field"),
    "indicator_floor": ("indicator", "valid_from", "valid_to", "min_denominator", "source"),
    "obligation_rule": (
        "rule_no", "valid_from", "valid_to", "region_code", "domain_code", "object_codes", "size_codes",
        "is_instead_of_plan", "rounding", "title_zh", "title_en", "confidence", "source",
    ),
    "obligation_window": (
        "rule_no", "valid_from", "duty_code", "window_no", "title_zh", "title_en", "item_codes", "from_month", "to_month",
        "required_count",
    ),
}  # fmt: skip


def fill(
    engine: sa.Engine,
    *,
    calendar_rows: Iterable[Row] = (),
    regions: Iterable[Row] = (),
    resolutions: Iterable[Row] = (),
    code_entries: Iterable[Row] = (),
    rules: Iterable[Row] = (),
    presentations: Iterable[Row] = (),
    floors: Iterable[Row] = (),
    allowances: Iterable[Row] = (),
    expected_records: Iterable[Row] = (),
    main_events: Iterable[Row] = (),
    obligation_rules: Iterable[Row] = (),
    obligation_windows: Iterable[Row] = (),
) -> None:
    """Add days of new calendar versions, and replace each other table for which rows are given.

    Rows are mappings by column name (``COLUMNS``); a missing or null column takes the table's default.
    Calendar days of a version that is there already stay as they are: verdicts were judged by them.
    """
    replaced = (
        ("region", regions), ("region_resolution", resolutions), ("code_entry", code_entries), ("rule", rules),
        ("indicator_presentation", presentations), ("indicator_floor", floors), ("silence_allowance", allowances),
        ("expected_record", expected_records), ("main_event", main_events),
        ("obligation_rule", obligation_rules), ("obligation_window", obligation_windows),
    )  # fmt: skip
    with database_errors("filling the reference tables"), engine.begin() as connection:
        add_calendar(connection, calendar_rows)
        for table, rows in replaced:
            _replace(connection, table, list(rows))


def add_calendar(connection: sa.Connection, rows: Iterable[Row]) -> None:
    """Add the days of calendar versions that are not there yet."""
    wanted = list(rows)
    known = set(connection.exec_driver_sql("select distinct calendar_version from reference.calendar_day").scalars())
    fresh = [row for row in wanted if row["calendar_version"] not in known]
    _insert(connection, "calendar_day", fresh)


def _replace(connection: sa.Connection, table: str, rows: list[Row]) -> None:
    if rows:
        connection.exec_driver_sql(f"delete from reference.{table}")  # noqa: S608 - a name of COLUMNS
        _insert(connection, table, rows)


def _insert(connection: sa.Connection, table: str, rows: list[Row]) -> None:
    """Rows are grouped by the columns that they set, so that the table's defaults fill the rest."""
    grouped: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        columns = tuple(c for c in COLUMNS[table] if row.get(c) is not None)
        grouped.setdefault(columns, []).append(row)
    for columns, group in grouped.items():
        copy_rows(connection, f"reference.{table}", columns, ([row[c] for c in columns] for row in group))
