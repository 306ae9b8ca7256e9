"""Why a record is in no figure, or a figure has no value, in words: the codes of docs/indicators.md."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from schemas.yaml_files import Words

#: Reasons of excluded contributions, in the order in which the first that matches wins.
EXCLUSIONS: Mapping[str, Words] = MappingProxyType(
    {
        "claim_unknown": Words(zh="赔案尚未报送", en="the claim is not known"),
        "service_unknown": Words(zh="服务记录尚未报送", en="the service is not known"),
        "policy_unknown": Words(zh="保单尚未报送", en="the policy is not known"),
        "not_lead": Words(zh="共保非首席,由首席承保人计数", en="coinsured, counted by the lead insurer"),
        "policy_void": Words(zh="保单自始注销(状态60)", en="the policy is void from the start (status 60)"),
        "status_after_as_of": Words(
            zh="经营状态日期晚于统计截止日", en="the operation status is dated after the as-of day"
        ),
        "no_threshold": Words(zh="当地无最低限额规定", en="no minimum limit applies"),
        "policy_not_in_force": Words(zh="计划截止日保单无效", en="the policy is not in force on the window's last day"),
        "still_open": Words(zh="统计截止日尚未验证闭环", en="not verified by the as-of day"),
        "no_ratio": Words(zh="保单无约定比例,当地也无要求比例", en="no fee ratio is agreed or required"),
        "outside_province": Words(zh="地区代码不在本省", en="the region is unknown or outside the province"),
    }
)

#: Reasons of a figure without value.
NULLS: Mapping[str, Words] = MappingProxyType(
    {
        "zero_denominator": Words(zh="分母为零", en="the denominator is zero"),
        "negative_denominator": Words(zh="分母为负", en="the denominator is negative"),
    }
)

#: Reasons of a figure that lacks deliveries and has no bounds.
UNBOUNDED: Mapping[str, Words] = MappingProxyType(
    {
        "no_history": Words(zh="缺报的数据从未报送", en="what lacks was never delivered"),
        "short_history": Words(zh="缺报的数据报送历史太短", en="what lacks has too short a history"),
        "long_gap": Words(zh="缺报太久", en="it lacks for too long"),
        "no_value": Words(zh="本格无值", en="the figure has no value"),
        "no_portfolio": Words(zh="该机构在本格无保单", en="the insurer has no policy here"),
        "weak_denominator": Words(zh="分母可能归零", en="the denominator may be zero"),
    }
)
