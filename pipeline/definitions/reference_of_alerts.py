"""The page of alerts: every kind with its words, thresholds and source, and what the data does not allow."""

from __future__ import annotations

from schemas import generate
from warehouse.alerts.catalogue import Definition, Threshold, load_definitions
from warehouse.alerts.thresholds import shown

OWNERS = {"insurer": "机构 insurer", "city": "市 city", "province": "省 province"}
#: Kinds of the domain's list that are not looked for, or in part, and the field that is missing.
LEFT_OUT = (
    ("A17", "专项预算缺失", "没有 `fee_budget` 这种数据:年度专项预算不报送。No record type of budgets"),
    ("A22", "投诉超期", "没有投诉这种数据(受理时间、答复时间)。No record type of complaints"),
    ("A27", "档案不全、超期销毁", "没有档案目录和销毁申请这种数据。No record type of archives"),
    ("A12", "告知、上报的在途部分", "R22 的后续义务没有字段。The further duty of R22 has no field"),
    (
        "A21",
        "拒赔通知超过3日;60日先行赔付",
        "没有拒赔通知时间和部分赔付标志。No time of a refusal notice, no mark of a part paid",
    ),
    ("A24", "资质过期", "资质有效期写在 `qualification_list` 的文字里,没有单独字段。No field of a qualification's end"),
)
_ON_KINDS = """\
Words, thresholds and SQL stand in `warehouse/alerts/definitions/`; who is told, and how: [alerts](../alerts.md). A threshold is the
register's entry of its rule number where there is one (whole province, all sectors), else the default."""


def alerts_page() -> str:
    """The page in Markdown."""
    known = load_definitions()
    rows = [
        (f"[{d.id}](#{d.id.lower()})", d.title.zh, d.title.en, d.level_zh, OWNERS[d.owner]) for d in known.values()
    ]  # fmt: skip
    numbers = sorted({kind[:3] for kind in known})
    return "\n\n".join(
        [
            "# Alerts",
            _ON_KINDS,
            f"{len(known)} kinds under {len(numbers)} numbers of the domain's list.",
            "\n".join(generate.table(("种类 kind", "名称 title", "English", "级别 level", "责任 owner"), rows)),
            "## Not looked for\n\n"
            + "\n".join(generate.table(("种类 kind", "名称 title", "缺什么 missing"), LEFT_OUT)),
            *map(_kind, known.values()),
        ]
    )


def _kind(definition: Definition) -> str:
    read = definition.contributions
    sources = [
        *([f"`{definition.needs}`"] if definition.needs else []),
        *([f"indicator `{read.indicator}`, {read.period}"] if read else []),
        *(f"rule `{rule}`" for rule in definition.rules),
    ]
    rows = [
        ("级别 level", definition.level_zh),
        ("责任 owner", OWNERS[definition.owner]),
        ("一句话 message", definition.message),
        ("每条记录 record", definition.record),
        ("处理 remedy", definition.remedy),
        ("依据 basis", f"{definition.basis} ({definition.confidence})"),
        ("口径 label", definition.label),
        *((f"阈值 threshold `{t.name}`", _threshold(t)) for t in definition.thresholds),
        ("同源 shared with", ", ".join(sources) or "—"),
        ("可消除的数据 cleared by", ", ".join(f"`{feed}`" for feed in definition.feeds)),
        ("合并 rolls up", "是 yes" if definition.rolls_up and definition.owner == "insurer" else "否 no"),
        ("查看 where", f"`{definition.link}`"),
    ]  # fmt: skip
    table = "\n".join(generate.table(("", ""), rows))
    return f"## {definition.id}\n\n**{definition.title.zh}** {definition.title.en}\n\n{table}"


def _threshold(threshold: Threshold) -> str:
    default = "没有默认值 none" if threshold.default is None else shown(threshold, threshold.default)
    return f"{default}, from {threshold.valid_from}, rule `{threshold.rule_no}`<br>{threshold.source} ({threshold.confidence})"
