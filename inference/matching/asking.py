"""What is asked of every physician alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ...errors import InputError
from ..records.schemas import CHANNELS
from .module_rules import indication_id


@dataclass(frozen=True)
class Query:
    """Up to `k` modules on a day; without a channel any will do.

    With `log` answers hold their decisions, with `refusals` what was refused; with `only_answering` modules that answer
    no need are left out.

    Raises:
        InputError: the channel is unknown, k is below 1, or the indication is no id.
    """

    channel: str | None
    as_of: date
    k: int
    log: bool = False
    indication: str | None = None
    refusals: bool = True
    only_answering: bool = False

    def __post_init__(self) -> None:
        if self.channel is not None and self.channel not in CHANNELS:
            raise InputError(f"channel {self.channel!r} is unknown: use one of {', '.join(CHANNELS)}")
        if self.k < 1:
            raise InputError(f"k is {self.k}: ask for one module or more")
        if self.indication is not None and indication_id(self.indication) is None:
            raise InputError(f"indication {self.indication!r} is no id: give one word, as the catalogue has it")
