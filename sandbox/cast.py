"""The cast: 35 invented insurers. No real company appears; names come from the solar terms, stars and plants.

``dialect`` is how the insurer speaks: an API dialect served by sandbox.server, or a drop dialect written by
sandbox.drops. ``fault`` is what goes wrong in the demo night, and only then.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Insurer:
    """One simulated insurer; ``insurer_id`` names its definition file and its DAG."""

    insurer_id: str
    name_zh: str
    dialect: str
    fault: str | None = None

    @property
    def insurer_code(self) -> str:
        return self.insurer_id.upper()

    @property
    def is_drop(self) -> bool:
        return self.dialect.startswith(("csv_", "xlsx_"))


_CAST = """
lichun     立春 xinghe
yushui     雨水 xinghe
jingzhe    惊蛰 xinghe
chunfen    春分 xinghe
qingming   清明 xinghe
guyu       谷雨 haiyue
lixia      立夏 haiyue
xiaoman    小满 haiyue     throttling
mangzhong  芒种 xinfeng
xiazhi     夏至 yunfan
xiaoshu    小暑 yunfan
dashu      大暑 yunfan
liqiu      立秋 tongxing
chushu     处暑 chengxin
bailu      白露 chengxin   down
qiufen     秋分 chengxin
hanlu      寒露 chengxin
shuangjiang 霜降 danye
lidong     立冬 danye
xiaoxue    小雪 danye
daxue      大雪 lianwang
dongzhi    冬至 lianwang
xiaohan    小寒 lianwang
dahan      大寒 guyan      bad_rows
tianshu    天枢 guyan
tianxuan   天璇 guyan
tianji     天玑 csv_utf8
tianquan   天权 csv_utf8   silent
yuheng     玉衡 csv_utf8   duplicate
kaiyang    开阳 csv_utf8_bom_tab
yaoguang   摇光 csv_gb18030
qingsong   青松 csv_gb18030_semicolon
cuizhu     翠竹 xlsx_ledger
hanmei     寒梅 xlsx_ledger
youlan     幽兰 xlsx_plain
"""


def _insurer(line: str) -> Insurer:
    insurer_id, name, dialect, *fault = line.split()
    return Insurer(insurer_id, f"{name}财产保险(模拟)", dialect, fault[0] if fault else None)


CAST: tuple[Insurer, ...] = tuple(_insurer(line) for line in _CAST.strip().splitlines())
