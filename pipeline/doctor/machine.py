"""This machine: the release that runs, settings, and the room of the folders that the hub writes to."""

from __future__ import annotations

import os
import pathlib
import shutil
import tempfile
from collections.abc import Iterator

from pipeline import logs
from pipeline.doctor.finding import Finding, bad, good, graded, warning
from pipeline.lineage import telling
from pipeline.settings import Settings
from schemas.errors import SetupError
from schemas.province import province
from warehouse.database import release
from warehouse.database.schema_version import newest

RELEASE, DISK, DROP = "程序 release", "磁盘 disk", "投递目录 drop folder"
SETTINGS = "设置 settings"
GIGABYTE = 1 << 30
#: Less room than the first is a warning, less than the second is bad: a load's scratch takes the largest file, copied.
ROOM_BYTES = (5 * GIGABYTE, GIGABYTE)


def findings(settings: Settings) -> Iterator[Finding]:
    """What is seen without asking anybody else."""
    yield good(RELEASE, f"anze-hub {release.own()}, schema {newest()}")
    here = province()
    yield good(SETTINGS, f"省 province {here.code} ({here.folder})")
    yield from _settings(settings)
    folders = {"var": settings.var_folder, "临时 scratch": pathlib.Path(tempfile.gettempdir())}
    if settings.landing_folder:
        folders["接收 landing"] = settings.landing_folder
    for name, folder in folders.items():
        yield _room(name, folder)


def drop_folder(settings: Settings, droppers: list[str]) -> Iterator[Finding]:
    """Whether the folder is there that some insurers drop files into."""
    if not droppers:
        return
    folder = settings.drop_folder
    if folder.is_dir() and os.access(folder, os.R_OK | os.X_OK):
        yield good(DROP, str(folder))
    else:
        seen = f"{folder} 不在本机 is not here ({len(droppers)} 家机构 insurers)"
        yield warning(DROP, seen, "收件的机器须挂载 mount it where `intake` runs")


def _settings(settings: Settings) -> Iterator[Finding]:
    try:
        logs.form_of(settings.environ)
        told = telling.lineage_folder(settings)
    except SetupError as error:
        yield bad(SETTINGS, str(error), "改正设置 mend the setting")
        return
    if told is None:
        return
    if telling.is_there():
        yield good(SETTINGS, f"血缘 lineage: OPENLINEAGE_*, 否则 else {told}")
    else:
        yield bad(SETTINGS, "没有 openlineage-python is not installed", "pip install -r requirements/prod.txt")


def _room(name: str, folder: pathlib.Path) -> Finding:
    """How much room the file system of a folder has; of one that is not there yet, that of what it will stand in."""
    there = next(each for each in (folder, *folder.parents) if each.exists())
    try:
        free = shutil.disk_usage(there).free
    except OSError as error:
        return bad(DISK, f"{name}: {folder}: {error.strerror}", "检查挂载 is it mounted?")
    seen = f"{name}: {folder}, 剩余 free {free / GIGABYTE:.1f} GB"
    if not os.access(there, os.W_OK):
        return bad(DISK, f"{seen}, 不可写 may not be written", "检查属主和权限 owner and rights")
    lacking = sum(free < bound for bound in ROOM_BYTES)
    return graded(DISK, lacking, (1, 2), seen, "清理或扩容 make room")
