"""SQL for a record type's tables, written from its contract when a migration is prepared.

A migration holds the text frozen, so that a database can be built again as it was; the drift test compares
contracts with a migrated database. To add a record type: write its contract, put ``core_ddl``, ``report_ddl``
and ``two_times_ddl`` of it into a new migration's SQL files.
"""

from __future__ import annotations

from schemas.contract import Contract, Field
from warehouse.database.expressions import shanghai_date

#: Columns that the hub adds to every core table, after those of the contract.
HUB_COLUMNS = (
    ("batch_id", "bigint not null"),
    ("row_no", "bigint not null"),
    ("content_hash", "text not null"),
    ("recorded_at", "timestamptz not null"),
    ("superseded_at", "timestamptz"),
    ("first_received_at", "timestamptz not null"),
    ("deadline_on", "date"),
    ("timeliness", "text check (timeliness in ('on_time', 'late', 'undetermined'))"),
    ("is_withdrawn", "boolean not null default false"),
)

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
_REPORTED_ID = {"insurer": "lower({alias}insurer_code)"}
_HUB_TYPES = {
    "version_id": "bigint",
    "insurer_id": "text",
    **{name: declared.partition(" ")[0] for name, declared in HUB_COLUMNS},
}
_HUB_MEANINGS = {
    "insurer_id": "报送机构",
    "version_id": "版本号(平台内部)",
    "batch_id": "批次号",
    "row_no": "批次内行号",
    "content_hash": "内容哈希 SHA-256",
    "recorded_at": "入库时间",
    "superseded_at": "被替换时间,空为当前版本",
    "first_received_at": "首次接收时间",
    "deadline_on": "报送截止日,空为待定或不适用",
    "timeliness": "及时性: on_time 及时, late 迟报, undetermined 待定",
    "is_withdrawn": "撤销标志",
}


def reported_as(record_type: str) -> str:
    """Name a record type's view in schema report; its functions are called so, with ``_known`` and ``_at``."""
    return _REPORTED_AS.get(record_type, record_type)


def core_ddl(contract: Contract) -> str:
    """Table, indexes, history trigger, current view and known-at function of one record type."""
    name = contract.record_type
    key = ", ".join((*contract.key, "insurer_id"))
    columns = [
        "version_id bigint generated always as identity primary key",
        "insurer_id text not null",
        *(_column(contract, field) for field in contract.fields),
        *(f"{column} {kind}" for column, kind in HUB_COLUMNS),
    ]
    body = ",\n    ".join(columns)
    hub = ("version_id", "insurer_id", *(column for column, _ in HUB_COLUMNS))
    return f"""{_header(f"core.{name}: every accepted version of {contract.business_name}", f"one row a version of ({key})")}
create table core.{name} (
    {body},
    check (superseded_at is null or superseded_at >= recorded_at)
);
create unique index {name}_current_key on core.{name} ({key}) where superseded_at is null;
create index {name}_past_key on core.{name} ({key}) where superseded_at is not null;
create index {name}_batch on core.{name} using brin (batch_id);

call core.protect_history('{name}');

create view core.{name}_current as
select * from core.{name} where superseded_at is null and not is_withdrawn;

create function core.{name}_known(known_at timestamptz) returns setof core.{name}
language sql stable parallel safe as $$
    select v.* from core.{name} as v
    where v.recorded_at <= $1 and (v.superseded_at is null or v.superseded_at > $1) and not v.is_withdrawn
$$;
{_comments(f"core.{name}", contract, contract.fields, hub)}
"""  # noqa: S608 - names come from contracts


