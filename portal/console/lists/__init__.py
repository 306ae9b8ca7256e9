"""The lists that a regulator works through: one module a group, one statement a list in ``portal/console/sql/lists``."""

from __future__ import annotations

from portal.console.lists.insuring import INSURING
from portal.console.lists.judging import JUDGING
from portal.console.lists.serving import SERVING
from portal.console.lists.work_list import Column, Filters, ListPage, WorkList, work_list

__all__ = ["LISTS", "Column", "Filters", "ListPage", "WorkList", "work_list"]

#: Every list by its name in an address.
LISTS = {each.name: each for each in (*INSURING, *SERVING, *JUDGING)}
