"""The upgrade drill keeps its promises, and fails when a worker does not look which release is in force."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.long
@pytest.mark.parametrize(("options", "code"), [((), 0), (("--heedless",), 1)])
def test_one_release_loads_at_a_time(options: tuple[str, ...], code: int) -> None:
    command = [sys.executable, "-m", "drills.upgrade", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    told = "loads of the old release after the new one's migration: 0\n"
    assert (done.returncode, told in done.stdout) == (code, code == 0), done.stdout + done.stderr
