"""What the tests of fetching share: windows, one insurer of every dialect, and the items of an answer."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from connectors.fetch import Fetched
from connectors.fetch.body import dig
from connectors.model import InsurerDefinition
from connectors.parse.nested import split
from schemas.delivery import Window

SHANGHAI = dt.timezone(dt.timedelta(hours=8))
HISTORY = Window(None, dt.datetime(2026, 11, 18, 1, 30, tzinfo=SHANGHAI))
NIGHT = Window(None, dt.datetime(2026, 11, 21, 1, 30, tzinfo=SHANGHAI))
#: One healthy insurer of every API dialect.
SPEAKERS = {
    "xinghe": "lichun",
    "haiyue": "guyu",
    "yunfan": "xiazhi",
    "chengxin": "chushu",
    "danye": "lidong",
    "lianwang": "daxue",
    "guyan": "tianshu",
    "xinfeng": "mangzhong",
    "tongxing": "liqiu",
}
TOKENS = ["xiazhi", "daxue", "liqiu"]
PAGED = sorted(set(SPEAKERS.values()) - {"lidong"})


def items(definition: InsurerDefinition, fetched: Fetched, record_type: str = "") -> list[Any]:
    """The items of all pages; with a record type that stands inside others, those inside."""
    found = [item for p in fetched.payloads for item in dig(json.loads(p.content), definition.source_format.items_path)]
    within = definition.records[record_type].within if record_type else None
    return [inner for item in found for inner in split(item, within)] if within else found
