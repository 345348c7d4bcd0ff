"""The insight model with a language model beside it."""

from __future__ import annotations

from collections.abc import Sequence

from ..insights import Annotation, Annotator
from .adjudication import Adjudicator
from .extraction import Extractor
from .tally import Tally


class AssistedAnnotator:
    """Reads texts as its annotator does, and asks a language model what it is to be asked.

    Flags, redactions, channel wishes and uses are the annotator's alone: no language model sees or changes them.

    Args:
        annotator: triage and the insight model.
        adjudicator: decides what the insight model is unsure of; None to leave it as it is.
        extractor: looks for further statements; None to look for none.
    """

    def __init__(
        self, annotator: Annotator, adjudicator: Adjudicator | None = None, extractor: Extractor | None = None
    ) -> None:
        self._annotator, self._adjudicator, self._extractor = annotator, adjudicator, extractor
        self._tally = Tally()

    @property
    def tally(self) -> Tally:
        """What all questions so far came to."""
        return self._tally

    def annotate(self, texts: Sequence[str], brands: Sequence[str | None] = ()) -> list[Annotation]:
        """One annotation a text; `brands` says what each is about, if that is known."""
        read = self._annotator.read(texts, brands)
        if self._adjudicator:
            decided = self._adjudicator.adjudicate(read)
            read = decided.read
            self._tally += decided.tally
        annotations = self._annotator.annotated(read)
        if self._extractor:
            extracted = self._extractor.extract(read, annotations)
            annotations = extracted.annotations
            self._tally += extracted.tally
        return annotations
