"""Random names of enterprises: addresses and QR codes carry them, and never a credit code.

A name is given by the loader when a page first needs it; whether the caller may follow it, the database says.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping

import sqlalchemy as sa

from portal.console.errors import NotShown
from portal.door import Door
from portal.person import Person
from portal.sql_text import statement
from warehouse.database.engine import database_errors


def names_of(here: Door, person: Person, credit_codes: Collection[str]) -> Mapping[str, str]:
    """The names of enterprises by credit code, of those that the account may see; given where there was none.

    ``credit_codes`` must have been shown to the account. Raises WarehouseBusy and WarehouseUnreachable.
    """
    wanted = sorted({code for code in credit_codes if code})
    if not wanted:
        return {}
    with database_errors("naming enterprises"), here.hub.engine.begin() as connection:
        connection.execute(statement("console/name_enterprises"), {"credit_codes": wanted})
    with here.reading_as(person) as connection:
        return dict(connection.execute(statement("console/enterprise_names"), {"credit_codes": wanted}).all())


def credit_code_of(connection: sa.Connection, name: uuid.UUID) -> str:
    """The enterprise that a name stands for. Raises NotShown."""
    found = connection.execute(statement("console/enterprise_named"), {"code": str(name)}).scalar_one_or_none()
    if found is None:
        raise NotShown("no such enterprise for the caller")
    return str(found)
