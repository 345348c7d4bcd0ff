"""The pre-call brief: one page on a physician and brand, for whoever is about to speak with them."""

from .assembling import call_briefs
from .call_brief import CallBrief, Caution, Change
from .html import render_html
from .markdown import render_markdown
from .summarising import with_written_summaries

__all__ = ["CallBrief", "Caution", "Change", "call_briefs", "render_html", "render_markdown", "with_written_summaries"]
