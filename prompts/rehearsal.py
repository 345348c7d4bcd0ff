"""A model that is not asked: it tells what would be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from .language_model import ChoiceRequest, Failure, LanguageModel, Outcome, Request
from .stand_in import StandIn

_NOT_SENT = Failure("not sent: this is a dry run")


class Rehearsal(StandIn):
    """Stands in for a model, under its name and digest, and sends nothing anywhere.

    Args:
        model: which would be asked.
        tell: hears each request that no cache answers.
    """

    def __init__(self, model: LanguageModel, tell: Callable[[Request | ChoiceRequest], None]) -> None:
        super().__init__(model)
        self._tell = tell

    def complete(self, requests: Sequence[Request]) -> Iterator[Outcome]:
        """A failure each."""
        return self._told(requests)

    def score_choices(self, requests: Sequence[ChoiceRequest]) -> Iterator[Outcome]:
        """A failure each."""
        return self._told(requests)

    def _told(self, requests: Sequence[Request | ChoiceRequest]) -> Iterator[Outcome]:
        for place, request in enumerate(requests):
            self._tell(request)
            yield Outcome(place, _NOT_SENT)
