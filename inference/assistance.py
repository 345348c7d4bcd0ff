"""A language model that the user named, opened with all that it needs to stand beside an annotator."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from ..embeddings.model_files import file_digest
from ..errors import InputError
from ..prompts import AnswerCache, ChoiceRequest, LanguageModel, Prompt, Rehearsal, Request
from .assist import Adjudicator, AssistedAnnotator, Combination, Extractor, Tally
from .assist.confirmation import PROMPT as ADJUDICATION
from .assist.extraction import PROMPT as EXTRACTION
from .insights import Annotator, InsightModel
from .llm_options import LlmOptions
from .named_language_model import named_language_model
from .progress import Reporter
from .runs import AssistanceRecord, PromptRecord

NOTES_AT_ONCE = 64
"""Notes that are read and asked about together: progress moves by as many."""


@dataclass(frozen=True)
class Assistance:
    """Who is asked for what, and where answers are kept.

    Attributes:
        options: as the user gave them.
        model: who is asked.
        answers: keeps the answers.
        prompts: how it is asked, by name: just those that the options need.
        combination: what the answers of adjudication are worth; None where nobody has measured it.
    """

    options: LlmOptions
    model: LanguageModel
    answers: AnswerCache
    prompts: dict[str, Prompt]
    combination: Combination | None = None

    @classmethod
    def of(cls, options: LlmOptions, model: LanguageModel, answers: AnswerCache) -> Assistance:
        """With the prompts and the combination that the options name; raises InputError where there are none."""
        combination = Combination.load(options.fit) if options.fit else None
        return cls(options, model, answers, _prompts(options), combination)

    def beside(self, annotator: Annotator) -> AssistedAnnotator:
        """The annotator with the language model beside it.

        Raises:
            InputError: the combination was fitted for another model, prompt or insight model.
        """
        extractor = None
        if prompt := self.prompts.get(EXTRACTION):
            extractor = Extractor(annotator.model, self.model, self.answers, prompt=prompt)
        return AssistedAnnotator(annotator, self.adjudicator(annotator.model), extractor)

    def adjudicator(self, insights: InsightModel) -> Adjudicator | None:
        """Who asks about what the insight model is unsure of, if that is asked for; raises as `beside` does."""
        if prompt := self.prompts.get(ADJUDICATION):
            return Adjudicator(insights, self.model, self.answers, self.combination, prompt=prompt)
        return None

    @property
    def described(self) -> str:
        """In one line, what tells it from another."""
        prompts = [f"{name} {prompt.id.version} ({prompt.id.digest[:8]})" for name, prompt in self.prompts.items()]
        fit = f", fit {file_digest(self.options.fit)[:8]}" if self.options.fit else ""
        return f"{self.model.name} (SHA-256 {self.model.digest[:16]}; {', '.join(prompts)}{fit})"

    def record(self, tally: Tally) -> AssistanceRecord:
        """What a run's manifest keeps of it."""
        return AssistanceRecord(
            name=self.model.name,
            sha256=self.model.digest,
            mode=self.options.mode,
            prompts=tuple(
                PromptRecord(name=prompt.id.name, version=prompt.id.version, sha256=prompt.id.digest)
                for prompt in self.prompts.values()
            ),
            fit_sha256=file_digest(self.options.fit) if self.options.fit else None,
            questions=tally.asked,
            failed=tally.failed,
            turned=tally.turned,
            quotes=tally.quotes,
            ungrounded=tally.ungrounded,
            added=tally.added,
        )

    def warn(self, reporter: Reporter) -> None:
        """Tell what the user should know before a model is believed."""
        if not self.options.adjudicates:
            return
        if self.combination is None:
            reporter.notice(
                f"what {self.model.name} answers is counted and changes no label: nobody has measured what it is worth "
                "(hcplens fit-llm, then --llm-fit)"
            )
        elif not self.combination.helps:
            reporter.notice(f"{self.model.name} did not help where {self.options.fit} was fitted")


@contextmanager
def opened_assistance(options: LlmOptions, output: Path) -> Iterator[Assistance]:
    """Opened for the block; answers are kept where the options say, or beside the output.

    Raises:
        InputError: they would lie in the folder that the output replaces, and go with it.
    """
    if options.cache and options.cache.resolve().is_relative_to(output.resolve()):
        raise InputError(f"--llm-cache {options.cache} lies in {output}, which is replaced whole: name another file")
    with (
        named_language_model(options.model or "", options.name, options.budget, options.adapter) as model,
        AnswerCache(options.cache or answers_beside(output)) as answers,
    ):
        yield Assistance.of(options, model, answers)


@contextmanager
def rehearsed_assistance(options: LlmOptions, output: Path) -> Iterator[Assistance]:
    """The same, but for printing each request as JSON instead of sending it; nothing is asked or left behind."""
    known = options.cache or answers_beside(output)
    with TemporaryDirectory() as folder:
        cache = known if known.exists() else Path(folder) / known.name
        with (
            named_language_model(options.model or "", options.name, None, options.adapter) as model,
            AnswerCache(cache) as answers,
        ):
            yield Assistance.of(options, Rehearsal(model, _print), answers)


def tell_rehearsed(reader: AssistedAnnotator, model: LanguageModel, reporter: Reporter) -> None:
    """What a rehearsal came to."""
    tally = reader.tally
    reporter.notice(
        f"{tally.failed:,} requests would be sent to {model.name}, {tally.from_cache:,} are answered in the cache; "
        "nothing was sent or written"
    )


def answers_beside(output: Path) -> Path:
    """Where the answers are kept that an output was made with."""
    return output.with_name(output.name + ".answers.sqlite")


def _prompts(options: LlmOptions) -> dict[str, Prompt]:
    """The prompts that are asked: those that were named, else the latest that ship."""
    needed = [*([ADJUDICATION] if options.adjudicates else []), *([EXTRACTION] if options.extracts else [])]
    named = {prompt.id.name: prompt for prompt in map(Prompt.named, options.prompts)}
    if strange := sorted(named.keys() - set(needed)):
        raise InputError(f"--llm {options.mode} does not ask the prompt {strange[0]}, but {' and '.join(needed)}")
    return {name: named.get(name) or Prompt.load(name) for name in needed}


def _print(request: Request | ChoiceRequest) -> None:
    sys.stdout.write(json.dumps(asdict(request), ensure_ascii=False) + "\n")
