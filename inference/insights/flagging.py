"""Flags of rules and of the model together: what either raises stands, adverse events and complaints always."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..triage import OUTSIDE_LABEL
from .statement import Evidence, Flag, Statement

UNLIKELY = 0.03
"""The model's probability below which a rule's inquiry or off-label talk is left out.

Such a rule goes by a word or two where the model reads the sentence: of 44 hits of these kinds by rules alone on 4,666
notes that the model had not learned from, the nine that lay about as low were all false.
"""
_DOUBTED = frozenset({"medical_inquiry", "off_label"})
"""Kinds of which the model may overrule a rule; a missed harm or defect costs more than one looked at in vain."""


def united(
    by_rules: Sequence[Flag], by_model: Sequence[Flag], probabilities: Mapping[str, float] | None = None
) -> tuple[Flag, ...]:
    """The flags of either, in the order of the words; no adverse event or complaint of a rule is ever left out.

    Where both raise the same kind on words that overlap, one flag stands, names both detectors, and has the model's
    words, which are nearer to what a person would mark; two rules that one reading of the model confirms, and a rule
    that two confirm, keep their own. A rule's inquiry or off-label talk that the model holds for unlikely is left out,
    unless the rule knows what the model does not: the label of the brand.

    A rule's strength is no calibrated probability. Where it is surer than the model, its flag has the mean of both;
    where the model is, the model's.

    Args:
        by_rules: flags of rules.
        by_model: flags that the model raises.
        probabilities: by kind, how likely the model holds each to be in the same text; a kind that is not named, and
            all where the model has not read the text, leave the rules as they are.
    """
    rules = [flag for flag in by_rules if not _is_doubted(flag, probabilities or {})]
    joined = [
        [n for n, rule in enumerate(rules) if rule.kind == flag.kind and overlap(rule, flag)] for flag in by_model
    ]
    believed = [_believed(rule, probabilities or {}) for rule in rules]
    flags = [_confirmed(n, rule, by_model, joined) for n, rule in enumerate(believed)]
    flags += [flag for flag, numbers in zip(by_model, joined, strict=True) if not numbers]
    return tuple(sorted(flags, key=lambda flag: (_start(flag.evidence), flag.kind)))


def _confirmed(number: int, rule: Flag, by_model: Sequence[Flag], joined: Sequence[Sequence[int]]) -> Flag:
    """A rule's flag with what the model says of it; `joined`: the numbers of the rules that each reading confirms."""
    readings = [(flag, numbers) for flag, numbers in zip(by_model, joined, strict=True) if number in numbers]
    if not readings:
        return rule
    first, numbers = readings[0]
    return replace(
        rule,
        probability=max(rule.probability, *(flag.probability for flag, _ in readings)),
        detector=f"{rule.detector}+{first.detector}",
        evidence=first.evidence if len(readings) == len(numbers) == 1 else rule.evidence,
    )


def _believed(rule: Flag, probabilities: Mapping[str, float]) -> Flag:
    by_model = probabilities.get(rule.kind)
    if by_model is None or by_model >= rule.probability or rule.detector == OUTSIDE_LABEL:
        return rule
    return replace(rule, probability=(rule.probability + by_model) / 2)


def _is_doubted(rule: Flag, probabilities: Mapping[str, float]) -> bool:
    if rule.kind not in _DOUBTED or rule.detector == OUTSIDE_LABEL:
        return False
    return probabilities.get(rule.kind, 1.0) < UNLIKELY


def overlap(one: Statement | Flag, other: Statement | Flag) -> bool:
    """Whether both rest on words of the text, and share some."""
    a, b = one.evidence, other.evidence
    if a.start is None or a.end is None or b.start is None or b.end is None:
        return False
    return a.start < b.end and b.start < a.end


def _start(evidence: Evidence) -> int:
    return -1 if evidence.start is None else evidence.start
