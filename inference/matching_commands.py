"""Commands around matching: `hcplens match`, `outcomes`, `gaps`, `brief`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from .command_options import (
    AsOfLastEvent,
    AsOfRun,
    Brand,
    EligibilityFile,
    EncoderFolder,
    Format,
    Hcp,
    JsonLogs,
    MaxRejects,
    Output,
    Quiet,
    RankingFile,
    Source,
    TableFormat,
    as_day,
)
from .command_output import print_page, require_target, write_confidential, write_records
from .llm_options import LlmCache, LlmModel, LlmName, require_llm_model
from .match_formats import MatchFormat, require_match_target, write_answers
from .policy_options import Epsilon, PolicyName, PolicyOption, Seed, Temperature, match_settings, policy_of

app = typer.Typer()

RunFolder = Annotated[Path, typer.Argument(help="A run folder.")]
Modules = Annotated[
    Path | None, typer.Option(help="The catalogue: one JSON object a module. Default: the one kept with the run.")
]


class RewardName(StrEnum):
    """What counts as success, as `exposures.REWARDS` has it."""

    RESPONSE = "response"
    OPENED = "opened"
    CLICKED = "clicked"
    ACCEPTED = "accepted"


class BriefFormat(StrEnum):
    """How a brief is written."""

    MARKDOWN = "markdown"
    HTML = "html"


@app.command()
def match(
    run: Annotated[Path, typer.Argument(help="A run folder.")],
    modules: Annotated[
        Path | None,
        typer.Option(
            help="The catalogue: a file, or a folder of `catalogue index`. Default: the one kept with the run."
        ),
    ] = None,
    hcp: Hcp = None,
    brand: Brand = None,
    channel: Annotated[str | None, typer.Option(help="Only this channel; else the best allowed one a module.")] = None,
    as_of: AsOfRun = None,
    k: Annotated[int, typer.Option("-k", min=1, help="How many modules.")] = 5,
    indication: Annotated[
        str | None, typer.Option(help="The id of an indication: modules for another one are left out.")
    ] = None,
    only_answering: Annotated[
        bool, typer.Option("--only-answering", help="Leave out modules that answer none of the physician's needs.")
    ] = False,
    eligibility: EligibilityFile = None,
    ranking: RankingFile = None,
    encoder: EncoderFolder = None,
    policy: PolicyOption = PolicyName.GREEDY,
    epsilon: Epsilon = None,
    temperature: Temperature = None,
    seed: Seed = 0,
    log: Annotated[
        Path | None,
        typer.Option(help="Log each choice with its propensity and candidates in this new file, .jsonl or .parquet."),
    ] = None,
    shape: Annotated[
        MatchFormat, typer.Option("--format", help="How to show it; veeva: a folder of files to load.")
    ] = MatchFormat.TABLE,
    output: Output = None,
    quiet: Quiet = False,
    json_logs: JsonLogs = False,
) -> None:
    """Approved modules that answer each physician's needs: verbatim, allowed on the day, with the reasons."""
    from ..embeddings.loading import load_encoder
    from .decision_log import require_new_log
    from .matching_run import match_run
    from .progress import reporter
    from .runs import Run

    require_match_target(shape, output)
    if log is not None:
        require_new_log(log)
    opened, report_to = Run.open(run), reporter(quiet=quiet, json_logs=json_logs)
    answers = match_run(
        opened,
        modules,
        load_encoder(encoder),
        report_to,
        hcp_id=hcp,
        brand=brand,
        channel=channel,
        as_of=as_day(as_of),
        k=k,
        indication=indication,
        only_answering=only_answering,
        settings=match_settings(eligibility, policy_of(policy, epsilon, temperature), seed, ranking),
        log=log,
    )
    write_answers(answers, opened, shape, output, report_to)


