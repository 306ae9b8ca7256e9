"""SQL expressions that follow from a contract; ``alias`` is the table whose row they speak of."""

from __future__ import annotations

from schemas.contract import Contract, Field


def shanghai_date(field: Field, alias: str) -> str:
    """The day of a field: a date as it is, a moment as its date in Shanghai, whatever its zone."""
    column = f"{alias}.{field.name}"
    return f"cast({column} at time zone 'Asia/Shanghai' as date)" if field.kind == "timestamp" else column


def event_on(contract: Contract, alias: str) -> str:
    """The day of a record's main event; null where its type has none."""
    if not contract.milestones:
        return "cast(null as date)"
    return shanghai_date(contract.by_name[contract.milestones[0].field], alias)


def key_text(contract: Contract, alias: str) -> str:
    """A record's natural key as one text, its parts joined with ``|``."""
    return " || '|' || ".join(f"cast({alias}.{name} as text)" for name in contract.key)


def region_of(contract: Contract, alias: str) -> str:
    """The region code of a record: its own, or that of the policy on which it hangs as it is current; null where there is none."""
    of_policy = "(select p.region_code from core.policy as p where p.insurer_id = {i} and p.policy_no = {no} and p.superseded_at is null)"
    insurer, fields = f"{alias}.insurer_id", contract.by_name
    if "region_code" in fields:
        return f"{alias}.region_code"
    if "policy_no" in fields:
        return of_policy.format(i=insurer, no=f"{alias}.policy_no")
    for number, parent in (("report_no", "claim"), ("service_no", "service_record")):
        if number in fields:
            no = (
                f"(select x.policy_no from core.{parent} as x where x.insurer_id = {insurer}"  # noqa: S608 - contract names
                f" and x.{number} = {alias}.{number} and x.superseded_at is null)"
            )
            return of_policy.format(i=insurer, no=no)
    return "cast(null as text)"
