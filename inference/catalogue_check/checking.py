"""Everything that is wrong with a catalogue on a day, module by module."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from ..matching.eligibility_settings import EligibilitySettings
from ..matching.module_rules import absent_assets
from ..matching.spelling import country_code, normalised
from ..records.catalogue import Asset, Catalogue, Claim, Module, Text
from ..records.iso_codes import is_country, is_language
from ..records.nearest import did_you_mean
from ..records.rejects import Reject
from ..records.schemas import CHANNELS
from .problems import CODES, Code, Problem, Severity

_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True)
class CatalogueCheck:
    """All problems, by module id (lines without one first) and then in the order of CODES; and how many were looked at.

    `modules` counts those that could be read.
    """

    problems: tuple[Problem, ...]
    modules: int
    as_of: date

    @property
    def errors(self) -> int:
        """How many of the problems are errors."""
        return sum(problem.severity == "error" for problem in self.problems)


def check_catalogue(catalogue: Catalogue, as_of: date, settings: EligibilitySettings | None = None) -> CatalogueCheck:
    """Look at every module and at every line that could not be read; finds nothing in a faultless catalogue."""
    examiner = _Examiner(settings or EligibilitySettings(), as_of)
    problems = [_of_fault(fault) for fault in catalogue.faults]
    for module in catalogue.modules:
        problems += examiner.problems(module)
    problems += _disagreements(catalogue.modules)
    order = sorted(set(problems), key=lambda p: (p.module_id or "", p.row or 0, CODES.index(p.code), p.message))
    return CatalogueCheck(tuple(order), len(catalogue.modules), as_of)


class _Examiner:
    """What can be told of a module by itself."""

    def __init__(self, settings: EligibilitySettings, as_of: date) -> None:
        self._approved = frozenset(map(normalised, settings.approved_statuses))
        self._as_of = as_of

    def problems(self, module: Module) -> Iterator[Problem]:
        is_approved = self._is_approved(module.status)
        as_approved: Severity = "error" if is_approved else "warning"
        tell = _teller(module)
        if not is_approved:
            yield tell("status", "warning", "status", module.status, "is not approved: the module is never shown")
        yield from self._dates(module, tell, as_approved)
        if not module.claims:
            yield tell("no_claims", "warning", "claims", None, "no claims: what the module says rests on none")
        for claim in module.claims:
            yield from self._part(claim, "claim", claim.claim_id, tell, as_approved)
            if missing := _figures_missing(claim.text, module):
                why = f"claim {claim.claim_id} has figures that the module does not: {', '.join(missing)}"
                yield tell("claim_text", "warning", "claims", claim.text, why)
        for text in module.texts:
            yield from self._part(text, "text", text.text_id, tell, as_approved)
            if _words(text.text) not in _words(module.text):
                why = f"text {text.text_id} is not in the module's text word for word"
                yield tell("text_differs", "error", "texts", text.text, why)
        yield from self._assets(module, tell, as_approved)
        yield from _places(module, tell, as_approved)

    def _dates(self, module: Module, tell: Teller, severity: Severity) -> Iterator[Problem]:
        approved_at, expires_at = module.approved_at, module.expires_at
        if approved_at is None:
            yield tell("no_approval_date", severity, "approved_at", None, "no approval date: not approved yet")
        elif approved_at > self._as_of:
            why = f"approval lies in the future, after {self._as_of}"
            yield tell("approved_in_future", severity, "approved_at", approved_at.isoformat(), why)
        if expires_at is None:
            yield tell("no_expiry_date", severity, "expires_at", None, "no expiry date: counts as expired")
        elif expires_at < self._as_of:
            why = f"expired before {self._as_of}"
            yield tell("expired", severity, "expires_at", expires_at.isoformat(), why)
        if approved_at and expires_at and expires_at < approved_at:
            why = f"expires before its approval on {approved_at}"
            yield tell("dates_reversed", "error", "expires_at", expires_at.isoformat(), why)

    def _assets(self, module: Module, tell: Teller, severity: Severity) -> Iterator[Problem]:
        for asset_id in absent_assets(module):
            yield tell("asset_absent", "error", "must_use", asset_id, f"must-use asset {asset_id} is absent")
        for asset in module.assets:
            if asset.asset_id in module.must_use:
                yield from self._part(asset, "asset", asset.asset_id, tell, severity)

    def _part(
        self, part: Claim | Text | Asset, code: Code, part_id: str, tell: Teller, severity: Severity
    ) -> Iterator[Problem]:
        field = f"{code}s"
        if not self._is_approved(part.status):
            yield tell(code, severity, field, part.status, f"{code} {part_id} is not approved: {part.status}")
        if part.approved_at and part.approved_at > self._as_of:
            yield tell(
                code, severity, field, part.approved_at.isoformat(), f"{code} {part_id} is approved in the future"
            )
        if part.expires_at and part.expires_at < self._as_of:
            yield tell(code, severity, field, part.expires_at.isoformat(), f"{code} {part_id} has expired")

    def _is_approved(self, status: str) -> bool:
        return normalised(status) in self._approved


Teller = Callable[[Code, Severity, str, str | None, str], Problem]


def _teller(module: Module) -> Teller:
    def tell(code: Code, severity: Severity, field: str, value: str | None, message: str) -> Problem:
        return Problem(module.module_id, severity, code, field, value, message)

    return tell


def _places(module: Module, tell: Teller, severity: Severity) -> Iterator[Problem]:
    """Countries, language, audiences, channels: missing or unknown."""
    if not module.countries:
        yield tell("no_country", severity, "countries", None, "no countries: approved nowhere")
    for country in module.countries:
        if not is_country(country_code(country)):
            why = "unknown country: use an ISO 3166 code of two letters"
            yield tell("unknown_country", "error", "countries", country, why)
    if not module.language:
        yield tell("no_language", severity, "language", None, "no language: fits nobody")
    elif not is_language(module.language):
        why = "unknown language: use a tag such as en or pt-BR"
        yield tell("unknown_language", "error", "language", module.language, why)
    if not module.audiences:
        yield tell("no_audience", severity, "audiences", None, "no audiences: fits nobody")
    if not module.channels:
        yield tell("no_channel", severity, "channels", None, "no channels: shown nowhere")
    for channel in module.channels:
        if normalised(channel) not in CHANNELS:
            why = f"unknown channel{did_you_mean(channel, CHANNELS)}: use {', '.join(CHANNELS)}"
            yield tell("unknown_channel", "error", "channels", channel, why)


def _figures_missing(claim: str, module: Module) -> list[str]:
    """Figures of the claim, in its order, that stand neither in the title nor in the text of the module."""
    told = set(_FIGURE.findall(f"{module.title} {module.text}"))
    return [figure for figure in dict.fromkeys(_FIGURE.findall(claim)) if figure not in told]


def _words(text: str) -> str:
    return " ".join(text.split())


def _disagreements(modules: Sequence[Module]) -> Iterator[Problem]:
    """Claims, texts and assets that stand in several modules with different contents."""
    yield from _differing("claim_text", "claims", [(m, claim.claim_id, claim) for m in modules for claim in m.claims])
    yield from _differing("text_differs", "texts", [(m, text.text_id, text) for m in modules for text in m.texts])
    yield from _differing("asset_text", "assets", [(m, asset.asset_id, asset) for m in modules for asset in m.assets])


def _differing(code: Code, field: str, parts: Iterable[tuple[Module, str, Claim | Text | Asset]]) -> Iterator[Problem]:
    by_id: dict[str, list[tuple[str, Claim | Text | Asset]]] = {}
    for module, part_id, part in parts:
        by_id.setdefault(part_id, []).append((module.module_id, part))
    for part_id, uses in by_id.items():
        if len({part for _, part in uses}) == 1:
            continue
        owners = ", ".join(sorted({module_id for module_id, _ in uses}))
        why = f"{part_id} has different wordings, statuses or dates among {owners}"
        for module_id, part in uses:
            yield Problem(module_id, "error", code, field, part.text, why)


def _of_fault(fault: Reject) -> Problem:
    """A line that is no module: which one, where, and why."""
    is_repeat = (
        fault.field in ("module_id", "document_id") and fault.value is not None and "another content" in fault.reason
    )
    return Problem(
        fault.module_id,
        "error",
        "duplicate_id" if is_repeat else "unreadable",
        fault.field,
        fault.value,
        fault.reason,
        fault.file,
        fault.row,
    )
