"""The drill of two workers keeps its promise, and fails when the promise is broken on purpose."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from drills.broker import MISSING


@pytest.mark.long
@pytest.mark.skipif(shutil.which("redis-server") is None, reason=MISSING)
@pytest.mark.parametrize(
    ("options", "code"), [(("--kills", "2"), 0), (("--own-folders", "--only", "nights"), 1)], ids=["kept", "broken"]
)
def test_a_night_is_the_same_on_any_machines_that_share_the_bucket(options: tuple[str, ...], code: int) -> None:
    command = [sys.executable, "-m", "drills.cluster", "--scale", "0.002", "--insurers", "9", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=3000)
    assert (done.returncode, "kept: yes" in done.stdout) == (code, code == 0), done.stdout + done.stderr
