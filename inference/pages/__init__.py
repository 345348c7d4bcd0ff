"""One physician and brand as a page: for the terminal, or as one HTML file."""

from .assembling import physician_pages
from .html_document import TEMPLATES, content_policy, style_on_ground, template_environment
from .html_page import page_environment, render_html
from .physician_page import PhysicianPage
from .terminal import inspection_page, render_page

__all__ = [
    "TEMPLATES",
    "PhysicianPage",
    "content_policy",
    "inspection_page",
    "page_environment",
    "physician_pages",
    "render_html",
    "render_page",
    "style_on_ground",
    "template_environment",
]
