"""A reader in the middle of asking, and what tests say about answers."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from portal.console.lists import LISTS, Filters, ListPage, work_list
from portal.console.paging import Row
from portal.console.publications import Publication
from portal.console.scope import Place, Scope


@dataclass(frozen=True)
class Asking(contextlib.AbstractContextManager["Asking"]):
    """A transaction of a reader, with a publication and the reader's own places."""

    connection: sa.Connection
    publication: Publication
    scope: Scope
    places: tuple[Place, ...]

    @property
    def place(self) -> Place:
        return self.places[0]

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def list(self, name: str, *, limit: int = 1000, after: str | None = None, place: Place | None = None) -> ListPage:
        filters = Filters(place or self.place)
        return work_list(self.connection, LISTS[name], self.publication, self.scope, filters, after=after, limit=limit)

    def pages(self, name: str, limit: int) -> Iterator[Row]:
        """Rows of a list, page by page."""
        after: str | None = None
        while True:
            found = self.list(name, limit=limit, after=after).page
            yield from found.rows
            after = found.next_cursor
            if after is None:
                return


Asker = Callable[..., Asking]
