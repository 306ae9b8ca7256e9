"""Invented names and wordings; nothing here is a real person or company, and companies say so themselves."""

from __future__ import annotations

from sandbox.truth.chance import Random, pick

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰涛明超秀霞平刚桂英华玉兰建国志远思雨子涵浩然欣怡晨曦文博雅琴立新海波"
BRANDS = "晟霖泓岑禾屿澈棠珩昱芃翊岚檀沐宸澄栩朔芮彦峤湛珞砚桐筠旻逸溪"
TRADES = {
    "11": ("煤业", "煤矿"), "12": ("矿业", "石材开采"), "20": ("化工", "石化仓储", "气体"), "30": ("烟花", "花炮"),
    "40": ("运输", "物流", "航运"), "50": ("建设", "建筑工程", "市政工程"), "60": ("爆破", "民爆器材"),
    "70": ("冶金", "铝业", "铸造"), "80": ("渔业", "远洋捕捞", "水产"), "85": ("特种设备", "电梯"), "90": ("机械", "纺织", "食品", "木业"),
}  # fmt: skip
HAZARDS = (
    "配电箱未上锁且无警示标识", "灭火器压力不足", "安全出口堆放杂物", "作业人员未佩戴安全帽", "可燃气体报警器未校验",
    "临边防护缺失", "有限空间作业无审批", "电气线路私拉乱接", "危险化学品混存", "行车限位装置失灵",
    "特种作业证过期", "应急照明损坏", "防静电接地断开", "脚手架连墙件不足", "除尘系统积尘",
)  # fmt: skip
MAJOR_HAZARDS = (
    "深井铸造结晶器未设水流报警", "构成重大危险源的罐区未设紧急切断", "粉尘涉爆除尘系统未设防爆泄压", "有限空间未辨识未管控",
    "矿井安全出口不足", "高大模板支撑未经论证", "煤气柜安全联锁失效",
)  # fmt: skip
PLACES = ("一车间", "二车间", "原料库", "成品库", "配电室", "锅炉房", "罐区", "施工现场", "办公楼", "装卸区")
CRITERION = "《工贸企业重大事故隐患判定标准》对应行业条款"


def person(rng: Random) -> str:
    """A person's name of two or three characters."""
    name = pick(rng, SURNAMES) + pick(rng, GIVEN)
    return name + pick(rng, GIVEN) if rng.random() < 0.7 else name


def phone(rng: Random) -> str:
    """A mobile number of a series that is not in use (199 0000 xxxx)."""
    return f"1990000{int(rng.random() * 10_000):04d}"


def company(rng: Random, city_name: str, domain_code: str) -> str:
    """A company's name, marked as simulated."""
    brand = "".join(pick(rng, BRANDS) for _ in range(3))
    return f"{city_name.removesuffix('市')}{brand}{pick(rng, TRADES[domain_code])}有限公司(模拟)"


def digest(rng: Random) -> str:
    """A made-up SHA-256 in hexadecimal."""
    return f"{rng.getrandbits(256):064x}"
