"""A page for each rule, to which every problem links: what it demands, what to do, where it comes from."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from portal.asking import Here, language, page
from portal.look.frame import Crumb
from portal.look.texts import texts
from portal.problems import Problem
from portal.submissions.words import SEVERITIES, record_name
from schemas.contract import load_contracts

router = APIRouter(include_in_schema=False)


@router.get("/rules/{rule_id}")
def show(request: Request, here: Here, rule_id: str) -> HTMLResponse:
    """One rule. Raises Problem NOT-FOUND."""
    rule = here.hub.rules.by_id.get(rule_id)
    if rule is None:
        raise Problem("NOT-FOUND")
    contracts = load_contracts()
    of = [rule.record_type] if rule.record_type in contracts else [*contracts]
    names = {field.name: field.business_name for name in of for field in contracts[name].fields}
    t = texts(language(request))
    return page(
        request, "submissions/rule.html", rule=rule, severity=SEVERITIES[rule.severity],
        field_names=[names.get(name, name) for name in rule.fields],
        applies_to=t("全部数据类型", "Every record type") if rule.record_type == "*" else record_name(rule.record_type, language(request)),
        crumbs=(Crumb(t("规则", "Rules")), Crumb(rule.rule_id)),
    )  # fmt: skip
