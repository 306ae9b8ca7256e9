"""One record: every field that is shown, in words; its versions; the row of the delivery that it came in."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from pipeline.hub import Hub
from pipeline.judging.places import NoRow, SourceRow, places_of
from portal.console import names
from portal.console.errors import NotShown
from portal.sql_text import statement
from schemas.contract import Contract, load_contracts


@dataclass(frozen=True)
class FieldValue:
    """A field of a record; ``in_words`` where its value is a code, an area or an insurer."""

    field: str
    field_name: str
    value: str | None
    """As written, personal numbers masked; None where it is empty or hidden."""
    in_words: str | None
    is_shown: bool
    """False: personal."""
    is_hidden: bool
    """Personal, and this account may not see such values: only that there is such a field is told."""


@dataclass(frozen=True)
class Version:
    """One version of a record, and the delivery's row that wrote it; row 0: the hub itself wrote it."""

    version_id: int
    insurer_id: str
    record_key: str
    batch_id: int
    row_no: int
    recorded_at: dt.datetime
    superseded_at: dt.datetime | None
    is_withdrawn: bool
    first_received_at: dt.datetime
    deadline_on: dt.date | None
    timeliness: str | None


@dataclass(frozen=True)
class Record:
    """One version of a record with its fields, and all versions that the caller may see, the newest first."""

    record_type: str
    version: Version
    fields: tuple[FieldValue, ...]
    versions: tuple[Version, ...]


@dataclass(frozen=True)
class Received:
    """A row as it arrived; ``row`` says why where it cannot be read any more. Personal cells are masked for everybody."""

    record_type: str
    version: Version
    row: SourceRow | NoRow


def record(connection: sa.Connection, record_type: str, version_id: int) -> Record:
    """One version of a record. Raises NotShown where there is none for the caller."""
    contract = _contract(record_type)
    found = versions(connection, record_type, version_id)
    this = next(version for version in found if version.version_id == version_id)
    wanted = {"record_type": record_type, "version_id": version_id}
    rows = connection.execute(statement("console/record_fields"), wanted).mappings()
    lists = {f.code_list for f in contract.fields if f.code_list}
    words = _Words(
        {name: names.codes(connection, name) for name in lists}, names.regions(connection, this.recorded_at.date())
    )
    return Record(record_type, this, tuple(_field(row, contract, words) for row in rows), found)


def versions(connection: sa.Connection, record_type: str, version_id: int) -> tuple[Version, ...]:
    """All versions of the record that a version is of, the newest first. Raises NotShown."""
    _contract(record_type)
    wanted = {"record_type": record_type, "version_id": version_id}
    found = tuple(Version(**row) for row in connection.execute(statement("console/record_versions"), wanted).mappings())
    if all(version.version_id != version_id for version in found):
        raise NotShown(f"no {record_type} {version_id} for the caller")
    return found


def version_of(connection: sa.Connection, record_type: str, insurer_id: str, record_key: str) -> int:
    """The present version of a record by its key. Raises NotShown where there is none for the caller."""
    _contract(record_type)
    wanted = {"record_type": record_type, "insurer_id": insurer_id, "record_key": record_key}
    found: int | None = connection.execute(statement("console/version_of"), wanted).scalar_one()
    if found is None:
        raise NotShown(f"no {record_type} of that key for the caller")
    return found


def received(connection: sa.Connection, hub: Hub, record_type: str, version_id: int) -> Received:
    """The row of the delivery that wrote a version, read again from the bytes that arrived.

    The database says whether the version is the caller's; the row is its own and no other's. Raises NotShown.
    """
    found = versions(connection, record_type, version_id)
    this = next(version for version in found if version.version_id == version_id)
    return Received(record_type, this, _row(hub, this.batch_id, this.row_no))


@dataclass(frozen=True)
class _Words:
    codes: Mapping[str, Mapping[str, tuple[str, str]]]
    regions: Mapping[str, names.Region]

    def of(self, contract: Contract, name: str, value: str | None) -> str | None:
        field = contract.by_name.get(name)
        if field is None or value is None:
            return None
        if field.code_list:
            said = self.codes[field.code_list].get(value)
            return said[0] if said else None
        if name.endswith("region_code"):
            region = self.regions.get(value)
            return region.region_name if region else None
        return None


def _field(row: sa.RowMapping, contract: Contract, words: _Words) -> FieldValue:
    in_words = words.of(contract, row["field"], row["value"])
    return FieldValue(row["field"], row["field_name"], row["value"], in_words, row["is_shown"], row["is_hidden"])


def _row(hub: Hub, batch_id: int, row_no: int) -> SourceRow | NoRow:
    place = (batch_id, row_no)
    return _masked(places_of(hub, [place])[place])


def _masked(found: SourceRow | NoRow) -> SourceRow | NoRow:
    if isinstance(found, NoRow):
        return found
    return dataclasses.replace(found, cells=tuple(cell.masked() for cell in found.cells))


def _contract(record_type: str) -> Contract:
    """Raises NotShown for a name that is no record type."""
    contracts = load_contracts()
    if record_type not in contracts:
        raise NotShown(f"no record type {record_type}")
    return contracts[record_type]


@dataclass(frozen=True)
class Delivered:
    """The delivery that wrote a version."""

    batch_id: int
    receipt_no: str | None
    channel: str
    received_at: dt.datetime
    state: str
    received_count: int | None
    submitted_by: str | None


@dataclass(frozen=True)
class Found:
    """A finding about the row of a delivery that wrote a version."""

    finding_id: int
    rule_id: str
    rule_title: str | None
    severity: str
    field_name: str | None
    value: str | None
    message: str
    is_open: bool


def delivered(connection: sa.Connection, version: Version) -> Delivered | None:
    """The delivery of a version; None where the caller is not shown deliveries."""
    row = connection.execute(statement("console/record_batch"), {"batch_id": version.batch_id}).mappings().one_or_none()
    return Delivered(**row) if row else None


def findings(connection: sa.Connection, version: Version) -> tuple[Found, ...]:
    """What the rules found about the row of a version."""
    wanted = {"batch_id": version.batch_id, "row_no": version.row_no}
    return tuple(Found(**row) for row in connection.execute(statement("console/record_findings"), wanted).mappings())
