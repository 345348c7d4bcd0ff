"""The whole way with a language model beside the insight model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from ..errors import InputError
from .assistance import answers_beside, opened_assistance, rehearsed_assistance
from .llm_options import LlmOptions
from .pipeline import rehearse_run, require_target, run_files
from .progress import Reporter
from .run_plan import RunPlan
from .runs import Run
from .targets import require_file_target


def run_assisted(
    paths: Mapping[str, Path], plan: RunPlan, options: LlmOptions, target: Path, reporter: Reporter
) -> Run:
    """Run with a language model that reads the notes too; what asking it came to is told and in the manifest.

    Raises:
        InputError: the notes' statements are given, or what `run_files` raises.
    """
    _require_notes_to_read(plan)
    require_target(target)
    require_file_target(options.cache or answers_beside(target), sources=list(paths.values()))
    with opened_assistance(options, target) as assistance:
        assistance.warn(reporter)
        return run_files(paths, replace(plan, assistance=assistance), target, reporter)


def rehearse_assisted(
    paths: Mapping[str, Path], plan: RunPlan, options: LlmOptions, target: Path, reporter: Reporter
) -> None:
    """Print each request that the run would send, as JSON; nothing is asked, published or left behind."""
    _require_notes_to_read(plan)
    with rehearsed_assistance(options, target) as assistance:
        assistance.warn(reporter)
        rehearse_run(paths, replace(plan, assistance=assistance), reporter)


def _require_notes_to_read(plan: RunPlan) -> None:
    if plan.statements_file:
        raise InputError(f"--llm reads notes, but {plan.statements_file} says already what they state: leave one out")
