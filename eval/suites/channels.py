"""The channels suite: chances of engaging against what came later and, where known, against the hidden truth."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from .channel_split import channel_split
from .channel_truth import truth_findings
from .joining import joined
from .later_engagement import later_findings
from .suite import Findings, MissingDataError, SuiteContext
from .timeline_data import data_digests, timelines_in
from .timeline_runs import timeline_runs

SUITE = "channels"


def channels_suite(data: Path, context: SuiteContext) -> Findings:
    """Measure channel preferences on content events: split in time, and against hidden probabilities where given.

    Raises:
        MissingDataError: the folder holds no content events, or too few to be split and no hidden probabilities.
        InputError: what `timelines_in` and `timeline_runs` raise.
    """
    timelines = timelines_in(data)
    if "content_events" not in timelines.tables:
        raise MissingDataError(f"{timelines.folder} holds no content events")
    runs = timeline_runs(timelines, context)
    split = channel_split(runs[0])
    found = [later_findings(SUITE, split)] if split else []
    if timelines.channel_probabilities:
        found += [truth_findings(SUITE, timelines, runs)]
    if not found:
        raise MissingDataError(f"{timelines.folder} holds too few content events to be split in time")
    notices = dict.fromkeys(notice for run in runs for notice in run.notices)
    if not timelines.channel_probabilities:
        notices[f"channels: {timelines.folder.name} has no hidden probabilities, so only what came later judges"] = None
    if split is None:
        notices[f"channels: {timelines.folder.name} has too few content events to be split in time"] = None
    return replace(joined(found), data=data_digests(timelines), notices=tuple(notices))
