"""Briefs as one HTML file that needs no network and no script; whatever it shows is escaped."""

from __future__ import annotations

from collections.abc import Sequence

from ..pages import TEMPLATES, content_policy, page_environment, style_on_ground
from .call_brief import CallBrief
from .markdown import SHOWN_CHANGES, SHOWN_QUOTATIONS

_STYLES = ("physician.css", "brief.css")


def render_html(briefs: Sequence[CallBrief]) -> str:
    """One document with all briefs in their order; it quotes notes, so keep it as confidential as they are.

    The same briefs give the same bytes.
    """
    physician, own = (TEMPLATES / name for name in _STYLES)
    style = f"{style_on_ground(physician)}\n{own.read_text(encoding='utf-8')}"
    template = page_environment().get_template("brief.html.jinja")
    return template.render(
        briefs=briefs,
        style=style,
        content_policy=content_policy(style),
        shown_changes=SHOWN_CHANGES,
        shown_quotations=SHOWN_QUOTATIONS,
    )
