"""What happens to a night of two workers: a broker that forgets, tasks that outlive their worker, machines that die."""

from __future__ import annotations

import contextlib
import functools
import random
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from drills.machines import Machine
from drills.nights import HASTE, Stage, TooLate

DOWN_SECONDS = 2.0
#: Longer than Airflow waits for a sign of life, and looks for those that gave none.
FROZEN_SECONDS = 15 + float(HASTE["AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT"])
LONGEST_LIFE_SECONDS = 30.0


def broker_forgets(stage: Stage) -> str:
    """Flush the broker twice in mid-night, and kill it each time: what waited there is gone, and who listened is cut off.

    Raises TooLate.
    """
    lost = 0
    for part in (1 / 4, 1 / 2):
        stage.wait_for(functools.partial(_is_in_the_middle, stage, part * stage.task_count))
        lost += stage.tasks("queued")
        stage.broker.flush()
        stage.broker.kill()
        stage.is_over.wait(DOWN_SECONDS)
        stage.broker.start()
    return f"flushed twice, {lost} tasks were queued then"


def _is_in_the_middle(stage: Stage, done_count: float) -> bool:
    return stage.tasks("success") >= done_count and stage.tasks("running") > 0


def survivors(stage: Stage) -> str:
    """Kill a worker alone while it has tasks, freeze these until others have their work, and let them go on. Raises TooLate."""
    machine = stage.machines[-1]
    begun_count = stage.task_count / 4
    stage.wait_for(lambda: stage.tasks("success") >= begun_count and stage.tasks("running", machine.name) == 2)
    outlived = machine.signal(signal.SIGSTOP)
    machine.kill_worker()
    stage.machines.append(again := replace(machine, process=None))
    again.start()
    stage.is_over.wait(FROZEN_SECONDS)
    machine.signal(signal.SIGCONT)
    return f"2 tasks in {outlived} processes frozen for {FROZEN_SECONDS:.0f} s"


@dataclass
class Kills:
    """Workers die whole at random moments, and are started again. State: how many did, and how many tasks were cut off."""

    most: int
    count: int = 0
    cut_off_count: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, stage: Stage) -> str:
        with ThreadPoolExecutor() as beside:
            for each in [beside.submit(self._go_on, stage, machine) for machine in stage.machines]:
                each.result()
        return f"killed {self.count}, tasks they were at {self.cut_off_count}"

    def _go_on(self, stage: Stage, machine: Machine) -> None:
        with contextlib.suppress(TooLate):
            while True:
                stage.wait_for(machine.is_ready)
                if stage.is_over.wait(random.uniform(0, LONGEST_LIFE_SECONDS)):  # noqa: S311 - any moment will do
                    return
                with self.lock:
                    if self.count == self.most:
                        return
                    self.count += 1
                    self.cut_off_count += stage.tasks("running", machine.name)
                machine.kill()
                machine.start()
