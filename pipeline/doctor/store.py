"""The landing store: whether it is there, can be read, and is one that may be written to."""

from __future__ import annotations

import os
from collections.abc import Iterator

from pipeline.doctor.finding import Finding, bad, good
from pipeline.settings import Settings
from schemas.errors import HubError
from warehouse.landing import manifests
from warehouse.landing.store import open_store

LANDING = "接收存储 landing"
TO_DO = "docs/watching.md#landingdown"


def findings(settings: Settings) -> Iterator[Finding]:
    """A folder is looked at; a bucket is probed, as it is before a process writes to it first."""
    folder = settings.landing_folder
    if folder is not None and not folder.is_dir():
        yield bad(LANDING, f"{folder} 不存在 is not there", "是否已挂载 is it mounted? 新安装 a new one: anze migrate")
        return
    if folder is not None and not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        yield bad(LANDING, f"{folder} 不可读写 may not be read and written", "检查属主和权限 owner and rights")
        return
    try:
        store = open_store(settings.landing, settings.environ)
        if folder is None:
            store.prepare()
        first = next(manifests.numbers(store), None)
    except HubError as error:
        yield bad(LANDING, str(error), TO_DO)
        return
    probed = "" if folder else ", 探测通过 probed"
    yield good(LANDING, f"{store.where()}{probed}" + ("" if first else ", 尚无回执 no receipt yet"))
