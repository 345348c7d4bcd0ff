"""What asking a language model came to, counted, so that nothing that failed goes unseen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from typing import Self

from ...prompts import Answer, Usage


@dataclass(frozen=True)
class Tally:
    """Counts that add up.

    Attributes:
        clauses: of all texts that were read.
        clauses_sent: those that a question was about.
        asked: questions.
        answered: those with an answer that matches its schema.
        from_cache: those of them that were answered before.
        failed: those without an answer.
        quotes: what the model quoted.
        exact: quotes found letter by letter.
        normalised: quotes found but for white space, marks, case and forms of letters.
        fuzzy: quotes found but for a few letters.
        ungrounded: quotes found nowhere; what was said with them is not used.
        known: statements with words of the note that were claimed without the model, or twice by it.
        added: statements that only the model makes.
        turned: statements that are claimed, or not, because of its answers.
        usage: tokens read and written.
        seconds: of asking.
        failure: the first reason why there was no answer.
    """

    clauses: int = 0
    clauses_sent: int = 0
    asked: int = 0
    answered: int = 0
    from_cache: int = 0
    failed: int = 0
    quotes: int = 0
    exact: int = 0
    normalised: int = 0
    fuzzy: int = 0
    ungrounded: int = 0
    known: int = 0
    added: int = 0
    turned: int = 0
    usage: Usage = field(default_factory=Usage)
    seconds: float = 0.0
    failure: str | None = None

    @classmethod
    def of(cls, answers: Sequence[Answer]) -> Self:
        """Of questions that were asked."""
        failures = [answer.failure for answer in answers if answer.failure is not None]
        return cls(
            asked=len(answers),
            answered=len(answers) - len(failures),
            from_cache=sum(answer.from_cache for answer in answers),
            failed=len(failures),
            usage=sum((answer.usage for answer in answers), Usage()),
            failure=failures[0] if failures else None,
        )

    def __add__(self, other: Self) -> Self:
        values = {
            name: getattr(self, name) + getattr(other, name)
            for name in (known.name for known in fields(self))
            if name != "failure"
        }
        return type(self)(**values, failure=self.failure or other.failure)

    @property
    def share_sent(self) -> float:
        """Of the clauses; 0 where there are none."""
        return self.clauses_sent / self.clauses if self.clauses else 0.0

    def sentences(self, model: str) -> Iterator[str]:
        """The counts for a person, who knows the model by a name."""
        yield (
            f"{model}: {self.asked:,} questions, {self.answered:,} answered ({self.from_cache:,} from the cache), "
            f"{self.failed:,} failed; {self.usage.prompt_tokens:,} tokens read and {self.usage.answer_tokens:,} "
            f"written in {self.seconds:.1f} s"
        )
        if self.failure:
            yield f"{model}: the first failure: {self.failure}"
        if self.clauses_sent:
            yield (
                f"{model} was asked about {self.share_sent:.0%} of {self.clauses:,} clauses; its answers turned "
                f"{self.turned:,} statements"
            )
        if self.quotes:
            yield (
                f"{model} quoted {self.quotes:,} times: {self.exact:,} letter by letter, {self.normalised:,} but for "
                f"spaces, marks and case, {self.fuzzy:,} but for a few letters; {self.ungrounded:,} quotes are not in "
                f"their note and were not used; {self.added:,} statements added, {self.known:,} known already"
            )
