"""What an address of the console says: which figure, of where, as known when; so that a link shows the same to the next reader."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

import sqlalchemy as sa
from fastapi import Depends, Query

from portal.console import publications, scope
from portal.console.errors import BadCursor, ConsoleError, NotPublished
from portal.console.publications import Moment, Publication
from portal.console.scope import ALL, Place, Scope
from portal.door import Door
from portal.look import formats
from portal.person import Person
from portal.problems import Problem
from schemas.time_zone import SHANGHAI

Short = Annotated[str, Query(max_length=60)]
Number = Annotated[int | None, Query(ge=1, le=2**63 - 1)]


@dataclass(frozen=True)
class Asked:
    """What a reader asks for; empty is the reader's own place, and the newest publication."""

    region: str = ""
    domain: str = ""
    insurer: str = ""
    period: str = ""
    moment: Moment = publications.NEWEST


def asked(
    region: Short = "", domain: Short = "", insurer: Short = "", period: Short = "", publication: Number = None,
    as_of: Short = "", known_at: Short = "",
) -> Asked:  # fmt: skip
    """The query of an address; a moment without a time zone is Shanghai's. Raises Problem REQUEST-INVALID."""
    moment = Moment(publication, day(as_of), _moment(known_at))
    return Asked(region, domain, insurer, period, moment)


Address = Annotated[Asked, Depends(asked)]


@dataclass(frozen=True)
class View:
    """A publication, a place in it, and what of both an address has to say."""

    publication: Publication
    scope: Scope
    homes: tuple[Place, ...]
    """The caller's own places that have figures; empty for an account of a place without any."""
    place: Place
    is_pinned: bool
    """Whether the address names the publication: else it is the newest."""

    @property
    def query(self) -> dict[str, object]:
        """Place and publication, as an address says them in full."""
        return {
            "region": self.place.region_code, "domain": self.place.domain_code, "insurer": self.place.insurer_id,
            "publication": self.publication.publication_id,
        }  # fmt: skip

    @property
    def stamp(self) -> str:
        """How old the figures are, for the foot of the page."""
        return f"{self.publication.as_of} · {formats.moment(self.publication.published_at)} 发布"

    def link(self, path: str, **changes: object) -> str:
        """An address with this place and publication; ``changes`` go in front of them or replace them."""
        return formats.url(path, {**self.query, **changes})


@contextlib.contextmanager
def reading(here: Door, person: Person) -> Iterator[sa.Connection]:
    """A transaction as the caller. Raises Problem for what the console cannot show."""
    try:
        with here.reading_as(person) as connection:
            yield connection
    except BadCursor as error:
        raise Problem("REQUEST-INVALID", f"{error.zh} {error.en}") from error
    except ConsoleError as error:
        raise Problem("NOT-FOUND", f"{error.zh} {error.en}") from error


def opened(connection: sa.Connection, wanted: Asked) -> View:
    """The publication and place that are asked for. Raises NotPublished."""
    asking = scope.scope(connection)
    if asking is None:
        raise NotPublished("the account has no right that runs")
    publication = publications.chosen(connection, wanted.moment)
    homes = scope.homes(connection, publication, asking)
    home = homes[0] if homes else _bare(asking)
    place = Place(
        wanted.region or home.region_code, wanted.domain or home.domain_code, wanted.insurer or home.insurer_id
    )
    return View(publication, asking, homes, place, wanted.moment != publications.NEWEST)


def day(text: str) -> dt.date | None:
    """A day as forms send it; None for none. Raises Problem REQUEST-INVALID."""
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise Problem("REQUEST-INVALID", f"{text[:20]!a}: 日期写作 write a day like 2026-11-21") from None


def _moment(text: str) -> dt.datetime | None:
    try:
        found = dt.datetime.fromisoformat(text) if text else None
    except ValueError:
        raise Problem("REQUEST-INVALID", f"{text[:30]!a}: 时间写作 write a moment like 2026-11-21T09:30") from None
    return found.replace(tzinfo=SHANGHAI) if found and found.tzinfo is None else found


def _bare(asking: Scope) -> Place:
    """Where an account stands that has no figures: its first region and sector."""
    region, domain = (next(iter(codes), ALL) for codes in (asking.region_codes, asking.domain_codes))
    return Place(region, domain, asking.insurer_id)
