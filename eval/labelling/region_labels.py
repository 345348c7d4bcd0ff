"""The results of a Label Studio annotation as labels of a note: the way back from `region_results`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict

from ...errors import InputError
from .label_scheme import CHANNEL, FLAG, HOLDER, IDENTIFIER, STATEMENT, STATUS, LabelScheme
from .offsets import span_in_text


class RegionValue(BaseModel):
    """Where a region stands and what was chosen for it."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    start: int
    end: int
    text: str | None = None
    labels: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()


class RegionResult(BaseModel):
    """One result as Label Studio exports it."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str
    from_name: str
    value: RegionValue


def labels_of(
    results: Sequence[RegionResult], text: str, scheme: LabelScheme, where: str, ignored: Counter[str]
) -> dict[str, Any]:
    """The fields `insights`, `channel_preferences`, `flags` and `phi` of a labelled note, in the order of the text.

    Args:
        results: of one annotation.
        text: what was labelled.
        scheme: what could be labelled.
        where: file and task, for messages.
        ignored: counts what says nothing: regions without a label, choices for what is no statement.

    Raises:
        InputError: a label or choice that the scheme has not, offsets that do not lead to the words quoted, a
            statement without status or holder.
    """
    found: dict[str, list[dict[str, Any]]] = {STATEMENT: [], CHANNEL: [], FLAG: [], IDENTIFIER: []}
    choices = _choices(results, scheme, where)
    for result, label in _labelled(results, scheme, where, ignored):
        fields = _label_fields(result.from_name, label)
        if result.from_name == STATEMENT:
            fields |= {tag: _required(choices, result.id, tag, label, where) for tag in (STATUS, HOLDER)}
        found[result.from_name].append(fields | _grounded(result, text, where))
    statements = {result.id for result in results if result.from_name == STATEMENT}
    ignored["choices for what is no statement"] += sum(region not in statements for region, _ in choices)
    in_order = {tag: sorted(labels, key=lambda one: (one["start"], one["end"])) for tag, labels in found.items()}
    return {
        "insights": in_order[STATEMENT],
        "channel_preferences": in_order[CHANNEL],
        "flags": in_order[FLAG],
        "phi": list(dict.fromkeys(span["evidence"] for span in in_order[IDENTIFIER])),
    }


def _label_fields(tag: str, label: str) -> dict[str, Any]:
    of, _, value = label.rpartition(".")
    if tag == STATEMENT:
        return {"topic": of, "polarity": value}
    if tag == CHANNEL:
        return {"channel": of, "stance": value}
    return {"kind": label} if tag == FLAG else {}


def _choices(results: Sequence[RegionResult], scheme: LabelScheme, where: str) -> dict[tuple[str, str], str]:
    """What was chosen, by region and tag."""
    chosen: dict[tuple[str, str], str] = {}
    for result in results:
        if result.from_name not in scheme.choices:
            continue
        if len(result.value.choices) != 1:
            raise InputError(f"{where}: {result.from_name}: one choice a statement, not {list(result.value.choices)}")
        _require_known(result.value.choices[0], scheme.choices, result.from_name, where)
        chosen[result.id, result.from_name] = result.value.choices[0]
    return chosen


def _labelled(
    results: Sequence[RegionResult], scheme: LabelScheme, where: str, ignored: Counter[str]
) -> Iterator[tuple[RegionResult, str]]:
    for result in results:
        if result.from_name in scheme.choices:
            continue
        if result.from_name not in scheme.labels:
            known = ", ".join((*scheme.labels, *scheme.choices))
            raise InputError(f"{where}: from_name {result.from_name!r} is none of the configuration's tags: {known}")
        ignored["regions without a label"] += not result.value.labels
        for label in result.value.labels:
            _require_known(label, scheme.labels, result.from_name, where)
            yield result, label


def _require_known(label: str, known: Mapping[str, tuple[str, ...]], tag: str, where: str) -> None:
    if label not in known[tag]:
        raise InputError(f"{where}: {tag}: {label!r} is unknown: one of {', '.join(known[tag])}")


def _required(choices: Mapping[tuple[str, str], str], region: str, tag: str, label: str, where: str) -> str:
    try:
        return choices[region, tag]
    except KeyError as e:
        raise InputError(f"{where}: region {region!r} ({label}) has no {tag}: choose one in Label Studio") from e


def _grounded(result: RegionResult, text: str, where: str) -> dict[str, Any]:
    value = result.value
    span = span_in_text(text, value.start, value.end, value.text)
    if span is None:
        raise InputError(
            f"{where}: region {result.id!r}: [{value.start}, {value.end}) of the text ({len(text):,} characters) is "
            f"not what was labelled{_length_of(value)}: was the task's text changed?"
        )
    return {"start": span[0], "end": span[1], "evidence": text[slice(*span)]}


def _length_of(value: RegionValue) -> str:
    return "" if value.text is None else f" ({len(value.text):,} characters)"
