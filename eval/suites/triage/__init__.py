"""Triage: safety and compliance flags, and redaction of what identifies patients."""

from __future__ import annotations

from .suite import triage_findings, triage_suite
from .triaged_note import TriagedNote

__all__ = ["TriagedNote", "triage_findings", "triage_suite"]
