"""Who asks: a person's account, or an insurer's program, as the database knows it."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from schemas.code_lists import load_code_lists
from schemas.regions import region_name

KIND_NAMES = {
    "province": ("省级监管", "Province"),
    "city": ("市级监管", "City"),
    "county": ("县级监管", "County"),
    "industry": ("行业主管部门", "Industry department"),
    "finance": ("金融监管", "Financial regulator"),
    "analyst": ("数据分析", "Analyst"),
    "insurer_reader": ("保险机构查阅", "Insurer, reader"),
    "insurer_submitter": ("保险机构报送", "Insurer, submitter"),
    "engineer": ("平台运维", "Engineer"),
    "auditor": ("审计", "Auditor"),
}


@dataclass(frozen=True)
class Person:
    """An account and its right; ``*`` stands for everything of a kind."""

    login: str
    kind: str
    region_codes: tuple[str, ...]
    domain_codes: tuple[str, ...]
    insurer_id: str
    sees_personal: bool

    @property
    def is_of_insurer(self) -> bool:
        """Whether it belongs to an insurer; all others are regulators' or the platform's."""
        return self.insurer_id != "*"

    @property
    def sees_all_areas(self) -> bool:
        """Whether it sees all areas and sectors: a delivery belongs to none, so that others see none."""
        return "*" in self.region_codes and "*" in self.domain_codes

    @property
    def may_submit(self) -> bool:
        """Whether it may hand in deliveries."""
        return self.kind == "insurer_submitter"

    def scope(self, insurer_name: str | None = None) -> str:
        """What it may see, in Chinese: an insurer, regions, sectors."""
        if self.is_of_insurer:
            return insurer_name or self.insurer_id
        regions = [region_name(code) or code for code in self.region_codes if code != "*"]
        entries = load_code_lists()["CL-DOMAIN"].entries if "*" not in self.domain_codes else ()
        domains = [entry.zh for entry in entries if entry.code in self.domain_codes]
        return "、".join(regions or ["全省"]) + ("" if not domains else " " + "、".join(dict.fromkeys(domains)))


def person_of(row: sa.RowMapping) -> Person:
    """The person of a row of ``access.session_of`` or ``access.token_of``."""
    return Person(
        row["role_name"], row["kind"], tuple(row["region_codes"]), tuple(row["domain_codes"]), row["insurer_id"],
        row["sees_personal"],
    )  # fmt: skip
