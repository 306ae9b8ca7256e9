"""Targets that the register of thresholds has; an indicator without a rule there has none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa

from portal.console.publications import Publication
from portal.console.scope import Place
from portal.console.words import TARGET_RULES
from portal.look import formats
from portal.sql_text import statement


@dataclass(frozen=True)
class Target:
    """A lower bound of a value, 0-1, and who set it."""

    value: Decimal
    source_document: str

    @property
    def text(self) -> str:
        """As it stands beside a figure."""
        return f"≥ {formats.percent(f'{(self.value * 100).normalize():f}')}"


def targets(connection: sa.Connection, publication: Publication, place: Place) -> Mapping[str, Target]:
    """Targets of a place on a publication's day, by indicator code."""
    wanted = {
        "rules": [*TARGET_RULES.values()], "day": publication.as_of, "region_code": place.region_code,
        "domain_code": place.domain_code,
    }  # fmt: skip
    rows = {row.rule_no: row for row in connection.execute(statement("console/targets"), wanted)}
    return {
        code: Target(rows[rule].threshold_value, rows[rule].source_document_text)
        for code, rule in TARGET_RULES.items()
        if rule in rows
    }
