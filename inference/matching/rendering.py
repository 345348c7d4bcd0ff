"""Answers for people: a panel for the terminal, flat rows for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from .answer import Answer, MatchedModule, Refusal

CSV_COLUMNS = (
    "hcp_id",
    "brand",
    "as_of",
    "rank",
    "module_id",
    "channel",
    "score",
    "propensity",
    "title",
    "text",
    "claims",
    "assets",
    "approval_id",
    "approved_at",
    "expires_at",
    "addresses",
    "why",
    "suppressed",
    "decision_id",
)
APPROVED_COLUMNS = ("title", "text", "claims", "assets")
"""Those of CSV_COLUMNS that hold approved wording, which nothing may change."""


def render(answer: Answer) -> RenderableType:
    """A panel with the modules, why each was chosen, and what was refused."""
    title = Text(f"{answer.hcp_id}, {answer.brand}, as of {answer.as_of.isoformat()}")
    if answer.suppressed:
        return Panel(Text(f"No promotion: {answer.suppressed}.", style="bold red"), title=title, title_align="left")
    parts: list[RenderableType] = [_modules(answer.modules) if answer.modules else Text(_nothing(answer))]
    parts += [Text(_refusal(refusal), style="yellow") for refusal in answer.refused]
    return Panel(Group(*parts), title=title, title_align="left")


def _nothing(answer: Answer) -> str:
    return f"No module may be shown{f': {_reasons(answer.blocked)}' if answer.blocked else ''}."


def _modules(modules: Iterable[MatchedModule]) -> Table:
    table = Table(box=None, padding=(0, 1))
    for heading, justify in (("#", "right"), ("module", "left"), ("channel", "left"), ("score", "right")):
        table.add_column(heading, justify="right" if justify == "right" else "left", no_wrap=True)
    table.add_column("title and why")
    for place, module in enumerate(modules, start=1):
        words = Text.assemble((module.title, "bold"), "\n", module.why)
        table.add_row(str(place), Text(module.module_id), Text(module.channel), f"{module.score:.2f}", words)
    return table


def _refusal(refusal: Refusal) -> str:
    if not refusal.matched:
        return f"{refusal.topic}: no module answers it"
    return f"{refusal.topic}: {refusal.matched} match but may not be shown ({_reasons(refusal.reasons)})"


def _reasons(reasons: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {reason.replace('_', ' ')}" for reason, count in reasons.items())


def csv_rows(answers: Iterable[Answer]) -> Iterator[dict[str, object]]:
    """One row a module with the columns CSV_COLUMNS; an answer without modules is one row with an empty module_id.

    Claims, assets and addressed needs are joined with " | "; wording stays as it is, line breaks included.
    """
    for answer in answers:
        shared = {
            "hcp_id": answer.hcp_id,
            "brand": answer.brand,
            "as_of": answer.as_of.isoformat(),
            "suppressed": answer.suppressed or "",
        }
        for place, module in enumerate(answer.modules, start=1):
            yield _ordered({**shared, "rank": place, **_module_cells(module)})
        if not answer.modules:
            yield _ordered(shared)


def _module_cells(module: MatchedModule) -> dict[str, object]:
    approval = module.approval.to_json()
    return {
        "module_id": module.module_id,
        "channel": module.channel,
        "score": round(module.score, 6),
        "propensity": round(module.propensity, 6),
        "title": module.title,
        "text": module.text,
        "claims": " | ".join(claim.text for claim in module.claims),
        "assets": " | ".join(asset.text or asset.asset_id for asset in module.assets),
        "approval_id": approval["id"] or "",
        "approved_at": approval["approved_at"] or "",
        "expires_at": approval["expires_at"] or "",
        "addresses": " | ".join(f"{need.topic} {need.polarity}" for need in module.addresses),
        "why": module.why,
        "decision_id": module.decision_id,
    }


def _ordered(cells: Mapping[str, object]) -> dict[str, object]:
    return {column: cells.get(column, "") for column in CSV_COLUMNS}
