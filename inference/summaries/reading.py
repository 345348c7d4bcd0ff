"""A sentence read in full: which subjects it names, what it says of each, and what cannot be read.

A sentence falls into clauses at semicolons and words such as "but", and a clause into segments at commas and "and".
What a segment says holds of the subjects in it. Of what it does not say itself, the nearest segments before and after
it in the clause speak. What stands in brackets is said of the subject before them alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from .claims import Claim, QuoteClaim
from .orders import orders_in
from .segments import Segment, read_segment
from .vocabulary import Token, Vocabulary
from .words import PLAIN_WORDS


@dataclass(frozen=True)
class Named:
    """A subject that is named, and what is said of it.

    Attributes:
        name: as it stands in the sentence.
        ids: what the name may stand for.
        said: all of it must be true of the subject.
        implied: said of what stands beside it; must not be false of the subject.
    """

    name: str
    ids: frozenset[str]
    said: tuple[Claim, ...]
    implied: tuple[Claim, ...]


@dataclass(frozen=True)
class Reading:
    """What a sentence says.

    Attributes:
        named: each subject in each place where it is named.
        unbound: claims of clauses that name no subject.
        problems: why a part of it cannot be read, a line each.
    """

    named: tuple[Named, ...]
    unbound: tuple[Claim, ...]
    problems: tuple[str, ...]


def read_sentence(text: str, vocabulary: Vocabulary) -> Reading:
    """Read one sentence; its full stop may be there or not."""
    tokens = list(vocabulary.tokens(text.strip().removesuffix(".")))
    named: list[Named] = []
    unbound: list[Claim] = []
    problems = [problem for token in tokens if (problem := _unreadable(token))]
    for clause in _split(tokens, "turn"):
        segments = [read_segment(part) for part in _split(clause, "join")]
        problems += [problem for segment in segments for problem in segment.problems]
        problems += orders_in(clause)
        if any(segment.subjects for segment in segments):
            named += _bound(segments)
        else:
            unbound += [claim for segment in segments for claim in segment.claims]
    return Reading(tuple(named), tuple(unbound), tuple(dict.fromkeys(problems)))


def _unreadable(token: Token) -> str | None:
    if token.kind == "number":
        return f"the number {token.text} is no day of the facts cited"
    if token.kind == "unknown":
        return "more than one sentence" if token.text in ".!?" else f"the character {token.text!r}"
    if token.kind == "word" and token.words not in PLAIN_WORDS:
        return f"the {'name' if token.text[0].isupper() else 'word'} {token.text!r} is not of the facts cited"
    return None


def _split(tokens: Iterable[Token], kind: str) -> Iterator[list[Token]]:
    """Parts between the tokens of a kind; those in brackets divide nothing."""
    part: list[Token] = []
    depth = 0
    for token in tokens:
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if token.kind == kind and depth == 0:
            yield part
            part = []
        else:
            part.append(token)
    yield part


def _bound(segments: Sequence[Segment]) -> Iterator[Named]:
    """Each subject of a clause with what is said of it; a segment without subjects speaks of those beside it."""
    bearing = [place for place, segment in enumerate(segments) if segment.subjects]
    own = {place: list(segments[place].claims) for place in bearing}
    for place, segment in enumerate(segments):
        if not segment.subjects:
            before = [at for at in bearing if at < place][-1:]
            after = [at for at in bearing if at > place][:1]
            for claim in segment.claims:
                for at in (before or after) if isinstance(claim, QuoteClaim) else (*before, *after):
                    own[at].append(claim)
    for place in bearing:
        for token, local in segments[place].subjects:
            said = (*own[place], *local)
            yield Named(token.text, token.subjects, said, tuple(_implied(own, place, {claim.about for claim in said})))


def _implied(own: Mapping[int, Sequence[Claim]], place: int, told: set[str]) -> Iterator[Claim]:
    """What the nearest segments on either side say of the matters on which nothing was told."""
    before = sorted((at for at in own if at < place), reverse=True)
    after = sorted(at for at in own if at > place)
    for side in (before, after):
        heard = set(told)
        for at in side:
            fresh = [claim for claim in own[at] if claim.about not in heard and not isinstance(claim, QuoteClaim)]
            heard |= {claim.about for claim in fresh}
            yield from fresh
