"""What to run with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from ..prompts import SurveyMap, Taxonomy
from .assistance import Assistance
from .insights import InsightModel
from .profiles import ChannelRules
from .records import ColumnMap


@dataclass(frozen=True)
class RunPlan:
    """What to run with.

    Attributes:
        model: what reads notes and answers; answers are read even where the notes' statements are given.
        taxonomy: the topics of statements and profiles.
        statements_file: statements of the notes, given instead of inferred.
        modules: the catalogue to keep with the run, so that it can be matched later.
        as_of: the day to look from; the last day of the input if None.
        max_rejects: the share of bad rows at which a run stops.
        column_map: which of the input's columns is which.
        survey_map: what answers to scales and choices say; asked before the map that ships.
        channel_rules: what counts as an exposure and what as a response in each channel.
        assistance: a language model that reads the notes beside the model; None to ask none.
    """

    model: InsightModel
    taxonomy: Taxonomy
    statements_file: Path | None = None
    modules: Path | None = None
    as_of: date | None = None
    max_rejects: float = 0.01
    column_map: ColumnMap | None = None
    survey_map: SurveyMap | None = None
    channel_rules: ChannelRules = field(default_factory=ChannelRules.default)
    assistance: Assistance | None = None

    @property
    def survey_maps(self) -> tuple[SurveyMap, ...]:
        """The maps in the order in which they are asked."""
        return (*((self.survey_map,) if self.survey_map else ()), SurveyMap.default())
