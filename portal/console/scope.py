"""Who asks: what an account sees, as the database says, and the cells that are its own."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from portal.console.publications import Publication
from portal.sql_text import statement

ALL = "*"


@dataclass(frozen=True)
class Place:
    """A part of the province that figures speak of; ``*`` is all sectors, all insurers."""

    region_code: str
    domain_code: str = ALL
    insurer_id: str = ALL


@dataclass(frozen=True)
class Scope:
    """What the caller may see, told by ``report.account``; ``*`` in a list is all of it."""

    login: str
    kind: str
    region_codes: tuple[str, ...]
    domain_codes: tuple[str, ...]
    insurer_id: str
    sees_personal: bool

    @property
    def is_of_insurer(self) -> bool:
        return self.insurer_id != ALL

    @property
    def sees_all_areas(self) -> bool:
        """Whether deliveries, held rows and findings are shown: they belong to no area."""
        return ALL in self.region_codes and ALL in self.domain_codes


def scope(connection: sa.Connection) -> Scope | None:
    """The caller's scope; None when its account has no right that runs."""
    row = connection.execute(statement("console/scope")).mappings().one_or_none()
    if row is None:
        return None
    return Scope(
        row["role_name"], row["kind"], tuple(row["region_codes"]), tuple(row["domain_codes"]), row["insurer_id"],
        row["sees_personal"],
    )  # fmt: skip


def homes(connection: sa.Connection, publication: Publication, asking: Scope) -> tuple[Place, ...]:
    """The caller's own places that a publication has figures of, the widest first; the first is where a page opens."""
    wanted = {
        "publication_id": publication.publication_id, "is_whole": ALL in asking.region_codes,
        "region_codes": list(asking.region_codes), "domain_codes": list(asking.domain_codes),
        "insurer_id": asking.insurer_id,
    }  # fmt: skip
    return tuple(Place(**row) for row in connection.execute(statement("console/homes"), wanted).mappings())
