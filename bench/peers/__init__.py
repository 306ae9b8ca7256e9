"""Other loaders, beside which ours is measured; each in an environment of its own, ``make bench`` makes it."""

from __future__ import annotations

import csv
import json
import pathlib
from typing import Any

from bench.apart import ROOT, foreign, timed
from bench.figures import Measurement
from schemas.contract import Contract

ENVIRONMENT = ROOT / "var" / "bench" / "venv"
PYTHON, SINGER = ENVIRONMENT / "bin" / "python", ENVIRONMENT / "bin" / "target-postgres"
#: What kinds of fields are to a loader that knows none of ours; the rest is text.
KINDS = ("date", "timestamp", "boolean", "count", "amount", "decimal", "ratio")
JSON_TYPES: dict[str, dict[str, Any]] = {
    "text": {"type": ["string", "null"]},
    "date": {"type": ["string", "null"], "format": "date"},
    "timestamp": {"type": ["string", "null"], "format": "date-time"},
    "boolean": {"type": ["boolean", "null"]},
    "count": {"type": ["integer", "null"]},
    "amount": {"type": ["number", "null"]},
    "decimal": {"type": ["number", "null"]},
    "ratio": {"type": ["number", "null"]},
}


def is_installed() -> bool:
    """Whether the peers' environment stands."""
    return PYTHON.exists() and SINGER.exists()


def dlt(form: str, url: str, path: pathlib.Path, contract: Contract, folder: pathlib.Path) -> Measurement:
    """Merge a file by dlt, from ``arrow`` or ``rows``."""
    given = {"key": list(contract.key), "table": contract.record_type, "folder": str(folder / "dlt")}
    address = url.replace("postgresql+psycopg2", "postgresql")
    script = pathlib.Path(__file__).with_name("dlt_merge.py")
    return foreign(PYTHON, script, form=form, url=address, path=str(path), kinds=kinds(contract), **given)


def singer(url: str, path: pathlib.Path, contract: Contract, folder: pathlib.Path) -> Measurement:
    """Upsert a file by Singer's target-postgres, with COPY; making its messages of the file is not counted."""
    said = {
        "sqlalchemy_url": url.replace("+psycopg2", "+psycopg"),
        "use_copy": True,
        "load_method": "upsert",
        "default_target_schema": "peer_singer",
    }
    config = folder / "singer.json"
    config.write_text(json.dumps(said))
    return timed([str(SINGER), "--config", str(config)], stdin=messages(path, contract))


def messages(path: pathlib.Path, contract: Contract) -> pathlib.Path:
    """A CSV as Singer's messages, beside it, written if it is not there."""
    written = path.with_suffix(".jsonl")
    if not written.exists():
        part = written.with_suffix(".part")
        with path.open(encoding="utf-8", newline="") as file, part.open("w", encoding="utf-8") as out:
            known = kinds(contract)
            schema = {"properties": {name: JSON_TYPES[kind] for name, kind in known.items()}}
            name = contract.record_type
            head = {"type": "SCHEMA", "stream": name, "schema": schema, "key_properties": list(contract.key)}
            out.write(json.dumps(head) + "\n")
            for row in csv.DictReader(file):
                record = {field: _value(known[field], text) for field, text in row.items()}
                out.write(json.dumps({"type": "RECORD", "stream": name, "record": record}, ensure_ascii=False) + "\n")
        part.rename(written)
    return written


def kinds(contract: Contract) -> dict[str, str]:
    """What each field is to a loader that knows none of ours."""
    return {field.name: field.kind if field.kind in KINDS else "text" for field in contract.fields}


def _value(kind: str, text: str) -> object:
    if not text:
        return None
    return text if kind in ("text", "date", "timestamp") else json.loads(text)
