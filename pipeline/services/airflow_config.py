"""How Airflow is configured: ``config/`` says what every installation shares, the environment what is secret or a machine's own.

One machine: ``anze up`` writes an ``airflow.cfg`` of its own (pipeline/services/airflow.py). Several: ``anze airflow <role>`` on each
of them, by the names of ``NEEDED``.
"""

from __future__ import annotations

import configparser
import os
from collections.abc import Mapping
from urllib.parse import urlsplit

from pipeline.settings import ROOT, TWIN_URL, var_folder
from schemas.errors import SetupError

CONFIG = ROOT / "config"
#: ``airflow_local_settings`` is found here by its name.
PYTHONPATH = os.pathsep.join(map(str, (CONFIG, ROOT)))
BROKER_URL = "AIRFLOW__CELERY__BROKER_URL"
#: What each machine is told, by Airflow's names; each may come as ``<name>_CMD`` or ``<name>_SECRET`` instead.
NEEDED: Mapping[str, str] = {
    BROKER_URL: "任务队列 redis://:PASSWORD@HOST:6379/0, or rediss://",
    "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": "Airflow 元数据库 its own database, postgresql+psycopg2://",
    "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": "API 服务 http(s)://HOST/execution/",
    "AIRFLOW__CORE__FERNET_KEY": "连接中机密的密钥 what connections are encrypted with",
    "AIRFLOW__API__SECRET_KEY": "网页与日志的密钥 what signs sessions, and requests for logs",
    "AIRFLOW__API_AUTH__JWT_SECRET": "任务令牌的密钥 what signs the tokens of tasks",
}
_OTHER_SOURCES = ("", "_CMD", "_SECRET")
#: Secrets of the installation that a task has no business with; the loader's address is in what remains.
NOT_FOR_LOADERS = (TWIN_URL, "ANZE_REGULATOR_PASSWORD", "ANZE_AIRFLOW_DATABASE_PASSWORD")


def for_loaders(environ: Mapping[str, str]) -> dict[str, str]:
    """An environment without what no task needs to know."""
    return {name: value for name, value in environ.items() if name not in NOT_FOR_LOADERS}


def shared() -> dict[str, dict[str, str]]:
    """The sections of ``config/airflow.cfg``, without those of Celery."""
    read = configparser.ConfigParser(interpolation=None)
    read.read(CONFIG / "airflow.cfg", encoding="utf-8")
    return {name: dict(read[name]) for name in read.sections() if not name.startswith("celery")}


def is_one_of_several(environ: Mapping[str, str]) -> bool:
    """Whether this machine is told of a broker, and so shares its work with others."""
    return _is_given(BROKER_URL, environ)


def environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Environment of a role on one of several machines. Raises SetupError, naming what is not given."""
    missing = [f"{name} ({what})" for name, what in NEEDED.items() if not _is_given(name, environ)]
    if missing:
        raise SetupError(f"缺少环境变量 not set: {'; '.join(missing)}. docs/cluster.md")
    _require_password(environ.get(BROKER_URL, ""))
    return {
        "AIRFLOW_HOME": str(var_folder(environ) / "airflow"),
        "AIRFLOW_CONFIG": str(CONFIG / "airflow.cfg"),
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
        **for_loaders(environ),
        "PYTHONPATH": PYTHONPATH,
    }


def _is_given(name: str, environ: Mapping[str, str]) -> bool:
    return any(environ.get(name + source) for source in _OTHER_SOURCES)


def _require_password(broker_url: str) -> None:
    """Who may write to the broker starts tasks. Raises SetupError for a Redis that asks nobody."""
    address = urlsplit(broker_url)
    if address.scheme in ("redis", "rediss") and not address.password:
        raise SetupError(
            f"{BROKER_URL} 没有口令 holds no password: set requirepass in redis.conf, "
            "and write redis://:PASSWORD@HOST:6379/0"
        )
