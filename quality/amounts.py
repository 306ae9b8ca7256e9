"""Plausibility bounds of amounts and counts, read from ``quality/rules/bounds/amounts.yml``, as SQL on staged rows.

An entry bounds the absolute value of one field: by a number, or as a multiple ``of`` another field of the row or of the
policy that the row belongs to (its limit after every endorsement, its premium with what endorsements added). An entry for
a sector goes before the one for all; the entry in force on the record's business date counts, without such a date that
of the day of receipt. Rows above ``hold_above`` are held, those above ``warn_above`` are told.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field as Limited

from schemas.code_lists import load_code_list
from schemas.contract import RECORD_TYPES, Contract, Field, load_contract
from schemas.mistakes import nearest
from schemas.yaml_files import Entry, Number, Text, Told, among, read_yaml

FILE = "bounds/amounts.yml"
Limit = Literal["hold_above", "warn_above"]
LIMITS: tuple[Limit, ...] = ("warn_above", "hold_above")
DOMAIN_FIELD = "high_risk_domain_code"
#: Sectors that are part of another one: coal and other mines.
PARTS = {"10": ("11", "12")}
_NUMERIC = ("amount", "count", "decimal", "ratio")
_DAY_OF_RECEIPT = "cast(:received_at at time zone 'Asia/Shanghai' as date)"
_NOTHING = "(select cast(null as bigint) as row_no, null as value, null as expected, null as field where false)"


_Positive = Annotated[Number, Limited(gt=0)]


class AmountBound(Entry):
    """One entry; ``unbounded`` says why a field has none. Days of validity include both ends."""

    record_type: Annotated[str, among(lambda: RECORD_TYPES)]
    field: str
    source: Text
    domain: str = "*"
    of: str | None = None
    warn_above: _Positive | None = None
    hold_above: _Positive | None = None
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    unbounded: Text | None = None

    @property
    def is_of_policy(self) -> bool:
        """Whether it is a multiple of a field of the row's policy."""
        return self.of is not None and self.of.startswith("policy.")

    @property
    def measure(self) -> str:
        """Name of the field that it is a multiple of."""
        return str(self.of).removeprefix("policy.")

    def mistakes(self) -> Iterator[Told]:
        """What a field, its limits, its sector and its measure may be together."""
        contract = load_contract(self.record_type)
        yield from self._wrong_limits()
        yield from _not_among("field", self.field, _quantities(contract))
        has_policy = not contract.is_register and not {"policy_no", "report_no"}.isdisjoint(contract.by_name)
        if self.domain != "*":
            has_sector = has_policy or DOMAIN_FIELD in contract.by_name
            yield from _not_among("domain", self.domain, _domains() if has_sector else ())
        if self.is_of_policy:
            yield from _not_among("of", self.measure, _quantities(load_contract("policy")) if has_policy else ())
        elif self.of is not None:
            yield from _not_among("of", self.of, _quantities(contract))

    def _wrong_limits(self) -> Iterator[Told]:
        is_bounded = self.warn_above is not None or self.hold_above is not None
        if is_bounded == (self.unbounded is not None):
            yield (
                "unbounded",
                "stands beside a bound, or in place of none",
                "write warn_above, hold_above or both; or why not",
            )
        if self.warn_above and self.hold_above and self.warn_above >= self.hold_above:
            yield "warn_above", "does not lie below hold_above", "write the smaller number here"


def amounts_of(text: str, file: str = FILE) -> tuple[AmountBound, ...]:
    """The bounds of a file's text. Raises DefinitionError with every mistake."""
    return read_yaml(file, text, list, names=("record_type", "field")).parts(AmountBound)


def numeric_fields(contract: Contract) -> Iterator[Field]:
    """Fields of a contract that hold a quantity and need a bound: those whose contract sets no maximum."""
    return (field for field in contract.fields if field.kind in _NUMERIC and field.maximum is None)


def outside(bounds: Iterable[AmountBound], contract: Contract, limit: Limit) -> str:
    """A subquery (row_no, value, expected, field) of staged rows above a limit and not above the next one."""
    own = [b for b in bounds if b.record_type == contract.record_type and _limit(b, limit) is not None]
    groups = [[b for b in own if b.is_of_policy is is_of_policy] for is_of_policy in (False, True)]
    parts = [_select(group, own, contract, limit) for group in groups if group]
    return "(" + "\nunion all\n".join(parts) + ")" if parts else _NOTHING


def _select(group: Sequence[AmountBound], own: Sequence[AmountBound], contract: Contract, limit: Limit) -> str:
    """Staged rows outside of one of these bounds: a cheap look at all rows, then a close one at those that it finds."""
    links = _links(contract) if group[0].is_of_policy else ""
    rows = ",\n        ".join(_row(bound, own, contract, limit) for bound in group)
    rough = "\n        or ".join(_exceeds(bound, limit, _plain(bound), contract) for bound in group)
    return f"""select s.row_no, m.value, m.expected, m.field
    from staged as s
    {links}
    cross join lateral (values
        {rows}
    ) as m(field, value, expected, is_outside)
    where s.operation_code <> 'D' and m.is_outside
        and ({rough})"""  # noqa: S608 - our own names and numbers, nothing sent


