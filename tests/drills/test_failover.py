"""The failover drill keeps its promise, and fails when the promise is broken on purpose."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize(("options", "code"), [((), 0), (("--without-quorum",), 1)])
def test_a_receipt_is_lost_only_without_quorum(options: tuple[str, ...], code: int) -> None:
    command = [sys.executable, "-m", "drills.failover", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    assert (done.returncode, "receipts lost: 0\n" in done.stdout) == (code, code == 0), done.stdout + done.stderr
