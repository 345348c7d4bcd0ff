"""The states of one driver or barrier: open -> contradicted -> resolved -> reopened, each step with its cause.

One rule is at the core: the physician's latest own, non-hypothetical word wins. Around it:

* On a day with own words for and against, those for win (what holds in any part still holds) unless they are unclear
  (probability under 0.5) and those against clear. If another record of that day is against, the entry is contradicted.
* An unclear own word may open an entry, whose belief then stays under 0.5 until there are more, but neither resolves
  nor reopens one.
* Somebody else's view, a rep's guess or a hypothetical opens an entry only on paper (belief under 0.5), contradicts one
  that is open by saying it is over, and never resolves one.
* A survey that denies what nobody had raised resolves nothing: it was asked, not told.
* The opposite polarity is another subject: a physician may love the data and want longer follow-up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from .statements import EVEN, Statement

OPEN, CONTRADICTED, RESOLVED, REOPENED = "open", "contradicted", "resolved", "reopened"
OPEN_STATES = frozenset({OPEN, REOPENED, CONTRADICTED})


def is_open(entry: Mapping[str, Any]) -> bool:
    """Whether a row of PROFILES counts as open: its state is, and its probability is at least 0.5."""
    return entry["state"] in OPEN_STATES and (entry["probability"] or 0.0) >= EVEN


@dataclass(frozen=True, slots=True)
class Step:
    """One change of state, the statement that made it, and why in one line."""

    before: str | None
    after: str
    statement: Statement
    cause: str

    @property
    def date(self) -> date:
        """When it happened: the day of the statement."""
        return self.statement.date

    @property
    def is_turn(self) -> bool:
        """Whether the physician's own word turned the entry round, so that a new episode begins."""
        return RESOLVED in (self.before, self.after)


def walk(statements: Iterable[Statement]) -> list[Step]:
    """The steps of one subject, oldest first; empty where nothing ever opened or resolved it.

    `statements` are one subject's in `Statement.order`: oldest first, and the surest of a day first. Steps up to a day
    depend on the statements up to that day alone.
    """
    steps: list[Step] = []
    for _, day in groupby(statements, key=lambda statement: statement.date):
        steps.extend(_steps_of(steps, list(day)))
    return steps


def begun(steps: Sequence[Step]) -> date:
    """The day of the last turn, with which the present episode begins; the first day of all where there was none."""
    return next((step.date for step in reversed(steps) if step.is_turn), date.min)


def _steps_of(steps: Sequence[Step], day: Sequence[Statement]) -> Iterator[Step]:
    state = steps[-1].after if steps else None
    holding, ending = _own_words(state, day)
    step = None
    if holding is not None:
        step = _held(state, holding, reopens=any(step.after == RESOLVED for step in steps))
    elif ending is not None and _ends(state, ending):
        step = Step(state, RESOLVED, ending, f"over, says the physician in {ending.told}")
    elif state is None:
        step = _heard(day)
    if step is not None:
        yield step
        state = step.after
    contrary = _contrary(day, holding)
    if contrary is not None and state in (OPEN, REOPENED):
        yield Step(state, CONTRADICTED, contrary, _contradiction(contrary))


def _own_words(state: str | None, day: Sequence[Statement]) -> tuple[Statement | None, Statement | None]:
    """The own word that the subject holds and the one that it is over; at most one of them decides, the first."""
    holding = _surest(s for s in day if s.is_own and s.status == "current" and (s.is_clear or state != RESOLVED))
    ending = _surest(s for s in day if s.is_clear and s.status == "resolved")
    if holding is not None and ending is not None and not holding.is_clear:
        holding = None
    return holding, ending


def _ends(state: str | None, ending: Statement) -> bool:
    """Whether the word ends something. Who is asked in a survey denies also what never was an issue."""
    return state != RESOLVED and not (state is None and ending.source == "survey")


def _held(state: str | None, holding: Statement, *, reopens: bool) -> Step | None:
    if state in (OPEN, REOPENED):
        return None
    if state == CONTRADICTED:
        return Step(state, REOPENED if reopens else OPEN, holding, f"confirmed by the physician in {holding.told}")
    verb = "said" if state is None else "raised again"
    return Step(state, OPEN if state is None else REOPENED, holding, f"{verb} by the physician in {holding.told}")


def _heard(day: Sequence[Statement]) -> Step | None:
    heard = _surest(s for s in day if not s.is_own and s.status != "resolved")
    if heard is None:
        return None
    if heard.status == "hypothetical":
        cause = f"only conditional in {heard.told}"
    elif heard.holder == "rep":
        cause = f"the rep's own guess in {heard.told}"
    else:
        cause = f"somebody else's view in {heard.told}, not the physician's"
    return Step(None, OPEN, heard, cause)


def _contrary(day: Sequence[Statement], holding: Statement | None) -> Statement | None:
    return _surest(
        s
        for s in day
        if s.status == "resolved" and (not s.is_clear or (holding is not None and s.record != holding.record))
    )


def _contradiction(contrary: Statement) -> str:
    if contrary.holder == "hcp":
        unsure = "" if contrary.is_clear else ", though unclearly"
        return f"the physician is also noted to say it is over{unsure}, in {contrary.told}"
    who = "the rep thinks" if contrary.holder == "rep" else "somebody else says"
    return f"{who} it is over, in {contrary.told}"


def _surest(statements: Iterable[Statement]) -> Statement | None:
    """The first of a day's."""
    return next(iter(statements), None)
