"""Lists of who is not insured, or not enough."""

from __future__ import annotations

from portal.console.lists.work_list import Column, WorkList
from schemas.yaml_files import Words

ENTERPRISE = Column("enterprise_name", "text", "企业名称", "Enterprise")
CREDIT_CODE = Column("credit_code", "text", "统一社会信用代码", "Credit code")
INSURED = Column("insured_name", "text", "被保险人", "Insured")
INSURED_CODE = Column("insured_credit_code", "text", "统一社会信用代码", "Credit code")
POLICY_NO = Column("policy_no", "text", "保单号", "Policy")
REGION = Column("region_code", "region", "地区", "Area")
DOMAIN = Column("domain_code", "code", "行业领域", "Sector", "CL-DOMAIN")
INSURER = Column("insurer_id", "insurer", "保险机构", "Insurer")
DEPARTMENT = Column("regulator_dept_code", "code", "监管部门", "Department", "CL-DEPT")

INSURING = (
    WorkList(
        "uncovered", "应保未保企业", "Must insure, not insured",
        Words(
            zh="应投保企业名录中、统计截止日负有投保义务且在生产经营的企业,当日没有一份有效的企业保单。家数等于投保覆盖率的分母减分子",
            en="Enterprises of the register that must insure on the as-of day and operate, with no enterprise policy in "
            "force: as many as the coverage ratio's denominator less its numerator",
        ),
        Words(
            zh="不含停产、关闭的企业,不含工程项目、车船保单所保的对象;其他机构或外地承保的企业算已投保",
            en="Enterprises that stopped or closed; objects of project and vessel policies. Cover anywhere by any insurer counts",
        ),
        (
            ENTERPRISE, CREDIT_CODE, REGION, DOMAIN, DEPARTMENT,
            Column("must_insure_from_date", "date", "应投保起", "Must insure from"),
            Column("operation_status_code", "code", "经营状态", "Operation", "CL-OPERATION-STATUS"),
            Column("size_code", "code", "规模", "Size", "CL-SIZE"),
            Column("employee_count", "count", "从业人员", "Employees"),
            Column("last_end_date", "date", "上次保险止期", "Last end of cover"),
        ),
        cell=("I1", "as_of"),
    ),
    WorkList(
        "partly_insured", "未全员投保企业", "Not all staff insured",
        Words(
            zh="已投保的应投保企业,参保人数少于从业人员数。从业人员数取名录一年内的数,没有时取保单所报",
            en="Insured enterprises whose insured persons are fewer than their staff; the staff is the register's count of the "
            "last year, else the policy's",
        ),
        Words(zh="不含未投保的企业,见应保未保企业", en="Enterprises without cover: they are in their own list"),
        (
            ENTERPRISE, CREDIT_CODE, REGION, DOMAIN, DEPARTMENT,
            Column("staff_count", "count", "从业人员", "Staff"), Column("insured_count", "count", "参保人数", "Insured persons"),
            Column("missing_count", "count", "缺口", "Missing"),
        ),
        cell=("I1b", "as_of"),
    ),
    WorkList(
        "low_limit", "限额低于最低标准的保单", "Limit below minimum",
        Words(
            zh="统计截止日有效的企业保单,每人死亡伤残责任限额低于签单日适用的最低标准(规则阈值名录,国家与地方取高者)",
            en="Enterprise policies in force whose limit per person is below the minimum that applied on the day of issue: the "
            "highest of the register's national and local ones",
        ),
        Words(
            zh="不含共保非首席、无投保义务企业的保单,不含没有最低标准可依的保单",
            en="Followers of coinsured policies, enterprises that need not insure, places without a minimum",
        ),
        (
            POLICY_NO, INSURED, INSURED_CODE, REGION, DOMAIN, INSURER,
            Column("issue_date", "date", "签单日期", "Issued"),
            Column("per_person_limit_amount", "amount", "每人限额", "Limit per person"),
            Column("minimum_amount", "amount", "最低标准", "Minimum"),
            Column("cover_end_date", "date", "保险止期", "End of cover"),
        ),
        cell=("I1c", "as_of"),
    ),
    WorkList(
        "ending", "即将到期的保单", "Cover ends soon",
        Words(
            zh="统计截止日有效、保障在之后若干天内(默认30天)终止的保单,批单已计入",
            en="Policies in force whose cover ends within some days (30 unless said otherwise), endorsements included",
        ),
        Words(
            zh="不含已到期的保单和共保非首席的保单;续保保单只在您看得到的保单中查找",
            en="Policies that have ended, followers of coinsured ones; the renewal is looked for among the policies that you see",
        ),
        (
            POLICY_NO, INSURED, INSURED_CODE, REGION, DOMAIN, INSURER,
            Column("last_day", "date", "保障最后一日", "Last day"), Column("days_left", "count", "剩余天数", "Days left"),
            Column("next_policy_no", "text", "续保保单", "Renewal"),
        ),
        dated="last_day",
    ),
    WorkList(
        "commission", "佣金超上限", "Commission over the bound",
        Words(
            zh="佣金比例(或佣金金额与签单保费之比)高于签单日上限的在库保单,以及因佣金规则被隔离的行",
            en="Policies whose commission ratio, or amount over written premium, is above the bound of the day of issue, and rows "
            "that rules on commission hold",
        ),
        Words(
            zh="不含未报佣金的保单;被隔离的行不属于任何地区,只在全省列出",
            en="Policies that name no commission; held rows have no area and are listed for the whole province",
        ),
        (
            Column("state", "state", "状态", "State"), POLICY_NO, INSURED, REGION, DOMAIN, INSURER,
            Column("issue_date", "date", "签单日期", "Issued"),
            Column("written_premium_amount", "amount", "签单保费", "Written premium"),
            Column("commission_ratio", "ratio", "佣金比例", "Commission"), Column("bound_ratio", "ratio", "上限", "Bound"),
            Column("rule_id", "rule", "规则", "Rule"),
        ),
    ),
)  # fmt: skip
