"""Why a record is in no figure, or a figure has no value, in words: the codes of docs/indicators.md."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from warehouse.indicators.measures import Words

#: Reasons of excluded contributions, in the order in which the first that matches wins.
EXCLUSIONS: Mapping[str, Words] = MappingProxyType(
    {
        "claim_unknown": Words("赔案尚未报送", "the claim is not known"),
        "service_unknown": Words("服务记录尚未报送", "the service is not known"),
        "policy_unknown": Words("保单尚未报送", "the policy is not known"),
        "not_lead": Words("共保非首席,由首席承保人计数", "coinsured, counted by the lead insurer"),
        "policy_void": Words("保单自始注销(状态60)", "the policy is void from the start (status 60)"),
        "status_after_as_of": Words("经营状态日期晚于统计截止日", "the operation status is dated after the as-of day"),
        "no_threshold": Words("当地无最低限额规定", "no minimum limit applies"),
        "policy_not_in_force": Words("计划截止日保单无效", "the policy is not in force on the window's last day"),
        "still_open": Words("统计截止日尚未验证闭环", "not verified by the as-of day"),
        "no_ratio": Words("保单无约定比例,当地也无要求比例", "no fee ratio is agreed or required"),
        "outside_province": Words("地区代码不在本省", "the region is unknown or outside the province"),
    }
)

#: Reasons of a figure without value.
NULLS: Mapping[str, Words] = MappingProxyType(
    {
        "zero_denominator": Words("分母为零", "the denominator is zero"),
        "negative_denominator": Words("分母为负", "the denominator is negative"),
    }
)
