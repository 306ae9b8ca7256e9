"""All records known at one moment, with the links between them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from oracle import policies, regions, thresholds
from oracle.cells import Contribution
from oracle.policies import Policy
from oracle.regions import Place
from oracle.values import on_day

Record = Mapping[str, Any]
Sent = tuple[str, Record]
"""(insurer_id, record)."""
Records = Mapping[str, Sequence[Sent]]
"""Record type -> records known at K, none withdrawn."""
Link = tuple[str, str | None]
"""(insurer_id, number)."""


class Verdict(NamedTuple):
    """Timeliness of one record of an insurer by its main event; ``timeliness`` None = the rule was not in force.

    ``link`` is the field by which it hangs on a policy, and ``number`` what stands there.
    """

    insurer_id: str
    record_type: str
    event_on: dt.date | None
    deadline_on: dt.date | None
    timeliness: str | None
    link: str | None = None
    number: str | None = None


@dataclass
class World:
    """Records with their links resolved inside one sender only."""

    as_of: dt.date
    records: Records
    verdicts: Sequence[Verdict]
    policies: dict[Link, Policy]
    claims: dict[Link, Record]
    services: dict[Link, Record]
    policies_of: dict[str, list[Policy]] = field(default_factory=dict)
    """Credit code -> policies that cover that enterprise on some day."""

    def __post_init__(self) -> None:
        rules = [record for _, record in self.records.get("rule_threshold", ())]
        self.minimum_limits = thresholds.minimum_limits(rules)
        self.required_fee_ratios = thresholds.required_fee_ratios(rules)

    def all(self, record_type: str) -> Iterator[Sent]:
        return iter(self.records.get(record_type, ()))

    def policy_of_claim(self, insurer_id: str, report_no: str) -> Policy | str:
        """The policy of a claim, or the reason why there is none."""
        claim = self.claims.get((insurer_id, report_no))
        return "claim_unknown" if claim is None else self.policy(insurer_id, claim["policy_no"])

    def policy_of_service(self, insurer_id: str, service_no: str) -> Policy | str:
        """The policy of a service, or the reason why there is none."""
        service = self.services.get((insurer_id, service_no))
        return "service_unknown" if service is None else self.policy(insurer_id, service["policy_no"])

    def policy(self, insurer_id: str, policy_no: str | None) -> Policy | str:
        return self.policies.get((insurer_id, policy_no)) or "policy_unknown"


def build(records: Records, as_of: dt.date, verdicts: Sequence[Verdict] = ()) -> World:
    """Index the records known at K for one as-of day."""
    changes: dict[Link, list[Record]] = defaultdict(list)
    for insurer_id, endorsement in records.get("endorsement", ()):
        changes[insurer_id, endorsement["policy_no"]].append(endorsement)
    found = {
        (insurer_id, own["policy_no"]): policies.policy(
            insurer_id, own, changes.get((insurer_id, own["policy_no"]), ())
        )
        for insurer_id, own in records.get("policy", ())
    }
    return World(
        as_of=as_of,
        records=records,
        verdicts=verdicts,
        policies=found,
        claims=_by(records.get("claim", ()), "report_no"),
        services=_by(records.get("service_record", ()), "service_no"),
        policies_of=_by_enterprise(found.values()),
    )


def _by(sent: Iterable[Sent], number: str) -> dict[Link, Record]:
    return {(insurer_id, record[number]): record for insurer_id, record in sent}


def _by_enterprise(found: Iterable[Policy]) -> dict[str, list[Policy]]:
    policies_of: dict[str, list[Policy]] = defaultdict(list)
    for policy in found:
        for code in {stretch.values["insured_credit_code"] for stretch in policy.stretches}:
            policies_of[code].append(policy)
    return policies_of


def of_policy(
    policy: Policy | str,
    insurer_id: str,
    unit: str,
    day: dt.date,
    *,
    numerator: Decimal,
    denominator: Decimal,
    reason: str | None = None,
    lead_only: bool = False,
) -> Contribution:
    """A row that takes its area and sector from a policy as of its business date; ``policy`` may be a reason instead."""
    if isinstance(policy, str):
        return Contribution(unit, insurer_id, None, None, numerator, denominator, policy)
    if lead_only and not policy.is_lead:
        reason = "not_lead"
    place = place_of(policy, day)
    domain = policy.own["high_risk_domain_code"]
    return Contribution(unit, insurer_id, place, domain, numerator, denominator, reason)


def place_of(policy: Policy, day: dt.date) -> Place | None:
    """Where the risk of a policy lies on a day."""
    return regions.resolve(policy.on(day).values["region_code"])


def day_of(instant: dt.datetime | None) -> dt.date | None:
    """The Shanghai date of an instant that may be missing."""
    return None if instant is None else on_day(instant)
