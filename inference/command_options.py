"""Options that several commands have."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from .insights import InsightModel
    from .records import ColumnMap

DAY_FORMATS = ["%Y-%m-%d"]


def _day_option(default: str) -> Any:
    return typer.Option("--as-of", formats=DAY_FORMATS, help=f"Look from this day. Default: {default}.")


AsOfLastDay = Annotated[
    datetime | None, _day_option("the last day in any table, be it a note, a consent or a decision about a flag")
]
AsOfRun = Annotated[datetime | None, _day_option("the run's day")]
AsOfToday = Annotated[datetime | None, _day_option("today")]
AsOfLastEvent = Annotated[datetime | None, _day_option("the day of the last event")]
Hcp = Annotated[str | None, typer.Option("--hcp", help="Only this physician.")]
Brand = Annotated[str | None, typer.Option("--brand", help="Only this brand.")]

Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors and results.")]
JsonLogs = Annotated[bool, typer.Option("--json-logs", help="Progress as JSON lines on standard error.")]
EligibilityFile = Annotated[
    Path | None,
    typer.Option("--eligibility", help="Approved statuses, frequency caps and rules of your own, as YAML."),
]
RankingFile = Annotated[
    Path | None, typer.Option("--ranking", help="How much each topic, drivers and diversity matter to you, as YAML.")
]
EncoderFolder = Annotated[
    Path | None,
    typer.Option("--encoder", help="The sentence-transformers folder that the model was trained over, if its own."),
]
MaxRejects = Annotated[
    float, typer.Option("--max-rejects", min=0, max=1, help="Stop if more than this share of the rows is bad.")
]
Source = Annotated[
    Path | None,
    typer.Option(
        "--source", help="A YAML column map: which of your columns is which. Or `veeva`: an export of Veeva CRM."
    ),
]


_INSIGHTS = Path(__file__).parent / "insights"
LARGE_MODEL = _INSIGHTS / "model_large"
_SHIPPED = {Path("default"): _INSIGHTS / "model", Path("large"): LARGE_MODEL}


def model_folder(named: Path | None) -> Path | None:
    """The folder that was named; `default` and `large` ship, where there is no folder of that name."""
    return _SHIPPED.get(named, named) if named and not named.exists() else named


ModelFolder = Annotated[
    Path | None,
    typer.Option(
        "--model",
        callback=model_folder,
        help="A model folder that `hcplens train` wrote, or `large`: more often right, five times slower, read with "
        "--encoder and the folder of all-mpnet-base-v2. Default: the one that ships.",
    ),
]


class TableFormat(StrEnum):
    """How results are shown."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


class PageFormat(StrEnum):
    """How results are shown where a page of HTML is one of the ways."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    HTML = "html"


Format = Annotated[TableFormat, typer.Option("--format", help="How to show it.")]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="Write there instead of standard output.")]


def as_day(moment: datetime | None) -> date | None:
    """The day that an option names."""
    return moment.date() if moment else None


TopicsFile = Annotated[
    Path | None,
    typer.Option(
        "--taxonomy", help="Your topics, as YAML. Those without training are read from description and examples."
    ),
]


def insight_model(model: Path | None, encoder: Path | None, taxonomy: Path | None) -> InsightModel:
    """The reader of notes that was named, for the topics that were."""
    from ..prompts import Taxonomy
    from .insights import InsightModel

    reader = InsightModel.named(model, encoder)
    return reader.for_taxonomy(Taxonomy.load(taxonomy), encoder) if taxonomy else reader


def column_map(path: Path | None) -> ColumnMap | None:
    """The source that was named, which says how its columns are called."""
    from .records import load_source

    return load_source(path) if path else None
