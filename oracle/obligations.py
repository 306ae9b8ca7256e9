"""I3c: services owed by rule, else by the agreed plan, and those done; in plain loops, from docs/obligations.md."""

from __future__ import annotations

import calendar
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from oracle import regions
from oracle.cells import Contribution, Period
from oracle.policies import FIRST_DAY, LAST_DAY, Policy
from oracle.regions import Place
from oracle.services import COUNTED_PLANS, confirmed_on, done_days
from oracle.world import Record, World, of_policy
from schemas.obligations import ANY, Duty, Rule, load_obligations

_DAY = dt.timedelta(days=1)


@dataclass
class Owed:
    """One obligation of a policy; state: how many services fulfil it so far."""

    name: str
    first: dt.date
    last: dt.date
    required: int
    items: tuple[str, ...]
    done: int = 0


def obligation_completion_ratio(world: World, period: Period) -> Iterator[Contribution]:
    sizes = {e["credit_code"]: e["size_code"] for _, e in world.all("enterprise")}
    services, lines = _services(world), defaultdict[tuple[str, str | None], list[Record]](list)
    for insurer_id, plan in world.all("service_plan"):
        if plan["plan_status_code"] in COUNTED_PLANS:
            lines[insurer_id, plan["policy_no"]].append(plan)
    for link, policy in world.policies.items():
        by_rule = list(_by_rule(policy, lines[link], sizes))
        _serve(by_rule, services[link])
        for owed in by_rule:
            if owed.last in period:
                yield _row(policy, link[0], owed)
    done = done_days(world)
    for (insurer_id, policy_no), found in lines.items():
        of = world.policy(insurer_id, policy_no)
        for plan in found:
            due = plan["window_end_date"]
            if (
                due not in period
                or plan["planned_count"] <= 0
                or (not isinstance(of, str) and _is_replaced(of, due, sizes))
            ):
                continue
            key = (insurer_id, plan["plan_no"], plan["plan_line_no"])
            is_out = not isinstance(of, str) and not of.is_in_force(due)
            yield of_policy(
                of, insurer_id, "/".join(map(str, key)), due,
                numerator=Decimal(min(len(done[key]), plan["planned_count"])), denominator=Decimal(plan["planned_count"]),
                reason="policy_not_in_force" if is_out else None, lead_only=True,
            )  # fmt: skip


def _row(policy: Policy, insurer_id: str, owed: Owed) -> Contribution:
    numerator, denominator = Decimal(min(owed.done, owed.required)), Decimal(owed.required)
    return of_policy(
        policy, insurer_id, owed.name, owed.last, numerator=numerator, denominator=denominator, lead_only=True
    )


def last_of_months(first: dt.date, months: int) -> dt.date:
    """The last day of so many months from a day on; without such a day in the month, the month's last."""
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    length = calendar.monthrange(year, month + 1)[1]
    if first.day > length:
        return dt.date(year, month + 1, length)
    return dt.date(year, month + 1, first.day) - _DAY


def cover(policy: Policy) -> tuple[dt.date, dt.date] | None:
    """Inception and the last day with cover; None when there never was any."""
    spans = [s.in_force_days(FIRST_DAY, LAST_DAY) for s in policy.stretches]
    lasts = [span[1] for span in spans if span is not None]
    return (policy.own["cover_start_date"], max(lasts)) if lasts else None


def _years(policy: Policy) -> Iterator[tuple[int, dt.date, dt.date, dt.date]]:
    """Number, first day, last day of each policy year, and the last day with cover."""
    span = cover(policy)
    number, first = 1, span[0] if span else LAST_DAY
    while span is not None and first <= span[1]:
        yield number, first, last_of_months(span[0], 12 * number), span[1]
        first = last_of_months(span[0], 12 * number) + _DAY
        number += 1


