"""Rules of data quality, for programs."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path
from pydantic import BaseModel

from portal.api.answers import problems
from portal.api.answers import router as part
from portal.asking import Here
from portal.problems import Problem
from schemas.findings import Rule

router = part()


class RuleView(BaseModel):
    """A rule: what it demands, how bad a breach is, what to do then, and where the rule comes from."""

    rule_id: str
    record_type: str
    tier: str
    severity: str
    fields: list[str]
    title_zh: str
    title_en: str
    message_zh: str
    message_en: str
    remedy_zh: str
    remedy_en: str
    basis: str
    links: dict[str, str]


@router.get("/rules", summary="Every rule", tags=["rules"])
def rules(here: Here) -> list[RuleView]:
    """The rules by which deliveries are judged today."""
    return [_view(rule) for rule in here.hub.rules.rules]


@router.get("/rules/{rule_id}", summary="One rule", tags=["rules"], responses=problems("NOT-FOUND"))
def rule(here: Here, rule_id: Annotated[str, Path(max_length=20)]) -> RuleView:
    """A rule by its code, as findings name it."""
    found = here.hub.rules.by_id.get(rule_id)
    if found is None:
        raise Problem("NOT-FOUND")
    return _view(found)


def _view(rule: Rule) -> RuleView:
    told = {name: getattr(rule, name) for name in RuleView.model_fields if name not in ("fields", "links")}
    return RuleView(**told, fields=[*rule.fields], links={"page": f"/rules/{rule.rule_id}"})
