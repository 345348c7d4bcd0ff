"""What `hcplens match` answers: modules verbatim, why, and what was refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from ..records.catalogue import Asset, Claim, Module
from .decisions import Decision
from .needs import DECIMALS, Need


@dataclass(frozen=True)
class Approval:
    """The decision that lets a module be used; `id` is None where the catalogue gives none."""

    id: str | None
    status: str
    approved_at: date | None
    expires_at: date | None

    def to_json(self) -> dict[str, Any]:
        """JSON object with ISO days."""
        return {
            "id": self.id,
            "status": self.status,
            "approved_at": _day(self.approved_at),
            "expires_at": _day(self.expires_at),
        }


class MatchedModule(NamedTuple):
    """A module to show: wording, claims and must-use assets are the catalogue's, unchanged.

    `score` is in [0, 1]; the order of an answer also weighs diversity, so scores need not fall. `propensity` is the
    probability with which the policy chose the module, given those above it (1 for the greedy one); `addresses` are the
    needs that it answers. What becomes of the recommendation is told of its `decision_id`.
    """

    module: Module
    channel: str
    score: float
    propensity: float
    addresses: tuple[Need, ...]
    why: str
    decision_id: str

    @property
    def module_id(self) -> str:
        """Its id in the catalogue."""
        return self.module.module_id

    @property
    def title(self) -> str:
        """As approved."""
        return self.module.title

    @property
    def text(self) -> str:
        """As approved."""
        return self.module.text

    @property
    def claims(self) -> tuple[Claim, ...]:
        """All that it makes."""
        return self.module.claims

    @property
    def assets(self) -> tuple[Asset, ...]:
        """Those that must be shown with it."""
        return tuple(asset for asset in self.module.assets if asset.asset_id in self.module.must_use)

    @property
    def approval(self) -> Approval:
        """What lets it be used."""
        module = self.module
        return Approval(module.approval_id, module.status, module.approved_at, module.expires_at)

    def to_json(self) -> dict[str, Any]:
        """JSON object; claims and assets as in the catalogue."""
        return {
            "module_id": self.module_id,
            "channel": self.channel,
            "score": round(self.score, DECIMALS),
            "propensity": round(self.propensity, DECIMALS),
            "title": self.title,
            "text": self.text,
            "claims": [claim.model_dump(mode="json") for claim in self.claims],
            "assets": [asset.model_dump(mode="json") for asset in self.assets],
            "approval": self.approval.to_json(),
            "addresses": [need.to_json() for need in self.addresses],
            "why": self.why,
            "decision_id": self.decision_id,
        }


@dataclass(frozen=True)
class Refusal:
    """A needed topic and the modules of the brand on it that may not be shown, by reason.

    `eligible` counts those that may be shown: where it is 0 the topic is a content gap.
    """

    topic: str
    matched: int
    reasons: Mapping[str, int]
    eligible: int

    def to_json(self) -> dict[str, Any]:
        """JSON object without the number of eligible modules, which the answer's modules show."""
        return {"topic": self.topic, "matched": self.matched, "reasons": dict(self.reasons)}


@dataclass(frozen=True)
class Answer:
    """The modules for one physician and brand, best first; `suppressed` says why promotion must stop, if it must.

    `channel` is the one asked for, None if any would do. `blocked` counts the modules of the brand that may not be
    shown, by the first reason. `decisions` tells of each module what else could have been chosen; it is empty unless it
    was asked for.
    """

    hcp_id: str
    brand: str
    as_of: date
    channel: str | None
    suppressed: str | None
    modules: tuple[MatchedModule, ...]
    refused: tuple[Refusal, ...]
    blocked: Mapping[str, int] = field(default_factory=dict)
    decisions: tuple[Decision, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """One object of the list that `hcplens match --format json` writes."""
        return {
            "hcp_id": self.hcp_id,
            "brand": self.brand,
            "as_of": _day(self.as_of),
            "channel": self.channel,
            "suppressed": self.suppressed,
            "modules": [module.to_json() for module in self.modules],
            "refused": [refusal.to_json() for refusal in self.refused],
            "blocked": dict(self.blocked),
        }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
