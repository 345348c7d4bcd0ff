"""Whether a module may be shown to a physician, read off the catalogue's fields once more.

Written apart from the matcher's own rules, so that an error in those does not excuse itself. What is unknown blocks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

import pyarrow as pa

from ...inference.records.catalogue import Module

APPROVED = "approved"
NEEDS_OPT_IN = ("email", "messaging", "phone", "mail")


@dataclass(frozen=True)
class PermissionCheck:
    """What is known of the physicians: attributes by hcp_id, the latest consent status by (hcp_id, channel)."""

    physicians: Mapping[str, Mapping[str, Any]]
    consents: Mapping[tuple[str, str], str]
    as_of: date

    @classmethod
    def of(cls, tables: Mapping[str, pa.Table], as_of: date) -> PermissionCheck:
        """From the tables `hcps`, `consents` and `content_events` of a run, up to the end of a day (UTC)."""
        end = datetime.combine(as_of, time.max, tzinfo=UTC)
        consents = tables["consents"].to_pylist()
        told = [(row["captured_at"], row["status"], row["hcp_id"], row["channel"]) for row in consents]
        left = [row for row in tables["content_events"].to_pylist() if row["action"] == "unsubscribed"]
        told += [(row["timestamp"], "opt_out", row["hcp_id"], row["channel"]) for row in left]
        # Of two statuses of one moment the stricter one holds: it comes last and overwrites.
        told = sorted((record for record in told if record[0] <= end), key=lambda r: (r[0], r[1] != "opt_in", r[1]))
        return cls(
            {row["hcp_id"]: row for row in tables["hcps"].to_pylist()},
            {(hcp_id, channel): status for _, status, hcp_id, channel in told},
            as_of,
        )

    def problems(self, module: Module, hcp_id: str, channel: str | None = None) -> list[str]:
        """Why the module may not be shown, by the channel named or by any of its own; empty where it may."""
        physician = self.physicians.get(hcp_id, {})
        channels = [name for name in map(_spelled, module.channels) if channel in (None, name)]
        found = {
            "status": _spelled(module.status) == APPROVED,
            "dates": self._is_valid(module),
            "claim": all(_spelled(claim.status) == APPROVED for claim in module.claims),
            "asset": _has_its_assets(module),
            "country": _listed(physician.get("country"), module.countries),
            "language": _same_language(physician.get("language"), module.language),
            "audience": _listed(physician.get("specialty"), module.audiences),
            "channel": bool(channels),
            "consent": any(self._permits(hcp_id, name) for name in channels),
        }
        return [name for name, holds in found.items() if not holds]

    def _is_valid(self, module: Module) -> bool:
        if module.approved_at is None or module.expires_at is None:
            return False
        return module.approved_at <= self.as_of <= module.expires_at

    def _permits(self, hcp_id: str, channel: str) -> bool:
        status = self.consents.get((hcp_id, channel))
        return channel not in NEEDS_OPT_IN if status is None else status == "opt_in"


def _has_its_assets(module: Module) -> bool:
    """Every asset that must be used is there, and approved wherever it is listed."""
    statuses: dict[str, set[str]] = {}
    for asset in module.assets:
        statuses.setdefault(asset.asset_id, set()).add(_spelled(asset.status))
    return all(statuses.get(asset_id) == {APPROVED} for asset_id in module.must_use)


def _listed(value: str | None, values: Iterable[str]) -> bool:
    return bool(value) and _spelled(value) in map(_spelled, values)


def _same_language(one: str | None, other: str | None) -> bool:
    """Whether two tags agree as far as both go: "de" fits "de-AT", "pt-BR" does not fit "pt-PT"."""
    if not one or not other:
        return False
    short, long = sorted((_spelled(one), _spelled(other)), key=len)
    return long == short or long.startswith(f"{short}_")


def _spelled(value: str | None) -> str:
    """One spelling of what sources write in several: "Internal Medicine" and "internal_medicine", "UK" and "GB"."""
    spelled = "_".join((value or "").lower().replace("-", " ").replace("_", " ").split())
    return {"uk": "gb", "usa": "us"}.get(spelled, spelled)
