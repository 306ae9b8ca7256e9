"""How simulated insurers speak over HTTP: one module a dialect, written after the vendor's manual, not after ours."""

from __future__ import annotations

from sandbox.dialects import chengxin, danye, guyan, haiyue, lianwang, tongxing, xinfeng, xinghe, yunfan
from sandbox.dialects.speech import Dialect

DIALECTS: dict[str, Dialect] = {
    "xinghe": xinghe.DIALECT,
    "haiyue": haiyue.DIALECT,
    "yunfan": yunfan.DIALECT,
    "chengxin": chengxin.DIALECT,
    "danye": danye.DIALECT,
    "lianwang": lianwang.DIALECT,
    "guyan": guyan.DIALECT,
    "xinfeng": xinfeng.DIALECT,
    "tongxing": tongxing.DIALECT,
}
