"""One command at a time starts or runs a local installation; a second one says so and changes nothing."""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import os
import pathlib
from collections.abc import Iterator

from schemas.errors import InstallationBusy, SetupError
from schemas.time_zone import SHANGHAI


@contextlib.contextmanager
def alone(folder: pathlib.Path, command: str) -> Iterator[None]:
    """Hold the installation in ``folder`` for ``command``; the lock goes with the process, however that ends.

    Raises InstallationBusy, naming who holds it, and SetupError for a folder that cannot be written.
    """
    path = folder / "anze.lock"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = path.open("a+", encoding="utf-8")
    except OSError as error:
        raise SetupError(f"{path} cannot be written: {error.strerror}") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise InstallationBusy(_told(folder, file.read().strip())) from None
        file.truncate(0)
        file.write(f"{command}, {os.getpid()}, {dt.datetime.now(SHANGHAI):%H:%M:%S}\n")
        file.flush()
        yield


def _told(folder: pathlib.Path, holder: str) -> str:
    who = f"({holder})" if holder else ""
    return (
        f"{folder} 正被另一个命令使用{who},本次没有做任何改动,请等它结束后再运行 "
        "another command is at work here, nothing was changed: run it again when that has ended"
    )
