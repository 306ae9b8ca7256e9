"""Probing an insurer's system before its first night: one page of each feed, or a file, looked at and not kept."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import pathlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from connectors import parse
from connectors.credentials import needed
from connectors.definition import load_definition
from connectors.fetch import first_page
from connectors.model import InsurerDefinition
from connectors.parse.json_pages import flat_rows
from connectors.proposal import Look, look
from connectors.template import reading
from pipeline.settings import credentials_of
from schemas.contract import load_contract
from schemas.delivery import Credentials, Window
from schemas.errors import DefinitionError, HubError

SAMPLE_ROWS = 1000
Row = Mapping[str, str | None]


@dataclass(frozen=True)
class Probe:
    """What one feed answered: the look at its page and what the answer declares, or the fault."""

    record_type: str
    look: Look | None = None
    declared: str = ""
    fault: HubError | None = None


def probe(
    insurer_id: str, record_types: Sequence[str], since: dt.datetime, until: dt.datetime, environ: Mapping[str, str]
) -> Iterator[Probe]:
    """One page of each feed of an interface, with the real credentials; one feed's fault does not stop the others.

    ``record_types`` empty = all. Raises DefinitionError, and AuthRefused when there are no credentials.
    """
    definition = load_definition(insurer_id, environ=environ)
    if definition.channel == "drop":
        raise DefinitionError(
            f"insurers/{insurer_id}.yml", "channel", "is drop: there is nothing to ask", fix="probe a file with --file"
        )
    credentials = credentials_of(insurer_id, environ) if needed(definition) else Credentials()
    for name in _chosen(definition, record_types):
        yield _probed(definition, name, Window(since, until), credentials)


def probe_file(insurer_id: str, record_type: str, path: pathlib.Path, environ: Mapping[str, str]) -> Probe:
    """The first rows of a file as the insurer's folder would hold it. Raises TellInsurer, DefinitionError."""
    definition = load_definition(insurer_id, environ=environ)
    [name] = _chosen(definition, [record_type])
    contract, channel = load_contract(name), "drop" if definition.channel == "drop" else "submit"
    how = reading(definition, contract, channel, [path])
    rows: list[Row] = []
    layout = how.layouts[0]
    for chunk in parse.read_batch([path], how.source):
        layout = how.layout(chunk.column_names)
        names = chunk.column_names[:-2]
        rows += [{n: row[n] for n in names} for row in chunk.slice(0, SAMPLE_ROWS - len(rows)).to_pylist()]
        if len(rows) >= SAMPLE_ROWS:
            break
    return Probe(name, look(rows, layout, contract))


def _probed(definition: InsurerDefinition, name: str, window: Window, credentials: Credentials) -> Probe:
    try:
        page = first_page(definition, name, window, credentials)
        source = dataclasses.replace(definition.source_format, nesting=definition.records[name].within)
        rows: list[Row] = list(itertools.islice(flat_rows(page.items, source), SAMPLE_ROWS))
    except HubError as fault:
        return Probe(name, fault=fault)
    told: dict[str, object] = {
        "items": len(page.items),
        "total": page.total,
        "pages": page.page_count,
        "last": page.is_last,
    }
    told |= {"nothing": page.answer.nothing or None}
    declared = ", ".join(f"{key} {value}" for key, value in told.items() if value is not None)
    return Probe(name, look(rows, definition.records[name], load_contract(name)), declared)


def _chosen(definition: InsurerDefinition, record_types: Sequence[str]) -> list[str]:
    for name in record_types:
        if name not in definition.records:
            file = f"insurers/{definition.insurer_id}.yml"
            raise DefinitionError(file, f"records.{name}", "is not delivered", fix=f"add {name} to records")
    return list(record_types or definition.records)
