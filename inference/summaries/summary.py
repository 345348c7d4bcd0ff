"""A summary of a physician for a brief: at most two sentences, which way each came, and what was not used."""

from __future__ import annotations

from dataclasses import dataclass

from .fact import Fact

LONGEST = 2
"""Sentences of a summary."""


@dataclass(frozen=True)
class Sentence:
    """One sentence and the facts that it rests on.

    Attributes:
        text: one sentence with its full stop.
        facts: those that it cites.
        written_by: name of the model; None for the plain template.
    """

    text: str
    facts: tuple[Fact, ...]
    written_by: str | None = None

    @property
    def statements(self) -> tuple[str, ...]:
        """Ids of the statements that it rests on, each once."""
        return tuple(dict.fromkeys(one for fact in self.facts for one in fact.statements))

    @property
    def cites(self) -> str:
        """The first statement of each fact, and how many more there are."""
        first = tuple(dict.fromkeys(fact.statements[0] for fact in self.facts if fact.statements))
        more = len(self.statements) - len(first)
        return ", ".join(first) + (f" and {more} more" if more else "")


@dataclass(frozen=True)
class Rejected:
    """A sentence of a model that is not shown, and every reason why."""

    text: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Summary:
    """What stands on top of a brief; no sentence where nothing that may be summarised is known.

    Attributes:
        sentences: those that are shown.
        asked: name of the model that was asked; None where none was.
        rejected: what it wrote and the checker refused.
        failure: why it gave no answer that can be read; None where it gave one.
    """

    sentences: tuple[Sentence, ...]
    asked: str | None = None
    rejected: tuple[Rejected, ...] = ()
    failure: str | None = None

    @property
    def is_plain(self) -> bool:
        """Whether no sentence is a model's."""
        return all(sentence.written_by is None for sentence in self.sentences)

    @property
    def footnote(self) -> str | None:
        """How it came to be, in one line; None where no model was asked."""
        if self.asked is None:
            return None
        parts = [f"written by {self._writers} from the findings cited; checked"]
        if self.failure is not None:
            parts.append(f"{self.asked} gave no answer: {self.failure}")
        if self.rejected:
            count = len(self.rejected)
            parts.append(f"{count} {'sentence' if count == 1 else 'sentences'} of {self.asked} rejected")
        return "; ".join(parts)

    @property
    def _writers(self) -> str:
        """Who wrote the sentences, in their order."""
        return " and ".join(dict.fromkeys(one.written_by or "the plain template" for one in self.sentences)) or "nobody"

    @property
    def notices(self) -> tuple[str, ...]:
        """What was not used and why, a line each, for logs; words of the rejected sentence stand in them."""
        failed = [] if self.failure is None else [f"{self.asked} gave no answer: {self.failure}"]
        refused = [f"a sentence of {self.asked} was rejected: {'; '.join(one.reasons)}" for one in self.rejected]
        return (*failed, *refused)
