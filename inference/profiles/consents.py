"""Consent: the latest record of each physician and channel, and whether it lets us write or call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import pyarrow as pa

OPT_IN_CHANNELS = frozenset({"email", "messaging", "phone", "mail"})
REFUSALS = frozenset({"opt_out", "never"})


@dataclass(frozen=True, slots=True)
class Consent:
    """One row of CONSENTS."""

    hcp_id: str
    channel: str
    status: str
    captured_at: datetime


def latest_consents(consents: pa.Table, as_of: date) -> dict[tuple[str, str], Consent]:
    """The latest consent by (hcp_id, channel), captured (UTC) on `as_of` at the latest.

    Of two captured at the same instant, the one that is not an opt-in holds.
    """
    rows = [Consent(**row) for row in consents.select(["hcp_id", "channel", "status", "captured_at"]).to_pylist()]
    known = [consent for consent in rows if consent.captured_at.date() <= as_of]
    known.sort(key=lambda c: (c.captured_at, c.status != "opt_in", c.status))
    return {(consent.hcp_id, consent.channel): consent for consent in known}


def is_consented(channel: str, consent: Consent | None) -> bool:
    """Whether the latest consent lets the channel be used."""
    return is_permitted(channel, None if consent is None else consent.status)


def is_permitted(channel: str, status: str | None) -> bool:
    """Whether that status permits the channel: whatever is known must be an opt-in.

    Where nothing is known, e-mail, messaging, phone and mail are closed and all others open.
    """
    return channel not in OPT_IN_CHANNELS if status is None else status == "opt_in"
