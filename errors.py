"""The one exception that hcplens raises on purpose."""

from __future__ import annotations


class HcplensError(Exception):
    """Something the user can act on; the message says what is wrong, where, and what to do.

    Subclasses exist only where a caller handles one kind differently; `exit_code` is what the command line returns.
    """

    exit_code: int = 1


class InputError(HcplensError):
    """The input or the usage is at fault: a missing file, an unknown column, a value outside its vocabulary."""

    exit_code = 2


class GateMissedError(HcplensError):
    """The work was done but a figure that was asked for was missed."""

    exit_code = 3
