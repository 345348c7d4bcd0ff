"""The report: one HTML file that needs no network, and little of a script."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from jinja2 import Environment

from ...inference.pages import content_policy, style_on_ground, template_environment
from ...inference.runs import published_file, write_owner_only
from ..metrics import number
from .example_cards import example_cards
from .named_results import NamedResult, newest_first
from .result_view import glances, result_view, trends

_TEMPLATES = Path(__file__).parent / "templates"


def write_report(results: Sequence[NamedResult], target: Path) -> None:
    """Write the report of the results; the file appears whole or not at all.

    With examples it is readable by its owner only: they are words of notes.

    Raises:
        InputError: the target cannot be written.
        HcplensError: another process writes it, or the disk is full.
        ValueError: no results.
    """
    page = render_report(results)
    if any(named.result.examples for named in results):
        write_owner_only(target, page)
        return
    with published_file(target) as partial:
        partial.write_text(page, encoding="utf-8", newline="")


def render_report(results: Sequence[NamedResult]) -> str:
    """The report as HTML: the newest result in full, how figures moved, and earlier results folded away.

    The same results give the same bytes. Whatever results hold is escaped.

    Raises:
        ValueError: no results.
    """
    if not results:
        raise ValueError("a report is about one result or more")
    ordered = newest_first(results)
    style = style_on_ground(_TEMPLATES / "styles.css")
    script = "\n" + (_TEMPLATES / "filter.js").read_text(encoding="utf-8")
    return (
        _environment()
        .get_template("report.html.jinja")
        .render(
            newest=result_view(ordered[0]),
            glances=glances(ordered),
            earlier=[result_view(named) for named in ordered[1:]],
            trends=trends(ordered),
            examples=example_cards(ordered[0].result.examples),
            content_policy=content_policy(style, script),
            style=style,
            script=script,
        )
    )


@cache
def _environment() -> Environment:
    environment = template_environment(_TEMPLATES)
    environment.filters["number"] = number
    return environment
