"""Flags of rules and of the model together: what either raises stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .statement import Evidence, Flag, Statement


def united(by_rules: Sequence[Flag], by_model: Sequence[Flag]) -> tuple[Flag, ...]:
    """Every flag of either, in the order of the words; no flag of a rule is ever left out.

    Where both raise the same kind on words that overlap, the rule's flag stands, names both detectors, and has the
    higher probability.
    """
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


def overlap(one: Statement | Flag, other: Statement | Flag) -> bool:
    """Whether both rest on words of the text, and share some."""
    a, b = one.evidence, other.evidence
    if a.start is None or a.end is None or b.start is None or b.end is None:
        return False
    return a.start < b.end and b.start < a.end


def _start(evidence: Evidence) -> int:
    return -1 if evidence.start is None else evidence.start
