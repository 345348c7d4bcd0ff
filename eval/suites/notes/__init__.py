"""Single texts: statements, evidence, assertion and calibration of labelled notes; labels of anybody's own texts."""

from __future__ import annotations

from .note_figures import note_findings
from .scored_note import ScoredNote
from .suite import notes_suite

__all__ = ["ScoredNote", "note_findings", "notes_suite"]
