"""The bundled sample, the whole way: thirty invented physicians over nine months."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ..embeddings.loading import load_encoder
from .insights import InsightModel
from .inspecting import inspect_run
from .matching import Answer, render
from .matching_run import match_run
from .pages import physician_pages, render_page
from .pipeline import run_files
from .profiles import is_open
from .profiles.rendering import bar
from .progress import Reporter
from .run_plan import RunPlan
from .runs import Run

SAMPLE_AS_OF = date(2026, 9, 30)
SHOWN_PHYSICIANS = 3

_SAMPLE_FILES = {
    "notes": "notes.jsonl",
    "surveys": "surveys.csv",
    "content_events": "content_events.csv",
    "hcps": "hcps.csv",
    "consents": "consents.csv",
    "labels": "labels.csv",
    "dispositions": "dispositions.csv",
}
_CATALOGUE = "modules.jsonl"


def run_demo(target: Path, reporter: Reporter) -> RenderableType:
    """Run the sample, publish to `target`, and return the page that sums it up.

    Raises:
        HcplensError: what `run_files` raises.
    """
    model, encoder = InsightModel.default(), load_encoder()
    with sample_folder() as sample:
        paths = {table: sample / name for table, name in _SAMPLE_FILES.items()}
        plan = RunPlan(model, model.taxonomy, modules=sample / _CATALOGUE, as_of=SAMPLE_AS_OF)
        run = run_files(paths, plan, target, reporter)
    return demo_page(run, inspect_run(run), match_run(run, None, encoder, reporter))


@contextmanager
def sample_folder() -> Iterator[Path]:
    """The bundled sample data as a folder on disk."""
    with as_file(files(__package__) / "sample") as folder:
        yield folder


def demo_page(run: Run, found: Sequence[dict[str, Any]], answers: Sequence[Answer]) -> RenderableType:
    """Barriers by prevalence, some physicians with their words, channels and modules, and where the run lies."""
    parts: list[RenderableType] = [_headline(run), _prevalence(found)]
    by_pair = {(answer.hcp_id, answer.brand): answer for answer in answers}
    for page in physician_pages(run, _telling(found, by_pair)):
        parts.append(render_page(page))
        parts.append(render(by_pair[page.person.hcp_id, page.brand or ""]))
    parts.append(_next_steps(run))
    return Group(*parts)


def _headline(run: Run) -> Text:
    counts = run.manifest.counts
    return Text(
        f"\nRead {counts['raw_notes']} call notes, {counts['surveys']} survey answers and "
        f"{counts['content_events']:,} content events of {counts['hcps']} physicians (synthetic sample data): "
        f"{counts['insights']} statements, {counts['flags']} safety flags, {len(run.manifest.unread)} texts in a "
        f"language the model does not read, {counts['rejects']} rejected rows.\n",
    )


def _prevalence(found: Sequence[dict[str, Any]]) -> Table:
    """Open barriers by how many physicians × brands have them."""
    holders: defaultdict[str, int] = defaultdict(int)
    for item in found:
        for barrier in item["barriers"]:
            holders[barrier["topic"]] += is_open(barrier)
    title = f"Open barriers by prevalence ({len(found)} physicians × brands)"
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD)
    table.add_column("barrier")
    table.add_column("share")
    table.add_column("physicians", justify="right")
    for topic, count in sorted(holders.items(), key=lambda item: (-item[1], item[0])):
        if count:
            share = count / len(found)
            table.add_row(topic.replace("_", " "), f"{bar(share)} {share:.0%}", str(count))
    return table


def _telling(found: Sequence[dict[str, Any]], answers: dict[tuple[str, str], Answer]) -> list[dict[str, Any]]:
    """One physician a brand with most to show: open barriers, then drivers, and modules that answer them."""

    def weight(item: dict[str, Any]) -> tuple[int, int, str]:
        answer = answers[item["hcp_id"], item["brand"]]
        answered = sum(bool(module.addresses) for module in answer.modules)
        barriers, drivers = (sum(map(is_open, item[kind])) for kind in ("barriers", "drivers"))
        return (-min(answered, barriers), -drivers, item["hcp_id"])

    first: dict[str, dict[str, Any]] = {}
    for item in sorted((item for item in found if (item["hcp_id"], item["brand"]) in answers), key=weight):
        first.setdefault(item["brand"], item)
    return list(first.values())[:SHOWN_PHYSICIANS]


def _next_steps(run: Run) -> Text:
    return Text(
        f"\nThe run lies in {run.folder}. Look further:\n"
        f"  hcplens inspect {run.folder} --hcp T001\n"
        f"  hcplens match {run.folder} --hcp T001 --channel email\n"
        f"  hcplens inspect {run.folder} --format json -o profiles.json\n"
    )
