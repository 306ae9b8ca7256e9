"""A publication as files for those above the province: its figures, and the contributions that they are made of.

Parquet and a manifest, read by any engine without the hub. Columns, and how figures follow: docs/federation.md.
"""

from __future__ import annotations

import hashlib
import json
import pathlib
import tempfile
from dataclasses import asdict, dataclass, field

import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq
import sqlalchemy as sa

from schemas.errors import ProgramFault, SetupError
from schemas.province import province
from warehouse.database.engine import driver
from warehouse.database.statements import statement, text_of
from warehouse.indicators.catalogue import Definition, find_definitions
from warehouse.indicators.publication import Publication, judge_feeds
from warehouse.indicators.rollup import Period, cells_parameters, cells_sql, contribute_by_period, snapshot

FORMAT = "anze-contributions/1"
MANIFEST = "manifest.json"
#: Decimals of a figure, and of a contribution: an earned premium is a quotient that is rounded only when added up. One
#: type in all files, since engines that read many take the first one's.
FIGURE, PART = pa.decimal128(38, 12), pa.decimal128(38, 24)
FIGURES = pa.schema({
    "indicator": pa.string(), "definition_version": pa.int32(), "period_kind": pa.string(),
    "period_start": pa.date32(), "period_end": pa.date32(), "region_code": pa.string(), "domain_code": pa.string(),
    "insurer_id": pa.string(), "numerator": FIGURE, "denominator": FIGURE, "value": FIGURE,
    "shown_value": pa.decimal128(24, 2), "null_reason": pa.string(), "completeness": pa.decimal128(9, 6),
    "is_provisional": pa.bool_(),
})  # fmt: skip
CONTRIBUTIONS = pa.schema({
    "record_type": pa.string(), "record_id": pa.int64(), "unit_no": pa.int64(), "insurer_id": pa.string(),
    "business_date": pa.date32(), "province_code": pa.string(), "city_code": pa.string(), "county_code": pa.string(),
    "domain_code": pa.string(), "numerator": PART, "denominator": PART, "exclusion": pa.string(),
})  # fmt: skip


@dataclass(frozen=True)
class File:
    """One file of an export; ``path`` within its folder."""

    path: str
    row_count: int
    byte_count: int
    sha256: str


@dataclass
class Export:
    """A publication on its way into a folder. State: the files so far, and indicators without contributions, with the reason."""

    connection: sa.Connection
    publication: Publication
    folder: pathlib.Path
    files: list[File] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)

    def run(self) -> None:
        """Write everything, the manifest last: a folder that has one is whole.

        Contributions are computed again as known at the publication's moment, and must give its figures. An indicator
        whose definition is another one today has figures only. Works in the caller's transaction, on the primary. Raises
        SetupError for a folder that is there already, ProgramFault when figures cannot be computed again.
        """
        if self.folder.exists():
            raise SetupError(f"{self.folder} 已存在 is there already: name a new folder")
        wanted = {"publication_id": self.publication.publication_id}
        kept = self.connection.execute(statement("publishing/export/definitions"), wanted).all()
        self._write("figures.parquet", FIGURES, "figures", publication_id=str(self.publication.publication_id))
        snapshot(self.connection, self.publication.known_at)
        judge_feeds(self.connection, self.publication.known_at, [], self.publication.known_at)
        known = find_definitions().usable
        for each in kept:
            definition = known.get(each.indicator)
            if definition is not None and definition.digest == each.digest:
                self._contributions(definition)
            else:
                self.left_out[each.indicator] = (
                    f"this release defines it otherwise than version {each.definition_version} did"
                )
        self._sign([row._asdict() for row in kept])

    def _contributions(self, definition: Definition) -> None:
        moments = (self.publication.as_of, self.publication.known_at)
        for span in contribute_by_period(self.connection, definition, *moments):
            self._check(definition, span)
            path = f"contributions/indicator={definition.indicator}/period_kind={span.kind}/part-0.parquet"
            self._write(path, CONTRIBUTIONS, "contributions", is_distinct=str(definition.is_distinct))

    def _check(self, definition: Definition, span: Period) -> None:
        query = statement("publishing/export/differing", cells=cells_sql(definition))
        named = {"indicator": definition.indicator, "period_kind": span.kind}
        wanted = {**cells_parameters(definition), **named, "publication_id": self.publication.publication_id}
        if differing := self.connection.execute(query, wanted).scalar_one():
            raise ProgramFault(
                f"{definition.indicator} ({span.kind}) 重算与发布 {self.publication.publication_id} 有 {differing} 格不同 "
                "cells differ when computed again: nothing was exported; run anze verify"
            )

    def _write(self, path: str, schema: pa.Schema, query: str, **slots: str) -> None:
        """Write what a statement gives as one Parquet file, a piece in memory at a time."""
        place = self.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        row_count = 0
        with tempfile.TemporaryFile() as lines, pq.ParquetWriter(place, schema, compression="zstd") as writer:
            with driver(self.connection).cursor() as cursor:
                select = text_of(f"publishing/export/{query}", **slots)
                cursor.copy_expert(f"copy (\n{select}\n) to stdout (format csv, header)", lines)
            lines.seek(0)
            converted = pc.ConvertOptions(
                column_types=schema, strings_can_be_null=True, quoted_strings_can_be_null=False,
                true_values=["t"], false_values=["f"],
            )  # fmt: skip
            for batch in pc.open_csv(lines, convert_options=converted):
                writer.write_batch(batch)
                row_count += batch.num_rows
        with place.open("rb") as written:
            sha256 = hashlib.file_digest(written, "sha256").hexdigest()
        self.files.append(File(path, row_count, place.stat().st_size, sha256))

    def _sign(self, definitions: list[dict[str, object]]) -> None:
        moments = ("publication_id", "as_of", "known_at", "published_at")
        manifest = {
            "format": FORMAT,
            "province_code": province().code,
            "publication": {name: str(getattr(self.publication, name)) for name in moments},
            "is_provisional": self.publication.is_provisional,
            "indicators": definitions,
            "without_contributions": self.left_out,
            "files": [asdict(file) for file in self.files],
        }
        (self.folder / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n")
