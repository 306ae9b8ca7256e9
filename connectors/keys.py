"""The keys of insurer and vendor files at their top, and of a record type, each with what it means."""

from __future__ import annotations

OWN_KEYS = {
    "insurer": "The insurer's id: the file's name without .yml. Names folder, DAG and credentials.",
    "extends": "The vendor profile that the file is laid over; a file without it holds everything itself.",
    "name": "Chinese name, as people read it.",
    "insurer_code": "The code that the insurer writes in its records: 2 to 12 of A-Z, 0-9 and _, each insurer its own.",
    "feed_mode": "How deliveries come: a code of CL-FEED-MODE, in quotes.",
    "base_url": "API: https address below which all paths lie; may hold ${NAME} of the environment.",
    "schedule": "When it is collected: five cron fields in Asia/Shanghai, in quotes.",
    "expected": "Since when, until when and by what agreement deliveries are expected; of a record type by itself below its name.",
    "contact": "Whom to ask when something is wrong.",
}
"""Keys that only an insurer's own file has; it may also overlay every key of its vendor, besides ``vendor``."""

VENDOR_KEYS = {
    "vendor": "The profile's name: the file's name without .yml.",
    "channel": "api: an interface is asked; drop: files are put into a folder.",
    "naming": "How columns are called that `columns` does not name: snake (policy_no), camel (policyNo), business_name "
    "(保单号), none (a field that is not named has no column).",
    "auth": "API: how requests prove who asks.",
    "request": "API: GET or POST, and what every query carries.",
    "signature": "API: a signature over every query.",
    "envelope": "API: answers that arrive encrypted.",
    "tls": "API: client certificate, and an authority of the insurer's own.",
    "paging": "API: how pages follow each other.",
    "window": "API: how the interval of a collection is asked for.",
    "response": "API: where items stand, and what proves that an answer is complete.",
    "limits": "API: how gently and how patiently the hub asks.",
    "file": "Drop: how files are written.",
    "records": "The record types that arrive; of a drop those whose columns differ.",
    "ignored": "Column -> why it is not loaded, for all record types.",
    "kinds": "Field kind (date, timestamp, amount, boolean ...) -> how all columns of it are written; keys as below columns.",
    "lookups": "Name -> source value -> canonical value, to be named by columns and kinds.",
}

RECORD_KEYS = {
    "path": "API: path below base_url; of a record type within another, the path of its list inside an item.",
    "params": "API: parameters of this record type's queries alone.",
    "columns": "Field -> source column, or what converts it.",
    "ignored": "Column -> why it is not loaded.",
    "replaces": "all: every delivery is a full snapshot, and what it does not hold is withdrawn.",
    "within": "The record type in whose items these records stand, as a list at path; one answer is read for both.",
    "inherit": "Within another: own field -> column of the record around it.",
    "absent": "Within another: none = an item without the list has no such records; else that is a changed shape.",
}
