"""`hcplens eval run`: measure."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ...inference.command_options import ModelFolder
from ...inference.llm_options import (
    Llm,
    LlmAdapter,
    LlmBudget,
    LlmCache,
    LlmFit,
    LlmMode,
    LlmModel,
    LlmName,
    LlmOptions,
    LlmPrompt,
)

if TYPE_CHECKING:
    from ...inference.assistance import Assistance


class SuiteName(StrEnum):
    """What can be measured."""

    NOTES = "notes"
    TRIAGE = "triage"
    PROFILES = "profiles"
    CHANNELS = "channels"
    MATCHING = "matching"
    RETRIEVAL = "retrieval"
    POLICY = "policy"
    ALL = "all"


def run(
    suite: Annotated[SuiteName, typer.Argument(help="What to measure.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The result folder to write.")],
    data: Annotated[
        Path | None, typer.Option(help="Your labelled data: a folder or a file. Default: the benchmark that ships.")
    ] = None,
    model: ModelFolder = None,
    encoder: Annotated[Path | None, typer.Option(help="The sentence-transformers folder of the model.")] = None,
    policy: Annotated[
        Path | None, typer.Option(help="The policy to evaluate on logs: CSV of item_id, probability. Default: uniform.")
    ] = None,
    gates: Annotated[
        Path | None, typer.Option(help="A YAML file of what figures must reach; exit 3 if missed.")
    ] = None,
    against: Annotated[
        Path | None, typer.Option(help="An older result, for the gates on what may become worse.")
    ] = None,
    llm: Llm = LlmMode.OFF,
    llm_model: LlmModel = None,
    llm_adapter: LlmAdapter = None,
    llm_name: LlmName = None,
    llm_budget: LlmBudget = None,
    llm_cache: LlmCache = None,
    llm_fit: LlmFit = None,
    llm_prompt: LlmPrompt = None,
    seed: Annotated[int, typer.Option(help="The same seed and data give the same figures.")] = 7,
    parts: Annotated[bool, typer.Option("--parts", help="Show the parts and the meaning of each figure too.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors and results.")] = False,
    json_logs: Annotated[bool, typer.Option("--json-logs", help="Progress as JSON lines on standard error.")] = False,
) -> None:
    """Measure one suite, or all of them, and keep figures, intervals and examples as a result folder."""
    from ...embeddings.loading import load_encoder
    from ...errors import InputError
    from ...inference.progress import reporter
    from ...inference.runs import require_publishable
    from ...inference.targets import require_reachable
    from ..comparison import Gates, check_gates, compare, gates_page
    from ..report import summary
    from ..results import RESULT_FILE, read_result, write_result
    from ..suites import SuiteContext, run_suites, shipped_benchmark
    from .pages import show

    require_publishable(output, marker=RESULT_FILE)
    require_reachable(output)
    limits = Gates.load(gates) if gates else None
    if limits:
        limits.require_old(against)
    elif against:
        raise InputError(f"--against {against} is what --gates compare with: name the gates too")
    old = read_result(against) if against else None
    report_to = reporter(quiet=quiet, json_logs=json_logs)
    options = LlmOptions(
        llm, llm_model, llm_adapter, llm_name, llm_budget, llm_cache, llm_fit, prompts=llm_prompt or ()
    )
    measured_on = nullcontext(data) if data else shipped_benchmark()
    with _assistance(suite, options, output) as assistance, measured_on as folder:
        if assistance:
            assistance.warn(report_to)
        context = SuiteContext(load_encoder(encoder), report_to, model, policy, seed, encoder, assistance)
        result = run_suites(suite.value, folder, context)
    write_result(result, output)
    show(summary(result, parts=parts))
    report_to.notice(f"the result lies in {output}; `hcplens eval report {output} -o report.html` makes a page of it")
    if limits:
        checked = check_gates(limits, result, compare(old, result) if old else None)
        show(gates_page(checked))
        checked.require_passed()


def _assistance(suite: SuiteName, options: LlmOptions, output: Path) -> AbstractContextManager[Assistance | None]:
    """The language model that reads notes too, opened; None where none was named."""
    from ...errors import InputError
    from ...inference.assistance import opened_assistance

    if options.mode is LlmMode.OFF:
        return nullcontext()
    if suite is not SuiteName.NOTES:
        raise InputError(f"--llm is measured by the suite notes: {suite} reads without it")
    return opened_assistance(options, output)
