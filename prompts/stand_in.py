"""What stands in a language model's place, under its name."""

from __future__ import annotations

from .language_model import LanguageModel


class StandIn:
    """Known by the model's name and digest, so that answers are kept as the model's own.

    Args:
        model: in whose place it stands.
    """

    def __init__(self, model: LanguageModel) -> None:
        self._model = model

    @property
    def name(self) -> str:
        """The model's."""
        return self._model.name

    @property
    def digest(self) -> str:
        """The model's."""
        return self._model.digest

    @property
    def can_score(self) -> bool:
        """Whether the model can."""
        return self._model.can_score
