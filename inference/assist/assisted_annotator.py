"""The insight model with a language model beside it."""

from __future__ import annotations

from collections.abc import Sequence

from ..insights import Annotation, Annotator
from ..insights.read_texts import ReadTexts
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
        return self.annotated(self.read(texts, brands))

    def read(self, texts: Sequence[str], brands: Sequence[str | None] = ()) -> ReadTexts:
        """The annotator's reading of each text, with the probabilities that adjudication leaves."""
        read = self._annotator.read(texts, brands)
        if not self._adjudicator:
            return read
        decided = self._adjudicator.adjudicate(read)
        self._tally += decided.tally
        return decided.read

    def annotated(self, read: ReadTexts) -> list[Annotation]:
        """One annotation a text that was read: what is claimed of it, and what else is found in it."""
        annotations = self._annotator.annotated(read)
        if not self._extractor:
            return annotations
        extracted = self._extractor.extract(read, annotations)
        self._tally += extracted.tally
        return extracted.annotations
