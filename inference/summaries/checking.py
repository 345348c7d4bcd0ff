"""The checker: a sentence is shown only if all of it is read and all of it is so, by the facts that it cites.

1. It cites facts, and every number cited is that of one.
2. Every subject that it names is one of a cited fact, and it names at least one.
3. What it says of each subject (polarity, state, day, holder, trend, stage, channel wish, quotation) is true of one
   cited fact of this subject, all of it of the same one. Something is said of each; what is resolved is called so, and
   of a channel or the adoption stage the wish or the stage is told.
4. There is no word, number or name that the checker cannot read.
5. Quotations are whole ones of the facts cited.
6. There is no recommendation, claim about the product, talk of safety, instruction or patient placeholder, and no name
   that may be an order, such as "phone the physician".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from .claims import Claim
from .fact import Dimension, Fact
from .quotable import has_placeholder
from .reading import Named, Reading, read_sentence
from .vocabulary import Vocabulary
from .words import FORBIDDEN

_TOLD_ALWAYS: tuple[Dimension, ...] = ("stance", "stage")


def faults_of(text: str, cited: Sequence[int], facts: Sequence[Fact], vocabulary: Vocabulary) -> tuple[str, ...]:
    """Why a sentence may not be shown, a line each; empty where it may.

    Args:
        text: one sentence.
        cited: numbers of facts, from 1.
        facts: those that were given.
        vocabulary: of the same brand and taxonomy.
    """
    unknown = [number for number in cited if not 1 <= number <= len(facts)]
    if unknown or not cited:
        return (f"cites the facts {unknown}, which are none" if unknown else "cites no fact",)
    chosen = [facts[number - 1] for number in dict.fromkeys(cited)]
    reading = read_sentence(text, vocabulary)
    return tuple(
        dict.fromkeys(
            [*_unspeakable(text, vocabulary), *reading.problems, *_untrue(reading, chosen), *_unbound(reading, chosen)]
        )
    )


def spoken_of(text: str, cited: Sequence[Fact], vocabulary: Vocabulary) -> tuple[Fact, ...]:
    """The cited facts whose subjects a sentence names: a sentence rests on no others, whatever it cites."""
    named = {subject for one in read_sentence(text, vocabulary).named for subject in one.ids}
    return tuple(fact for fact in cited if fact.subject in named)


def _unspeakable(text: str, vocabulary: Vocabulary) -> Iterator[str]:
    if has_placeholder(text):
        yield "a patient placeholder"
    spoken = vocabulary.without_names(text)
    for what, pattern in FORBIDDEN.items():
        if found := pattern.search(spoken):
            yield f"{what}: {found[0]!r}"


def _untrue(reading: Reading, cited: Sequence[Fact]) -> Iterator[str]:
    if not reading.named:
        yield "names no topic, channel or stage"
    for named in reading.named:
        candidates = [fact for fact in cited if fact.subject in named.ids]
        if not candidates:
            yield f"{named.name!r} is of no fact cited"
        elif all(_faults(named, fact) for fact in candidates):
            yield from _faults(named, candidates[0])


def _faults(named: Named, fact: Fact) -> list[str]:
    """Why what is said of a name is not so of a fact."""
    heard = (*named.said, *named.implied)
    wrong = [claim for claim in named.said if not claim.is_true_of(fact)]
    wrong += [claim for claim in named.implied if claim.is_true_of(fact) is False]
    faults = [f"{claim.words!r} is not so of {named.name!r}" for claim in wrong]
    if fact.state == "resolved" and not any(map(_says_resolved, heard)):
        faults.append(f"does not say that {named.name!r} is resolved")
    if not wrong and not any(claim.is_true_of(fact) for claim in heard if claim.about in _due(fact, heard)):
        faults.append(f"does not say what {named.name!r} is")
    return faults


def _due(fact: Fact, heard: Iterable[Claim]) -> set[str]:
    """One of these must be told of a fact: a name alone, next to a day, may be taken for its contrary."""
    own: set[str] = {dimension for dimension in _TOLD_ALWAYS if fact.value_of(dimension) is not None}
    return own or {claim.about for claim in heard}


def _says_resolved(claim: Claim) -> bool:
    open_fact, resolved = (Fact("", "", state=state) for state in ("open", "resolved"))
    return claim.about == "state" and bool(claim.is_true_of(resolved)) and not claim.is_true_of(open_fact)


def _unbound(reading: Reading, cited: Sequence[Fact]) -> Iterator[str]:
    """Claims that name no subject must be true of all cited facts that say anything of the matter."""
    for claim in reading.unbound:
        truths = [truth for fact in cited if (truth := claim.is_true_of(fact)) is not None]
        if not truths or not all(truths):
            yield f"{claim.words!r} is not so of all facts cited"