def report_ddl(contract: Contract) -> str:
    """Write the documented view of current records that regulators read: no personal or sensitive column."""
    shown = reported_fields(contract)
    columns = (_reported_id(contract, ""), *(f.name for f in shown), *REPORTED_HUB_COLUMNS)
    body = ",\n    ".join(columns)
    name = reported_as(contract.record_type)
    return f"""{_header(f"report.{name}: current records of {contract.business_name}", contract.grain)}
create view report.{name} as
select
    {body}
from core.{contract.record_type}_current;
grant select on report.{name} to anze_regulator;
comment on view report.{name} is {_quoted(f"{contract.business_name}: 当前有效记录,不含个人信息")};
{_comments(f"report.{name}", contract, shown, ("insurer_id", *REPORTED_HUB_COLUMNS))}
"""  # noqa: S608 - names come from contracts


def two_times_ddl(contract: Contract) -> str:
    """Write the functions that tell a record type as of a day, as known at a moment, to us and to regulators.

    A regulator's function runs as its owner, with a fixed search path, and is never opened up into the query that calls
    it: no condition or plan of that query sees a column or row that the function does not return.
    """
    name, told = contract.record_type, reported_as(contract.record_type)
    shown = ("insurer_id", *(f.name for f in reported_fields(contract)), *REPORTED_HUB_COLUMNS)
    types = {**{f.name: f.sql_type for f in contract.fields}, **_HUB_TYPES}
    returned = ",\n    ".join(f"{column} {types[column]}" for column in shown)
    selected = ",\n        ".join([_reported_id(contract, "v."), *(f"v.{column}" for column in shown[1:])])

    def reported(function: str, parameters: str, source: str) -> str:
        return f"""create function report.{function}({parameters}) returns table (
    {returned}
) language sql stable parallel safe security definer set search_path = pg_catalog, pg_temp as $$
    select
        {selected}
    from core.{source} as v
$$;
grant execute on function report.{function} to anze_regulator, anze_loader;"""  # noqa: S608 - names come from contracts

    return f"""{_header(f"core.{name} as of a day, as known at a moment", f"one row a record; {contract.grain}")}
create function core.{name}_at(as_of date, known_at timestamptz) returns setof core.{name}
language sql stable parallel safe as $$
    select v.* from core.{name}_known($2) as v
    where {valid_on(contract, "v", "$1")}
$$;
comment on function core.{name}_at is {_quoted(f"{contract.business_name}: 某业务日有效、某时刻已知的记录")};

{reported(f"{told}_known", "known_at timestamptz", f"{name}_known($1)")}
comment on function report.{told}_known is {_quoted(f"{contract.business_name}: 某时刻已知的记录,不含个人信息")};

{reported(f"{told}_at", "as_of date, known_at timestamptz", f"{name}_at($1, $2)")}
comment on function report.{told}_at is {_quoted(f"{contract.business_name}: 某业务日有效、某时刻已知的记录,不含个人信息")};
"""  # noqa: S608 - names come from contracts


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


def reported_fields(contract: Contract) -> tuple[Field, ...]:
    """Select the fields of a record that the report views may show."""
    return tuple(f for f in contract.fields if not f.is_hidden)


def _reported_id(contract: Contract, alias: str) -> str:
    """Write whose record a reported row is."""
    told = _REPORTED_ID.get(contract.record_type)
    return f"{told.format(alias=alias)} as insurer_id" if told else f"{alias}insurer_id"


def _column(contract: Contract, field: Field) -> str:
    is_needed = field.name in contract.key or field.name in ("operation_code", "source_updated_at")
    return f"{field.name} {field.sql_type}" + (" not null" if is_needed else "")


def _comments(relation: str, contract: Contract, fields: tuple[Field, ...], hub: tuple[str, ...]) -> str:
    meanings = [*((f.name, f.business_name) for f in fields), *((name, _HUB_MEANINGS[name]) for name in hub)]
    lines = [f"comment on column {relation}.{name} is {_quoted(meaning)};" for name, meaning in meanings]
    if relation.startswith("core."):
        lines.insert(0, f"comment on table {relation} is {_quoted(contract.business_name + '(全部版本)')};")
    return "\n".join(lines)


def _header(what: str, grain: str) -> str:
    return f"-- {what}\n-- grain: {grain}"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
