"""What follows from a record type's contract in the database: its migration, and the comments of its tables and views.

A migration holds the text frozen, so that a database can be built again as it was; the drift test compares contracts
with a migrated database. To add a record type: write its contract and put ``record_ddl`` of it into a migration's SQL.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from schemas.contract import Contract, Field
from warehouse.database.expressions import shanghai_date

REPORTED_HUB_COLUMNS = (
    "version_id",
    "batch_id",
    "row_no",
    "recorded_at",
    "first_received_at",
    "deadline_on",
    "timeliness",
)
#: Record types whose rows are reported under another name: a row of the register of insurers is a branch.
_REPORTED_AS = {"insurer": "insurer_branch"}
#: Whose id a reported row carries, where it is not its sender's.
_REPORTED_ID = {"insurer": "lower(v.insurer_code)"}
#: Columns that the hub gives every version, and what they are; ``migration.version_head`` and ``version_tail`` hold them.
HUB_COLUMNS = {
    "version_id": "版本号(平台内部)",
    "insurer_id": "报送机构",
    "batch_id": "批次号",
    "row_no": "批次内行号",
    "content_hash": "内容哈希 SHA-256,平台写入的撤销版本为空",
    "origin_batch_id": "业务号变更所写版本的内容来自哪一批,其余为空",
    "origin_row_no": "业务号变更所写版本的内容来自批次内哪一行,其余为空",
    "recorded_at": "入库时间",
    "superseded_at": "被替换时间,空为当前版本",
    "first_received_at": "首次接收时间",
    "deadline_on": "报送截止日,空为待定或不适用",
    "timeliness": "及时性: on_time 及时, late 迟报, undetermined 待定",
    "is_withdrawn": "撤销标志",
}


class Comment(NamedTuple):
    """What a table, a function or one column of a table or view is."""

    relation: str
    column: str | None
    meaning: str


def reported_as(record_type: str) -> str:
    """Name a record type's view in schema report; its functions are called so, with ``_known`` and ``_at``."""
    return _REPORTED_AS.get(record_type, record_type)


def reported_fields(contract: Contract) -> tuple[Field, ...]:
    """Select the fields of a record that the report views may show."""
    return tuple(f for f in contract.fields if not f.is_hidden)


def record_ddl(contract: Contract) -> str:
    """Write the SQL of a record type: its table, its history, its report view and functions."""
    name = contract.record_type
    columns = "".join(f"    {_column(contract, field)},\n" for field in contract.fields)
    key = ", ".join(f"'{part}'" for part in contract.key)
    report = [f"'{name}'", f"shown => array[\n{_shown(contract)}\n    ]"]
    if name in _REPORTED_AS:
        report += [f"reported_as => '{_REPORTED_AS[name]}'", f"insurer_id => '{_REPORTED_ID[name]}'"]
    arguments = ",\n    ".join(report)
    return f"""-- core.{name}: every accepted version of {contract.business_name}
-- Grain: one row a version of ({", ".join((*contract.key, "insurer_id"))}); {contract.grain}.
create table core.{name} (
    like migration.version_head including all,
{columns}    like migration.version_tail including all
);
call migration.make_history(
    '{name}',
    key => array[{key}],
    valid_on => $$
        {valid_on(contract, "v", "$1")}
    $$
);
call migration.make_report(
    {arguments}
);
"""


def comments(contract: Contract) -> Iterator[Comment]:
    """What a record type's table is, and each column of it and of its report view."""
    table, view = f"core.{contract.record_type}", f"report.{reported_as(contract.record_type)}"
    yield Comment(table, None, f"{contract.business_name}(全部版本)")
    for field in contract.fields:
        yield Comment(table, field.name, field.business_name)
    for name, meaning in HUB_COLUMNS.items():
        yield Comment(table, name, meaning)
    for field in reported_fields(contract):
        yield Comment(view, field.name, field.business_name)
    for name in REPORTED_HUB_COLUMNS:
        yield Comment(view, name, HUB_COLUMNS[name])
    told = "机构标识,与其报送记录一致" if contract.record_type in _REPORTED_ID else HUB_COLUMNS["insurer_id"]
    yield Comment(view, "insurer_id", told)
    yield Comment(f"{table}_at(date, timestamptz)", None, f"{contract.business_name}: 某业务日有效、某时刻已知的记录")


def valid_on(contract: Contract, alias: str, day: str) -> str:
    """Write the condition that a record of ``alias`` speaks of a day."""
    span = contract.valid_time
    dates = {name: shanghai_date(contract.by_name[name], alias) for name in span.fields}
    starts = [dates[name] for name in span.starts]
    first = starts[0] if len(starts) == 1 else f"least({', '.join(starts)})"
    conditions = [f"{first} <= {day}"] if starts else []
    if span.through:
        conditions.append(f"coalesce({day} <= {dates[span.through]}, true)")
    if span.before:
        conditions.append(f"coalesce({day} < {dates[span.before]}, true)")
    return "\n        and ".join(conditions) or "true"


def _column(contract: Contract, field: Field) -> str:
    is_needed = field.name in contract.key or field.name in ("operation_code", "source_updated_at")
    return f"{field.name} {field.sql_type.replace(',', ', ')}" + (" not null" if is_needed else "")


def _shown(contract: Contract) -> str:
    return ",\n".join(f"        '{field.name}'" for field in reported_fields(contract))
