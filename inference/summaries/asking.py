"""A language model writes summaries: facts as quoted data go in, and what comes out is checked sentence by sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pydantic import BaseModel, ConfigDict, StrictInt, ValidationError

from ...prompts import Answer, AnswerCache, Decoding, LanguageModel, Progress, Prompt, Request, ask_all
from .checking import faults_of, spoken_of
from .fact import Fact
from .plain_template import plain_summary, worded
from .summary import LONGEST, Rejected, Sentence, Summary
from .vocabulary import Vocabulary

PROMPT = ("summarise_profile", "v2")
MAX_TOKENS = 400
_LIST_NUMBER = re.compile(r"^[1-9][.:)] ")


@dataclass(frozen=True)
class Subject:
    """What a summary is to be written of: the facts of a physician and brand, and what sentences may name."""

    facts: tuple[Fact, ...]
    vocabulary: Vocabulary


def written_summaries(
    subjects: Sequence[Subject], model: LanguageModel, cache: AnswerCache, progress: Progress | None = None
) -> list[Summary]:
    """A summary of each subject, in their order; plain sentences where too little of the model's may be shown.

    Of a subject without facts nothing is asked.

    Raises:
        HcplensError: nothing can be asked, as `ask_all` says.
    """
    asked = [subject for subject in subjects if subject.facts]
    answers = iter(ask_all(model, list(map(request_of, asked)), cache, progress))
    return [checked_summary(subject, next(answers)) if subject.facts else plain_summary(()) for subject in subjects]


def request_of(subject: Subject) -> Request:
    """What a model is asked; facts come with redacted quotations alone."""
    findings = [{"says": worded(fact), "quotes": fact.quotes} for fact in subject.facts]
    brand = subject.vocabulary.brand or "not named"
    return Prompt.load(*PROMPT).request({"brand": brand, "findings": findings}, Decoding(max_tokens=MAX_TOKENS))


def checked_summary(subject: Subject, answer: Answer) -> Summary:
    """The sentences of an answer that pass, and plain ones in the places left; it says what was rejected and why."""
    plain = replace(plain_summary(subject.facts), asked=answer.model_name)
    try:
        written = [] if answer.text is None else _Written.model_validate_json(answer.text).sentences
    except ValidationError as e:
        return replace(plain, failure=f"its answer is not of the shape asked for: {e.error_count()} faults")
    if answer.failure is not None:
        return replace(plain, failure=answer.failure)
    judged = list(_judged(written, subject, answer.model_name))
    rejected = tuple(one for one in judged if isinstance(one, Rejected))
    accepted = tuple(one for one in judged if isinstance(one, Sentence))
    return replace(plain, sentences=_filled(accepted, plain.sentences), rejected=rejected)


def _filled(accepted: Sequence[Sentence], plain: Sequence[Sentence]) -> tuple[Sentence, ...]:
    """Places that are left go, in front, to plain sentences on what no sentence speaks of yet."""
    spoken_of = {fact for sentence in accepted for fact in sentence.facts}
    fresh = [sentence for sentence in plain if not spoken_of & set(sentence.facts)]
    return (*fresh[: LONGEST - len(accepted)], *accepted)


class _WrittenSentence(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: str
    findings: list[StrictInt]


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid")

    sentences: list[_WrittenSentence]


def _judged(written: Sequence[_WrittenSentence], subject: Subject, name: str) -> Iterator[Sentence | Rejected]:
    shown: set[str] = set()
    for one in written:
        text = f"{_LIST_NUMBER.sub('', ' '.join(one.text.split())).removesuffix('.')}."
        faults = faults_of(text, one.findings, subject.facts, subject.vocabulary)
        if len(shown) == LONGEST:
            faults = (*faults, f"more than {LONGEST} sentences")
        if text in shown:
            faults = (*faults, "said already")
        if faults:
            yield Rejected(one.text, faults)
        else:
            shown.add(text)
            cited = [subject.facts[number - 1] for number in dict.fromkeys(one.findings)]
            yield Sentence(text, spoken_of(text, cited, subject.vocabulary), name)