def _row(bound: AmountBound, own: Sequence[AmountBound], contract: Contract, limit: Limit) -> str:
    measure = _endorsed(bound) if bound.is_of_policy else _plain(bound)
    conditions = [_exceeds(bound, limit, measure, contract), _in_force(bound, own, contract)]
    if limit == "warn_above" and bound.hold_above is not None:
        conditions.append(f"not {_exceeds(bound, 'hold_above', measure, contract)}")
    expected = f"'不超过' || {_text(_limit(bound, limit), measure)} || '{_note(bound, limit)}'"
    return f"('{bound.field}', cast(s.{bound.field} as numeric), {expected}, {' and '.join(conditions)})"


def _exceeds(bound: AmountBound, limit: Limit, measure: str | None, contract: Contract) -> str:
    """Whether a value lies above a bound; null, which is no yes, where value or measure is missing."""
    value = f"abs(s.{bound.field})" if contract.by_name[bound.field].is_signed else f"s.{bound.field}"
    return f"{value} > {_times(_limit(bound, limit), measure)}"


def _times(limit: Decimal | None, measure: str | None) -> str:
    return f"{limit} * {measure}" if measure else str(limit)


def _plain(bound: AmountBound) -> str | None:
    """What an entry's number is multiplied by; None for one that stands by itself."""
    if bound.of is None:
        return None
    return f"{'p' if bound.is_of_policy else 's'}.{bound.measure}"


def _endorsed(bound: AmountBound) -> str:
    """The policy's figure as its endorsements left it at its highest; looked up for few rows only."""
    name = bound.measure
    of_policy = "from core.endorsement_current as e where e.insurer_id = s.insurer_id and e.policy_no = p.policy_no"
    if name == "written_premium_amount":
        return f"(p.{name} + coalesce((select sum(greatest(e.premium_change_amount, 0)) {of_policy}), 0))"
    if name in load_contract("endorsement").by_name:
        return f"greatest(p.{name}, (select max(e.{name}) {of_policy}))"
    return f"p.{name}"


def _links(contract: Contract) -> str:
    """Joins from a staged row to its policy ``p``."""
    policy = "join core.policy_current as p on p.insurer_id = s.insurer_id and p.policy_no ="
    if "policy_no" in contract.by_name:
        return f"{policy} s.policy_no"
    return f"join core.claim_current as c on c.insurer_id = s.insurer_id and c.report_no = s.report_no\n    {policy} c.policy_no"


def _in_force(bound: AmountBound, own: Sequence[AmountBound], contract: Contract) -> str:
    """Whether an entry speaks of a row: the day, and the sector unless an entry of that sector is in force."""
    if bound.domain != "*":
        return _applies(bound, contract)
    nearer = [b for b in own if (b.field, b.of) == (bound.field, bound.of) and b.domain != "*"]
    return " and ".join([_valid(bound, contract), *(f"not {_applies(each, contract)}" for each in nearer)])


def _applies(bound: AmountBound, contract: Contract) -> str:
    codes = ", ".join(f"'{code}'" for code in (bound.domain, *PARTS.get(bound.domain, ())))
    return f"coalesce({_sector(contract)} in ({codes}) and {_valid(bound, contract)}, false)"


def _sector(contract: Contract) -> str:
    if DOMAIN_FIELD in contract.by_name:
        return f"s.{DOMAIN_FIELD}"
    links = _links(contract).replace("join ", "", 1).replace(" on ", " where ", 1) if "policy_no" in contract.by_name else (
        "core.claim_current as c, core.policy_current as p where c.insurer_id = s.insurer_id "
        "and c.report_no = s.report_no and p.insurer_id = s.insurer_id and p.policy_no = c.policy_no"
    )  # fmt: skip
    return f"(select p.{DOMAIN_FIELD} from {links})"  # noqa: S608 - our own names


def _valid(bound: AmountBound, contract: Contract) -> str:
    day = _day(contract)
    ends = [f"{day} >= date '{bound.valid_from}'"] if bound.valid_from else []
    ends += [f"{day} <= date '{bound.valid_to}'"] if bound.valid_to else []
    return " and ".join(ends) or "true"


def _day(contract: Contract) -> str:
    if not contract.milestones:
        return _DAY_OF_RECEIPT
    field = contract.by_name[contract.milestones[0].field]
    own = f"s.{field.name}"
    day = f"cast({own} at time zone 'Asia/Shanghai' as date)" if field.kind == "timestamp" else own
    return f"coalesce({day}, {_DAY_OF_RECEIPT})"


def _text(limit: Decimal | None, measure: str | None) -> str:
    return f"cast(trim_scale({_times(limit, measure)}) as text)"


def _note(bound: AmountBound, limit: Limit) -> str:
    """What stands behind the number in a message."""
    if bound.of is None:
        return ""
    other = load_contract("policy" if bound.is_of_policy else bound.record_type).by_name[bound.measure]
    owner = "保单" if bound.is_of_policy else ""
    return f"({owner}{other.business_name}的{_limit(bound, limit)}倍)"


def _limit(bound: AmountBound, limit: Limit) -> Decimal | None:
    return bound.hold_above if limit == "hold_above" else bound.warn_above


def _quantities(contract: Contract) -> list[str]:
    return [field.name for field in contract.fields if field.kind in _NUMERIC]


def _domains() -> list[str]:
    code_list = load_contract("policy").by_name[DOMAIN_FIELD].code_list
    return [entry.code for entry in load_code_list(str(code_list)).entries]


def _not_among(key: str, name: str, known: Collection[str]) -> Iterator[Told]:
    if name not in known:
        fix = nearest(name, known) if known else "remove it: this record has neither sector nor policy"
        yield key, f"{name!r} is not known here", fix
