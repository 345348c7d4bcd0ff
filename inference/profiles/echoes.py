"""Echoes: what is merely said again counts once.

A statement echoes an earlier one of the same subject if the same holder says the same (status) and either the same
voice (source and rep) was heard within 14 days, or the words are the same: notes are copied from call to call.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .statements import Statement

ECHO_DAYS = 14


def without_echoes(statements: Sequence[Statement]) -> list[Statement]:
    """The statements that count: the first of each echo, with the highest probability that the echo was read with.

    `statements` are one subject's, oldest first. The 14 days run from the one that counts, so that a worry voiced
    every week counts anew every third week.
    """
    counted: list[Statement] = []
    voices: dict[tuple[str, ...], int] = {}
    wordings: dict[tuple[str, ...], int] = {}
    for statement in statements:
        voice, wording = _voice(statement), _wording(statement)
        place = wordings.get(wording) if wording else None
        heard = voices.get(voice)
        if place is None and heard is not None and (statement.date - counted[heard].date).days <= ECHO_DAYS:
            place = heard
        if place is None:
            place = len(counted)
            counted.append(statement)
            voices[voice] = place
        elif statement.probability > counted[place].probability:
            counted[place] = replace(counted[place], probability=statement.probability)
        if wording:
            wordings.setdefault(wording, place)
    return counted


def _voice(statement: Statement) -> tuple[str, ...]:
    return (statement.source, statement.rep_id or "", statement.holder, statement.status)


def _wording(statement: Statement) -> tuple[str, ...] | None:
    words = " ".join((statement.evidence or "").casefold().split())
    return (words, statement.holder, statement.status) if words else None
