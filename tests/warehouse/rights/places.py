"""Records that say by their numbers whose they are: every record of every kind of place, sector and insurer."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from schemas.regions import resolve_region
from tests.warehouse.indicators.story import Hub
from warehouse.database.access import has_grant_options

#: Region and sector of records; 371202 was a county of a city that went into 370100.
PLACES = (("370102", "20"), ("370202", "20"), ("370285", "30"), ("371202", "30"), ("370203", "11"))
INSURERS = ("lichun", "yushui")
#: Views whose rows are nobody's: registers, code lists and what says how figures were made.
OPEN = frozenset(
    {"region", "code", "rule", "field", "insurer", "insurer_branch", "agency", "rule_threshold", "account"}
)
#: Why a refusal is not expected there.
BEFORE_16 = "before PostgreSQL 16 a member may become its group, which sees nothing"
TOKEN = re.compile(r"R(\d{6})D(\d\d)I([a-z]+)")


@dataclasses.dataclass(frozen=True)
class Reader:
    """A kind of reader, and what it may see said independently of the database; None = all."""

    name: str
    kind: str
    right: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    regions: frozenset[str] | None = None
    domains: frozenset[str] | None = None
    insurer: str | None = None

    def sees(self, region: str, domain: str, insurer: str) -> bool:
        return (
            (self.regions is None or region in self.regions)
            and (self.domains is None or domain in self.domains)
            and (self.insurer is None or insurer == self.insurer)
        )

    def foreign(self, text: str) -> list[str]:
        """Numbers in a text that are of records which the reader may not see."""
        return [found[0] for found in TOKEN.finditer(text) if not self.sees(*found.groups())]

    def may_hold(self, row: Mapping[str, Any]) -> bool:
        """Whether a row's own columns say that it is the reader's."""
        region, domain, insurer = row.get("region_code"), row.get("domain_code"), row.get("insurer_id")
        return (
            (region is None or self.regions is None or region in self.regions or bool(self._of_regions(region)))
            and (domain is None or self.domains is None or domain in self.domains)
            and (insurer is None or self.insurer is None or insurer == self.insurer)
        )

    def _of_regions(self, code: str) -> set[str]:
        """The entitled regions that a code counts for."""
        found = resolve_region(code, None)
        counted = {found.county_code, found.city_code} if found else set()
        return counted & set(self.right.get("region_codes", ()))


READERS = (
    Reader("a_province", "province"),
    Reader("a_city", "city", {"region_codes": ("370100",)}, frozenset({"370102", "371202"})),
    Reader("another_city", "city", {"region_codes": ("370200",), "sees_personal": True}, frozenset({"370202", "370203", "370285"})),
    Reader("a_county", "county", {"region_codes": ("370202",)}, frozenset({"370202"})),
    Reader("a_new_county", "county", {"region_codes": ("370116",)}, frozenset({"371202"})),
    Reader("an_industry", "industry", {"domain_codes": ("20",)}, None, frozenset({"20"})),
    Reader("a_group", "industry", {"domain_codes": ("10",)}, None, frozenset({"10", "11", "12"})),
    Reader(
        "a_city_office", "industry", {"domain_codes": ("30",), "region_codes": ("370200",)},
        frozenset({"370202", "370203", "370285"}), frozenset({"30"}),
    ),
    Reader("finance_bureau", "finance"),
    Reader("an_analyst", "analyst", {"region_codes": ("370100", "370202")}, frozenset({"370102", "371202", "370202"})),
    Reader("a_company", "insurer_reader", {"insurer_id": "lichun"}, None, None, "lichun"),
    Reader("a_submitter", "insurer_submitter", {"insurer_id": "yushui", "sees_personal": True}, None, None, "yushui"),
    Reader("an_engineer", "engineer"),
    Reader("an_auditor", "auditor"),
)  # fmt: skip


def deliver(hub: Hub) -> None:
    """Records of every type for every place and insurer; some held, some corrected, one whose policy never came."""
    tokens = {place: f"R{place[0]}D{place[1]}I" for place in PLACES}
    hub.deliver(
        "enterprise",
        [
            {
                "credit_code": f"C{region}", "enterprise_name": f"{token}regulator", "region_code": region,
                "high_risk_domain_code": domain,
            }
            for (region, domain), token in tokens.items()
        ],
    )  # fmt: skip
    # An enterprise that is insured where it is not registered: figures of its place count a policy of another.
    place = {"region_code": "370203", "high_risk_domain_code": "20", "enterprise_name": "R370203D20Iregulator"}
    hub.deliver("enterprise", [{"credit_code": "C-MOVED", **place}])
    moved = {"policy_no": "R370102D20Ilichun-moved", "region_code": "370102", "insured_credit_code": "C-MOVED"}
    hub.deliver("policy", [moved])
    hub.deliver("service_record", [{"service_no": "R370102D20Ilichun-moved", "policy_no": moved["policy_no"]}])
    for insurer_id in INSURERS:
        numbers = {f"{token}{insurer_id}": place for place, token in tokens.items()}
        policies = [
            {
                "policy_no": no, "region_code": region, "high_risk_domain_code": domain, "contact_name": f"张三{no}",
                "insured_credit_code": f"C{region}", "contact_phone": "13800001111",
            }
            for no, (region, domain) in numbers.items()
        ]  # fmt: skip
        hub.deliver("policy", policies, insurer_id)
        hub.deliver("policy", [{**row, "product_name": "改"} for row in policies], insurer_id, held=[1, 2])
        hub.deliver("endorsement", [_child(no, "endorsement_no") for no in numbers], insurer_id)
        hub.deliver("premium_receipt", [_child(no, "receipt_no") for no in numbers], insurer_id)
        orphan = f"R000000D00I{insurer_id}"
        hub.deliver("claim", [_child(no, "report_no") for no in (*numbers, orphan)], insurer_id)
        hub.deliver("claim_payment", [{"payment_no": no, "report_no": no} for no in (*numbers, orphan)], insurer_id)
        hub.deliver("service_plan", [{**_child(no, "plan_no"), "plan_line_no": "1"} for no in numbers], insurer_id)
        hub.deliver(
            "service_record",
            [{**_child(no, "service_no"), "insured_credit_code": no, "plan_no": no} for no in numbers],
            insurer_id,
        )
        hub.deliver("hazard", [{"hazard_no": no, "service_no": no} for no in (*numbers, orphan)], insurer_id)
        hub.deliver("fee_expense", [_child(no, "expense_no") for no in numbers], insurer_id)
        hub.deliver("fee_expense", [{"expense_no": orphan, "is_pooled": True, "policy_no": None}], insurer_id)


def _child(no: str, key: str) -> dict[str, Any]:
    return {key: no, "policy_no": no}


def can_refuse_groups(engine: sa.Engine) -> bool:
    """Whether the server can keep a member from becoming its group."""
    with engine.connect() as connection:
        return has_grant_options(connection)
