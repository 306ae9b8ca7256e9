"""One account of each kind for a simulated province, so that people, tests and scripts can sign in."""

from __future__ import annotations

import json
import os
import pathlib
from dataclasses import replace

import sqlalchemy as sa

from sandbox.cast import cast
from schemas.code_lists import load_code_lists
from schemas.regions import own_regions
from warehouse.database import accounts
from warehouse.database.accounts import Account

FILE = "demo-accounts.json"
#: Those of the default province; another one takes its own first city and insurers.
CITY, INSURERS = "370200", ("tianji", "yuheng")
BY, SOURCE = "anze demo", "演示账号 accounts of the demo"


def make(engine: sa.Engine, folder: pathlib.Path) -> pathlib.Path:
    """Add the accounts that are missing and keep logins and passwords in ``demo-accounts.json``, for its owner only.

    One entry an account: role, scope, login, password. An account whose password is not there any more gets another.
    """
    path = folder / FILE
    known = {entry["login"]: entry["password"] for entry in json.loads(path.read_text())} if path.exists() else {}
    open_rights = {right.role_name for right in accounts.listed(engine) if right.may_log_in}
    entries = []
    for account in _wanted():
        password = known.get(account.role_name)
        if account.role_name not in open_rights:
            password = accounts.add(engine, account, password)
        elif password is None:
            password = accounts.set_password(engine, account.role_name, by=BY)
        entries.append(
            {"role": account.kind, "scope": _scope(account), "login": account.role_name, "password": password}
        )
    _write(path, json.dumps(entries, ensure_ascii=False, indent=1) + "\n")
    return path


def _wanted() -> list[Account]:
    city, county = _city_and_county()
    domain = load_code_lists()["CL-DOMAIN"].entries[0].code
    of_regulators = [
        Account("demo_province", "province", sees_personal=True),
        Account("demo_city", "city", (city,)),
        Account("demo_county", "county", (county,)),
        Account("demo_department", "industry", domain_codes=(domain,)),
        *(Account(f"demo_{kind}", kind) for kind in ("finance", "analyst", "engineer", "auditor")),
    ]
    of_insurers = [
        Account(f"{insurer}_{name}", f"insurer_{name}", insurer_id=insurer, sees_personal=name == "submitter")
        for insurer in _insurers()
        for name in ("reader", "submitter")
    ]
    return [replace(account, granted_by=BY, source=SOURCE) for account in (*of_regulators, *of_insurers)]


def _city_and_county() -> tuple[str, str]:
    """A city and one of its counties, both of today."""
    cities = [region.region_code for region in own_regions().cities()]
    city = CITY if CITY in cities else cities[0]
    return city, own_regions().counties(city)[0].region_code


def _insurers() -> list[str]:
    names = [insurer.insurer_id for insurer in cast()]
    return [name for name in INSURERS if name in names] or names[: len(INSURERS)]


def _scope(account: Account) -> str:
    """The area, sector or insurer that the account is bound to; * for none."""
    bound = [account.insurer_id, *account.region_codes, *account.domain_codes]
    return next((code for code in bound if code != "*"), "*")


def _write(path: pathlib.Path, text: str) -> None:
    beside = path.with_name(f".{path.name}-{os.getpid()}")
    beside.touch(mode=0o600)
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)
