"""Pages as one HTML file that needs no network and no script; whatever it shows is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache

from jinja2 import Environment

from .html_document import TEMPLATES, content_policy, style_on_ground, template_environment
from .physician_page import PhysicianPage
from .timeline_drawing import draw_timelines
from .wording import spoken_day


def render_html(pages: Sequence[PhysicianPage]) -> str:
    """One document with all pages in their order; it quotes notes, so keep it as confidential as they are.

    The same pages give the same bytes.
    """
    style = style_on_ground(TEMPLATES / "physician.css")
    return (
        page_environment()
        .get_template("physician.html.jinja")
        .render(
            pages=pages,
            persons=len({page.person.hcp_id for page in pages}),
            timelines=[draw_timelines(page) for page in pages],
            style=style,
            content_policy=content_policy(style),
        )
    )


@cache
def page_environment() -> Environment:
    """The templates of pages, with how they write days, shares and sentences."""
    environment = template_environment(TEMPLATES)
    environment.filters["day"] = _day
    environment.filters["share"] = "{:.2f}".format
    environment.filters["sentence"] = _sentence
    return environment


def _day(day: date, today: date) -> str:
    return spoken_day(day, today)


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"
