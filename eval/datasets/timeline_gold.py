"""The gold files of timelines, row by row."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from ...errors import InputError
from ...inference.insights.gold import read_json_lines
from ...inference.records.schemas import CHANNELS
from ...prompts import Polarity

PROFILES = "gold_profiles.jsonl"
CHANNEL_PROBABILITIES = "gold_channel_probabilities.csv"
SURVEY_TOPICS = "survey_topics.csv"

Stage = Literal["unaware", "aware", "trial", "adopter", "advocate", "lapsed"]
Addresses = Mapping[str, frozenset[tuple[str, str]]]
"""By module id the (topic, polarity) pairs that it answers."""


def _known_channel(value: str) -> str:
    if value not in CHANNELS:
        raise ValueError(f"{value!r} is none of {', '.join(CHANNELS)}")
    return value


Channel = Annotated[str, AfterValidator(_known_channel)]


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class GoldConflict(_Row):
    """A disagreement between two sources."""

    topic: str
    between: tuple[str, ...]
    what: str


class GradedModule(_Row):
    """A module worth showing; grade 3 answers the most important open barrier."""

    module_id: str
    grade: int = Field(ge=1, le=10)


class GoldProfile(_Row):
    """What is true of a physician and a brand on a day; the most important open barrier comes first."""

    hcp_id: str
    brand: str
    as_of: date
    barriers_open: tuple[str, ...]
    barriers_resolved: tuple[str, ...]
    drivers: tuple[str, ...]
    preferred_channels: tuple[Channel, ...]
    avoided_channels: tuple[Channel, ...]
    adoption_stage: Stage
    conflicts: tuple[GoldConflict, ...]
    best_modules: tuple[GradedModule, ...]
    no_eligible_module_for: tuple[str, ...]
    must_not_promote: bool
    why: str = ""

    @property
    def pair(self) -> tuple[str, str]:
        """Physician and brand."""
        return (self.hcp_id, self.brand)


class SurveyStatement(_Row):
    """What a survey answer states, in the physician's own name."""

    response_id: str
    topic: str
    polarity: Polarity
    status: Literal["current", "resolved"]


class _ChannelProbability(_Row):
    hcp_id: str
    channel: Channel
    p_engage: float = Field(ge=0, le=1)


class _Addressed(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    topic: str
    polarity: Polarity


class _AddressingModule(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    module_id: str
    addresses: tuple[_Addressed, ...] = ()


def read_profiles(path: Path, physicians: AbstractSet[str], module_ids: AbstractSet[str]) -> tuple[GoldProfile, ...]:
    """Profiles, each physician and brand once, all as of one day, naming only `physicians` and `module_ids`."""
    found: dict[tuple[str, str], GoldProfile] = {}
    for where, profile in _rows(path, GoldProfile, read_json_lines(path)):
        if profile.pair in found:
            raise InputError(f"{where}: {profile.hcp_id} and {profile.brand} have a profile already")
        _require_known(where, "hcp_id", profile.hcp_id, physicians)
        if found and profile.as_of != next(iter(found.values())).as_of:
            raise InputError(f"{where}: as_of: {profile.as_of} differs from that of the profiles before")
        for graded in profile.best_modules:
            if graded.module_id not in module_ids:
                raise InputError(f"{where}: best_modules: {graded.module_id!r} is in no catalogue beside it")
        found[profile.pair] = profile
    return tuple(found.values())


def read_channel_probabilities(path: Path, physicians: AbstractSet[str]) -> dict[tuple[str, str], float]:
    """Probability of engaging by (hcp_id, channel), of `physicians`."""
    found: dict[tuple[str, str], float] = {}
    for where, row in _rows(path, _ChannelProbability, _csv_rows(path)):
        if (row.hcp_id, row.channel) in found:
            raise InputError(f"{where}: {row.hcp_id} has a probability of {row.channel} already")
        _require_known(where, "hcp_id", row.hcp_id, physicians)
        found[row.hcp_id, row.channel] = row.p_engage
    return found


def read_survey_statements(path: Path, responses: AbstractSet[str]) -> tuple[SurveyStatement, ...]:
    """What each survey answer of `responses` states; one answer may state several things."""
    found = []
    for where, row in _rows(path, SurveyStatement, _csv_rows(path)):
        _require_known(where, "response_id", row.response_id, responses)
        found.append(row)
    return tuple(found)


def read_addresses(path: Path) -> dict[str, frozenset[tuple[str, str]]]:
    """What each module of a catalogue answers; an empty set where it does not say."""
    modules = _rows(path, _AddressingModule, read_json_lines(path))
    return {m.module_id: frozenset((a.topic, a.polarity) for a in m.addresses) for _, m in modules}


def _require_known(where: str, field: str, value: str, known: AbstractSet[str]) -> None:
    if value not in known:
        raise InputError(f"{where}: {field}: {value!r} is in no table beside it: correct it, or add its rows")


AnyModel = TypeVar("AnyModel", bound=BaseModel)


def _rows(
    path: Path, model: type[AnyModel], records: Iterable[tuple[int, Mapping[str, Any]]]
) -> Iterator[tuple[str, AnyModel]]:
    """Where each row stands, and the row."""
    for number, record in records:
        where = f"{path} line {number}"
        try:
            yield where, model.model_validate(record)
        except ValidationError as e:
            problem = e.errors()[0]
            raise InputError(f"{where}: {'.'.join(map(str, problem['loc']))}: {problem['msg']}") from e


def _csv_rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file, restkey="more columns than the header")
            for row in rows:
                yield rows.line_num, row
    except (OSError, UnicodeDecodeError, csv.Error) as e:
        raise InputError(f"cannot read {path}: {e}") from e
