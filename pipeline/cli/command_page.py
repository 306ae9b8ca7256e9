"""The reference page of commands: usage, options and help of each."""

from __future__ import annotations

from collections.abc import Iterable

from typer.core import TyperGroup

from schemas.generate import table


def commands_page(root: TyperGroup) -> str:
    """The page of all commands, from the command line itself."""
    parts = [
        "# Commands",
        "Exit codes: 0 done; 1 the answer is no; 2 wrong usage; 3 try again later; 4 a person must act first.",
    ]
    return "\n\n".join([*parts, *_command_parts(root, "anze")])


def _command_parts(group: TyperGroup, prefix: str) -> Iterable[str]:
    for name, command in sorted(group.commands.items()):
        if isinstance(command, TyperGroup):
            yield from _command_parts(command, f"{prefix} {name}")
            continue
        usage = " ".join(command.collect_usage_pieces(command.make_context(name, [], resilient_parsing=True)))
        options = [
            (" ".join(f"`{o}`" for o in parameter.opts), getattr(parameter, "help", "") or "")
            for parameter in command.params
            if parameter.name != "help"
        ]
        listed = "\n\n" + "\n".join(table(("", ""), options)) if options else ""
        yield f"## `{prefix} {name}`\n\n`{prefix} {name} {usage}`\n\n{(command.help or '').strip()}{listed}"
