"""A new record type: its contract, a file for its rules, and the migration that makes its table, history and views.

write(root, RecordType("visit", "走访记录", "service", ("visit_no",), "visited_at"))
# ... fields are added to schemas/visit.odcs.yaml ...
write_migration(root, "visit")     # the migration again, as long as no later one stands on it
"""

from __future__ import annotations

import pathlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from schemas.contract import ENVELOPE, INSURER_RECORD_TYPES, load_contracts, read_contract
from schemas.contract_checks import A_NAME, NAME
from schemas.errors import DefinitionError
from warehouse.database.ddl import record_ddl

LEFT_TO_DO = """\
1. schemas/{name}.odcs.yaml: 补全字段 add the fields; 再运行 then again: anze record-type migration {name}
2. quality/rules/{name}.yml: 规则 rules, each with pass.csv and fail.csv in tests/rules/<id>/
3. <province>/vendors/*.yml: 接口机构的列映射 the columns of insurers with an interface; files use the template at once
4. anze migrate; anze docs; make quick"""

_CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: urn:anze:contract:{name}
name: {business_name}
version: 1.0.0
status: active
domain: 安全生产责任保险
dataProduct: {family}
description:
  purpose: {grain}
schema:
- name: {name}
  physicalName: {name}
  physicalType: table
  logicalType: object
  businessName: {business_name}
  dataGranularityDescription: {grain}
  customProperties:
  - {{property: family, value: {family}}}
  - {{property: fedBy, value: insurer}}
  - {{property: loadOrder, value: {load_order}}}
  properties:
{envelope}{fields}slaProperties:
- {{id: {name}_{event}, property: timeliness, value: 5, unit: working_day, element: {name}.{event}, description: 发生}}
"""
_KEY = """\
  - name: {field}
    businessName: {business_name}
    logicalType: string
    physicalType: text
    logicalTypeOptions: {{maxLength: 50}}
    required: true
    primaryKey: true
    primaryKeyPosition: {position}
    classification: public
    description: part of the natural key
    customProperties:
    - {{property: kind, value: identifier}}
"""
_EVENT = """\
  - name: {event}
    businessName: 发生时间
    logicalType: timestamp
    physicalType: timestamptz
    required: true
    classification: public
    description: the event from which the working days for reporting count
    customProperties:
    - {{property: kind, value: timestamp}}
"""
_MIGRATION = '''\
"""Record type {name}: {business_name}.

Revision ID: {revision}
"""

from __future__ import annotations

from warehouse.migrations.scripts import run

revision = "{revision}"
down_revision = "{before}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create its table, history and report views."""
    run("{revision}/{name}.sql")


def downgrade() -> None:
    """Refuse: history is evidence and there is no way back that keeps it."""
    raise NotImplementedError("a warehouse is restored from a backup, never downgraded")
'''


@dataclass(frozen=True)
class RecordType:
    """What is asked of a new record type that insurers send; ``event`` is the moment that its deadline counts from."""

    name: str
    business_name: str
    family: Literal["policy", "claim", "service"]
    key: tuple[str, ...]
    event: str


def write(root: pathlib.Path, new: RecordType) -> list[pathlib.Path]:
    """Write contract, rule file and migration below the program's folder; returns them.

    Raises DefinitionError, and leaves nothing behind, for a name that is taken or is none.
    """
    contract, rules = root / "schemas" / f"{new.name}.odcs.yaml", root / "quality" / "rules" / f"{new.name}.yml"
    if not re.fullmatch(NAME, new.name):
        raise DefinitionError(contract.name, "name", f"{new.name!r} is no name", fix=A_NAME)
    if contract.exists():
        raise DefinitionError(contract.name, "name", "exists already", fix=f"anze record-type migration {new.name}")
    if rules.exists():
        raise DefinitionError(contract.name, "name", f"{rules.name} holds other rules", fix="choose another name")
    for known in load_contracts().values():
        if known.business_name == new.business_name:
            problem = f"{new.business_name} is what {known.record_type} is called"
            raise DefinitionError(contract.name, "businessName", problem, fix="choose another --name")
    contract.write_text(_contract(root, new), encoding="utf-8")
    try:
        migration = write_migration(root, new.name)
    except DefinitionError:
        contract.unlink()
        raise
    notes = root / "schemas" / "field_notes.yml"
    with notes.open("a", encoding="utf-8") as file:
        file.writelines(
            _note(new, field) for field in (*new.key, new.event) if f"\n{field}: " not in notes.read_text("utf-8")
        )
    rules.write_text(f"# Rules of {new.name} ({new.business_name}) besides those of every record type.\n[]\n", "utf-8")
    return [contract, notes, rules, *migration]


def write_migration(root: pathlib.Path, name: str) -> list[pathlib.Path]:
    """Write the migration of a record type from its contract; returns its two files.

    Raises DefinitionError when a later migration stands on it: what was migrated is frozen.
    """
    contract = read_contract(root / "schemas" / f"{name}.odcs.yaml")
    versions = root / "warehouse" / "migrations" / "versions"
    *earlier, last = sorted(path.stem for path in versions.glob("v*_*.py"))
    own = f"{last[:7]}_{name}" == last
    if not own and any(stem[8:] == name for stem in earlier):
        fix = "write a migration that alters the table"
        raise DefinitionError(contract.record_type, "migration", "is frozen: a later one stands on it", fix=fix)
    before = earlier[-1][:7] if own else last[:7]
    revision = last[:7] if own else f"{last[:3]}{int(last[3:7]) + 1:04d}"
    program = versions / f"{revision}_{name}.py"
    script = versions.parent / "sql" / revision / f"{name}.sql"
    script.parent.mkdir(exist_ok=True)
    script.write_text(record_ddl(contract), encoding="utf-8")
    said = {"name": name, "business_name": contract.business_name, "revision": revision, "before": before}
    program.write_text(_MIGRATION.format(**said), encoding="utf-8")
    return [program, script]


def _contract(root: pathlib.Path, new: RecordType) -> str:
    keys = "".join(
        _KEY.format(field=field, business_name=f"{new.business_name}编号{'' if n == 2 else n - 1}", position=n)
        for n, field in enumerate(new.key, start=2)
    )
    return _CONTRACT.format(
        name=new.name,
        business_name=new.business_name,
        family=new.family,
        grain=f"one row per {new.name.replace('_', ' ')} of an insurer",
        load_order=max(contract.load_order for contract in load_contracts().values()) + 10,
        envelope="".join(_envelope(root)),
        fields=keys + _EVENT.format(event=new.event),
        event=new.event,
    )


def _note(new: RecordType, field: str) -> str:
    """What a clerk reads of a field in the template, until somebody says it better."""
    return f"{field}: {new.business_name}{'发生的时间' if field == new.event else '的编号,按文本填写'}\n"


def _envelope(root: pathlib.Path) -> Iterator[str]:
    """The fields that every record of an insurer has, as another contract words them."""
    text = (root / "schemas" / f"{INSURER_RECORD_TYPES[0]}.odcs.yaml").read_text(encoding="utf-8")
    for name in ENVELOPE:
        block = re.search(rf"  - name: {name}\n(?:    .*\n)+", text)
        if block is None:
            raise DefinitionError(
                f"{INSURER_RECORD_TYPES[0]}.odcs.yaml", name, "is missing", fix="every contract has it"
            )
        yield block[0]
