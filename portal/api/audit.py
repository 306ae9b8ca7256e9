"""The audit and the accounts, for programs: an auditor's see all, others their own."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from fastapi import Query, Request
from pydantic import BaseModel

from portal.api.answers import BIGGEST, PAGE_ROWS, Limit, Page, next_page
from portal.api.answers import router as part
from portal.asking import Here, Regulator, record
from portal.console import audit
from portal.console.address import reading
from portal.console.audit import Search

router = part()
Short = Annotated[str | None, Query(max_length=80)]


class EventView(BaseModel):
    """One thing that an account did or read; numbers of records in ``filter`` are digests."""

    event_id: int
    happened_at: dt.datetime
    role_name: str
    kind: str
    object: str
    filter: dict[str, Any]
    row_count: int | None
    client: str
    via: str


class TokenView(BaseModel):
    """A token of a program; the secret is kept nowhere."""

    token_id: int
    name: str
    scopes: list[str]
    created_at: dt.datetime
    expires_at: dt.datetime | None
    revoked_at: dt.datetime | None
    last_used_at: dt.datetime | None
    is_open: bool


class AccountView(BaseModel):
    """A right of an account, from a moment to another (null: it still runs); ``*`` stands for all of a kind."""

    role_name: str
    kind: str
    region_codes: list[str]
    domain_codes: list[str]
    insurer_id: str
    sees_personal: bool
    valid_from: dt.datetime
    valid_to: dt.datetime | None
    granted_by: str
    source: str
    is_open: bool
    tokens: list[TokenView]


@router.get("/audit", summary="Who did or read what", tags=["audit"])
def events(
    request: Request, here: Here, who: Regulator, account: Short = None, kind: Short = None,
    since: dt.date | None = None, until: dt.date | None = None, digest: Short = None,
    cursor: Annotated[int | None, Query(ge=1, le=BIGGEST)] = None, limit: Limit = PAGE_ROWS,
) -> Page[EventView]:  # fmt: skip
    """Events, the newest first; `digest` is that of a number, which an auditor gets from the console."""
    search = Search(account, kind, since, until, digest)
    with reading(here, who.person) as connection:
        found = audit.events(connection, search, before=cursor, limit=limit)
    told = {name: value for name, value in vars(search).items() if value}
    record(request, who, "read", "audit", filter=told, row_count=len(found.events))
    items = [EventView(**vars(event)) for event in found.events]
    return Page(items=items, total=found.total, next=next_page(request, found.next_before))


@router.get("/accounts", summary="Accounts and rights", tags=["audit"])
def accounts(request: Request, here: Here, who: Regulator) -> Page[AccountView]:
    """Every stretch of a right, with the account's tokens."""
    with reading(here, who.person) as connection:
        found, tokens = audit.accounts(connection), audit.tokens(connection)
    record(request, who, "read", "accounts", row_count=len(found))
    items = [_account(each, [token for token in tokens if token.role_name == each.role_name]) for each in found]
    return Page(items=items, total=len(items), next=None)


def _account(account: audit.Account, tokens: list[audit.Token]) -> AccountView:
    names = list(TokenView.model_fields)
    held = [TokenView(**{name: getattr(token, name) for name in names}) for token in tokens]
    return AccountView(**vars(account), tokens=held)
