"""How a command ends: exit codes, and the errors that carry one with the sentence to say."""

from typing import Final

DONE: Final = 0
"""The command did what it was asked."""

FINDING: Final = 1
"""It worked and found something: a config error, no incident, a failed check."""

USAGE: Final = 2
"""The command line itself is wrong."""

UNREADABLE: Final = 3
"""The input cannot be read: no such file, not JSON, not UTF-8."""

FAULT: Final = 70
"""A fault of the program itself (EX_SOFTWARE of sysexits.h); its traceback is on stderr."""

INTERRUPTED: Final = 130
"""Stopped by Ctrl-C."""


class CommandError(Exception):
    """Ends a command with ``code``; the sentence goes to stderr, without a traceback."""

    code: int = FINDING


class UsageError(CommandError):
    """The arguments are well-formed but make no sense together."""

    code = USAGE


class UnreadableInputError(CommandError):
    """The input is not what the command can read: say where, what was found and what is expected."""

    code = UNREADABLE