@app.command()
def outcomes(
    log: Annotated[Path, typer.Argument(help="What `match --log` wrote, or the store of the service.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="A .csv file for `eval run policy --data`.")],
    events: Annotated[
        Path | None,
        typer.Option(help="Content events: sent, opened, clicked … With a store, those that it does not have."),
    ] = None,
    feedback: Annotated[
        Path | None,
        typer.Option(help="What became of suggestions: decision_id, outcome, at, as `feedback` writes it."),
    ] = None,
    window: Annotated[int, typer.Option(min=1, help="Days that an outcome may take.")] = 30,
    reward: Annotated[
        RewardName,
        typer.Option(help="What counts: the best answer by the channel's rules, an open, a click, or feedback."),
    ] = RewardName.RESPONSE,
    as_of: AsOfLastEvent = None,
    source: Source = None,
    max_rejects: MaxRejects = 0.01,
    quiet: Quiet = False,
    json_logs: JsonLogs = False,
) -> None:
    """What came of each recommendation: a log of exposures that off-policy evaluation reads."""
    from .outcomes import OutcomeFiles, write_outcomes
    from .progress import reporter
    from .records import load_source

    report_to = reporter(quiet=quiet, json_logs=json_logs)
    count = write_outcomes(
        OutcomeFiles(log, events, feedback),
        output,
        report_to,
        window_days=window,
        reward=reward.value,
        until=as_day(as_of),
        column_map=load_source(source) if source else None,
        max_rejects=max_rejects,
    )
    report_to.notice(f"{count:,} exposures lie in {output}")


@app.command()
def gaps(
    run: RunFolder,
    modules: Modules = None,
    brand: Brand = None,
    channel: Annotated[str | None, typer.Option(help="What may not be shown through this channel.")] = None,
    as_of: AsOfRun = None,
    eligibility: EligibilityFile = None,
    encoder: EncoderFolder = None,
    shape: Format = TableFormat.TABLE,
    output: Output = None,
    quiet: Quiet = False,
    json_logs: JsonLogs = False,
) -> None:
    """What physicians need and nothing approved may tell them, by brand and country: what to commission next."""
    from ..embeddings.loading import load_encoder
    from .content_gaps import CSV_COLUMNS, gaps_page
    from .gaps_run import gaps_of
    from .progress import reporter
    from .runs import Run

    require_target(output)
    report_to = reporter(quiet=quiet, json_logs=json_logs)
    found = gaps_of(
        Run.open(run),
        modules,
        load_encoder(encoder),
        report_to,
        brand=brand,
        channel=channel,
        as_of=as_day(as_of),
        settings=match_settings(eligibility),
    )
    if shape is TableFormat.TABLE:
        print_page(gaps_page(found.gaps, found.notes), output)
        return
    for note in found.notes:
        report_to.notice(note)
    write_records(
        [gap.to_json() for gap in found.gaps], [gap.to_csv() for gap in found.gaps], CSV_COLUMNS, shape, output
    )


@app.command()
def brief(
    run: RunFolder,
    hcp: Annotated[str, typer.Option("--hcp", help="The physician.")],
    brand: Brand = None,
    modules: Modules = None,
    as_of: AsOfRun = None,
    eligibility: EligibilityFile = None,
    ranking: RankingFile = None,
    encoder: EncoderFolder = None,
    llm_model: LlmModel = None,
    llm_name: LlmName = None,
    llm_cache: LlmCache = None,
    shape: Annotated[BriefFormat, typer.Option("--format", help="How to write it.")] = BriefFormat.MARKDOWN,
    output: Output = None,
    quiet: Quiet = False,
    json_logs: JsonLogs = False,
) -> None:
    """A page before a call: what changed, barriers and drivers in their words, what may be said and what not.

    With --llm-model a language model writes the two sentences on top. Each is checked against what the run believes;
    one that fails is left out.
    """
    from ..embeddings.loading import load_encoder
    from .briefs import call_briefs, render_html, render_markdown, with_written_summaries
    from .matching import ContentMatcher
    from .named_language_model import named_language_model, opened_answers
    from .progress import reporter
    from .runs import Run

    require_target(output)
    require_llm_model(llm_model, llm_name, llm_cache)
    opened = Run.open(run)
    report_to = reporter(quiet=quiet, json_logs=json_logs)
    settings = match_settings(eligibility, ranking=ranking)
    matcher = ContentMatcher.load(opened, modules, encoder=load_encoder(encoder), settings=settings, reporter=report_to)
    briefs = call_briefs(opened, matcher, hcp, brand=brand, as_of=as_day(as_of))
    if llm_model is not None:
        with named_language_model(llm_model, llm_name) as model, opened_answers(llm_cache) as cache:
            briefs = with_written_summaries(briefs, model, cache, opened.taxonomy)
        for notice in (notice for one in briefs for notice in one.summary.notices):
            report_to.notice(notice)
    write = render_html if shape is BriefFormat.HTML else render_markdown
    write_confidential(write(briefs), output)