def _by_rule(policy: Policy, plans: Iterable[Record], sizes: dict[str, str | None]) -> Iterator[Owed]:
    planned = [plan["window_end_date"] for plan in plans]
    start = policy.own["cover_start_date"]
    for number, first, last, covered_to in _years(policy):
        has_plan = any(first <= day <= min(last, covered_to) for day in planned)
        for rule in load_obligations():
            for duty, place, window in _windows(rule):
                begin = last_of_months(start, 12 * (number - 1) + window[0]) + _DAY
                end = last_of_months(start, 12 * (number - 1) + window[1])
                due = min(end, covered_to)
                if begin > covered_to or _ruling(policy, due, first, sizes) is not rule:
                    continue
                required = _rounded(
                    Fraction(duty.count * ((due - begin).days + 1), (end - begin).days + 1), rule.rounding
                )
                if required > 0 and (rule.stands == "instead_of_plan" or not has_plan):
                    name = f"{policy.policy_no}/{rule.rule_no}/{number}/{duty.duty}/{place}"
                    yield Owed(name, begin, due, required, duty.items)


def _windows(rule: Rule) -> Iterator[tuple[Duty, int, tuple[int, ...]]]:
    return ((duty, place, window) for duty in rule.duties for place, window in enumerate(duty.windows, 1))


def _rounded(share: Fraction, how: str) -> int:
    if how == "down":
        return share.__floor__()
    return share.__ceil__() if how == "up" else (share + Fraction(1, 2)).__floor__()


def _is_replaced(policy: Policy, due: dt.date, sizes: dict[str, str | None]) -> bool:
    for _, first, last, covered_to in _years(policy):
        if first <= due <= min(last, covered_to):
            rule = _ruling(policy, due, first, sizes)
            return rule is not None and rule.stands == "instead_of_plan"
    return False


def _ruling(policy: Policy, due: dt.date, year_first: dt.date, sizes: dict[str, str | None]) -> Rule | None:
    """The rule that asks on a day: one in place of plans before others, then the closest place, then a sector's own."""
    values = policy.on(due).values
    place, domain = regions.resolve(values["region_code"]), policy.own["high_risk_domain_code"]
    size = sizes.get(values["insured_credit_code"])
    found: list[tuple[bool, int, bool, str, int]] = []
    rules = load_obligations()
    for n, rule in enumerate(rules):
        is_meant = (
            rule.valid_from <= year_first <= (rule.valid_to or LAST_DAY)
            and {ANY, policy.own["insured_object_code"]} & set(rule.objects)
            and {ANY, size} & set(rule.sizes)
        )
        for code in rule.regions if is_meant else ():
            for sector in rule.domains:
                if _is_there(code, place) and sector in (ANY, domain, "10" if domain in ("11", "12") else domain):
                    closeness = 0 if code == ANY else -len(code)
                    found.append((rule.stands != "instead_of_plan", closeness, sector == ANY, rule.rule_no, n))
    return rules[min(found)[-1]] if found else None


def _is_there(code: str, place: Place | None) -> bool:
    if code == ANY or place is None:
        return code == ANY
    if len(code) < 6:
        return (place.city_code or place.province_code).startswith(code)
    return code in (place.county_code, place.city_code, place.province_code)


def _services(world: World) -> dict[tuple[str, str | None], list[tuple[dt.date, str, str]]]:
    """(day, number, item) of the confirmed services of each policy until the as-of day, in order."""
    found: dict[tuple[str, str | None], list[tuple[dt.date, str, str]]] = defaultdict(list)
    for insurer_id, service in world.all("service_record"):
        day = confirmed_on(service)
        if day is not None and day <= world.as_of:
            found[insurer_id, service["policy_no"]].append((day, service["service_no"], service["service_item_code"]))
    return defaultdict(list, {link: sorted(services) for link, services in found.items()})


def _serve(obligations: list[Owed], services: Iterable[tuple[dt.date, str, str]]) -> None:
    """Count each service once: for the window that holds its day and ends first, else for the oldest that is over."""
    ordered = sorted(obligations, key=lambda o: (o.last, -o.first.toordinal(), o.name))
    for day, _, item in services:
        open_ones = [
            o for o in ordered if o.done < o.required and o.first <= day and (ANY in o.items or item in o.items)
        ]
        chosen = next((o for o in open_ones if o.last >= day), open_ones[0] if open_ones else None)
        if chosen is not None:
            chosen.done += 1
