"""What every HTML page of ours stands on: templates that escape, one ground of styles, a policy that loads nothing."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ..control_characters import without_controls

TEMPLATES = Path(__file__).parent / "templates"


def template_environment(folder: Path) -> Environment:
    """Templates of a folder: what they show is escaped and has no control characters; a missing name is an error."""
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _shown(value: object) -> object:
    """A value as templates print it; what is markup stays so."""
    return type(value)(without_controls(value)) if isinstance(value, str) else value


def style_on_ground(own: Path) -> str:
    """The colours, type and tables that pages share, and after them the styles of one page."""
    return "\n" + "\n".join(path.read_text(encoding="utf-8") for path in (TEMPLATES / "ground.css", own))


def content_policy(style: str, script: str | None = None) -> str:
    """A Content-Security-Policy that lets this very style and script run, and loads nothing (W3C, CSP Level 3)."""
    scripts = "" if script is None else f"script-src '{_digest(script)}'; "
    return f"default-src 'none'; style-src '{_digest(style)}'; {scripts}base-uri 'none'; form-action 'none'"


def _digest(source: str) -> str:
    return f"sha256-{b64encode(hashlib.sha256(source.encode()).digest()).decode()}"
