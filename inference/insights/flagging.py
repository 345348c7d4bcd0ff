"""Flags of rules and of the model together: what either raises stands, adverse events and complaints always."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..triage import OUTSIDE_LABEL
from .statement import Evidence, Flag, Statement

UNLIKELY = 0.05
"""The model's probability below which a rule's inquiry or off-label talk is left out.

Such a rule is nearly always wrong there (on the notes that calibrate the model, and on later ones), since it goes by
a word or two where the model reads the sentence.
"""
_DOUBTED = frozenset({"medical_inquiry", "off_label"})
"""Kinds of which the model may overrule a rule: what is lost there is looked up later; a missed harm is not."""


def united(
    by_rules: Sequence[Flag], by_model: Sequence[Flag], probabilities: Mapping[str, float] | None = None
) -> tuple[Flag, ...]:
    """The flags of either, in the order of the words; no adverse event or complaint of a rule is ever left out.

    Where both raise the same kind on words that overlap, the rule's flag stands, names both detectors, and has the
    higher probability. A rule's inquiry or off-label talk that the model holds for unlikely is left out, unless the
    rule knows what the model does not: the label of the brand.

    Args:
        by_rules: flags of rules.
        by_model: flags that the model raises.
        probabilities: by kind, how likely the model holds each to be in the same text; a kind that is not named, and
            all where the model has not read the text, leave the rules as they are.
    """
    by_rules = [flag for flag in by_rules if not _is_doubted(flag, probabilities or {})]
    confirmed: dict[int, Flag] = {}
    added = []
    for flag in by_model:
        numbers = [n for n, rule in enumerate(by_rules) if rule.kind == flag.kind and overlap(rule, flag)]
        for n in numbers:
            rule = confirmed.get(n, by_rules[n])
            signed = f"{by_rules[n].detector}+{flag.detector}"
            confirmed[n] = replace(rule, probability=max(rule.probability, flag.probability), detector=signed)
        if not numbers:
            added.append(flag)
    flags = [confirmed.get(n, rule) for n, rule in enumerate(by_rules)] + added
    return tuple(sorted(flags, key=lambda flag: (_start(flag.evidence), flag.kind)))


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
