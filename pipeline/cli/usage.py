"""What a failed call comes to: a wrong call's one line (Chinese, the parser's words, where the help stands), exit codes."""

from __future__ import annotations

import re

from typer.exceptions import TyperException

from schemas.errors import HubError, NotFound, RetryLater, TellInsurer

#: The parser's own words and what they mean, the first that fits; messages of ours begin in Chinese already.
MEANINGS = (
    (r"No such option", "没有这个选项"),
    (r"No such command", "没有这个命令"),
    (r"Missing argument", "缺少参数"),
    (r"Missing option", "缺少选项"),
    (r"unexpected extra argument", "多余的参数"),
    (r"(option|Option) .*requires", "选项后缺少值"),
    (r"does not take a value", "选项后不应有值"),
    (r"is not in the range", "超出范围"),
    (r"is not a valid", "格式不对"),
    (r"does not match the formats", "格式不对"),
    (r"does not exist", "文件不存在"),
    (r"is a directory", "是文件夹,应为文件"),
    (r"is not readable", "文件无法读取"),
)
#: (a command, an option that it does not take) -> the command that answers.
ANSWERED_BY = {
    ("anze indicator show", "--as-of"): "anze indicator at --as-of",
    ("anze indicator show", "--known-at"): "anze indicator at --known-at",
    ("anze indicator show", "--frozen"): "anze indicator frozen",
    ("anze indicator show", "--all"): "anze indicator frozen --all",
    ("anze indicator explain", "--frozen"): "anze indicator frozen",
    ("anze indicator at", "--publication"): "anze indicator show --publication",
    ("anze indicator at", "--frozen"): "anze indicator frozen",
}
CHINESE = re.compile("[\u4e00-\u9fff]")


def told(error: TyperException) -> str:
    """One line for the parser's exception ``error``; empty where it was a call for help, which is printed already."""
    message = " ".join(error.format_message().split())
    if not message:
        return ""
    message = re.sub(r"^Invalid value(?: for '?(.*?)'?)?: ", lambda m: f"{m[1]}: " if m[1] else "", message)
    if not CHINESE.search(message):
        meaning = next((zh for pattern, zh in MEANINGS if re.search(pattern, message)), "参数不对")
        message = f"{meaning} {message}"
    context = getattr(error, "ctx", None)
    if context is None:
        return message
    return f"{_elsewhere(context.command_path, message)} (帮助 help: {context.command_path} --help)"


def _elsewhere(command: str, message: str) -> str:
    """The message, with the command that answers in place of the parser's guess where an option is another command's."""
    refused = re.match(r".*No such option: (--[a-z-]+)", message)
    other = ANSWERED_BY.get((command, refused[1])) if refused else None
    return f"{refused[0]}, 请用 use: {other}" if refused and other else message


def exit_code(error: HubError) -> int:
    """1 for a refused delivery, 2 for what is not there, 3 for a fault that may pass, 4 for one that a person must mend."""
    if isinstance(error, NotFound):
        return 2
    if isinstance(error, RetryLater):
        return 3
    return 1 if isinstance(error, TellInsurer) else 4
