"""The regulators' registers as files: one CSV per register, for the regulator's feed."""

from __future__ import annotations

import csv
import datetime as dt
import pathlib

from sandbox.spelling import canonical_text
from sandbox.truth import LAST_DAY, Province
from schemas.contract import load_contracts


def write_registers(province: Province, folder: pathlib.Path, stamp: dt.date | None = None) -> list[pathlib.Path]:
    """Write ``<record_type>_<YYYYMMDD>.csv`` for each register: UTF-8, comma, canonical field names."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for record_type, rows in province.registers.items():
        names = [field.name for field in load_contracts()[record_type].fields]
        path = folder / f"{record_type}_{stamp or LAST_DAY:%Y%m%d}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(names)
            writer.writerows([canonical_text(row[name]) for name in names] for row in rows)
        written.append(path)
    return written
