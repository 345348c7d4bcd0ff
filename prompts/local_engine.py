"""Batches of prompts through a loaded causal model; imported only where one is, for torch is heavy."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

import torch

from ..errors import InputError
from .answer_schema import fault_of
from .chat_tokens import ChatTokenizer, ChatTokens
from .checkpoint import Checkpoint
from .constrained import AnswerGrammars, ConstrainedAnswer
from .continuation import PrefixMemory
from .language_model import ChoiceRequest, Completion, Failure, Request, Usage
from .likelihood import answer_enders, log_probability


class LocalEngine:
    """A loaded model; all requests of a call have one system text, and all choice requests as many choices."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        config = checkpoint.model.config.get_text_config()
        self._enders = answer_enders(checkpoint)
        self._longest: int | None = getattr(config, "max_position_embeddings", None)
        self._chat = ChatTokenizer(checkpoint.tokenizer)
        self._prefixes = PrefixMemory(checkpoint.model)
        self._grammars = AnswerGrammars(checkpoint.tokenizer, config.vocab_size, self._enders)

    def complete(self, requests: Sequence[Request]) -> list[Completion | Failure]:
        """An answer or a failure for each request."""
        results: list[Completion | Failure] = [Failure("not answered")] * len(requests)
        writings: list[_Writing] = []
        for place, request in enumerate(requests):
            try:
                writings.append(self._begun(place, request))
            except InputError as e:
                results[place] = Failure(str(e))
        if writings:
            with torch.inference_mode():
                self._write(writings)
        for writing in writings:
            results[writing.place] = writing.result()
        return results

    def score(self, requests: Sequence[ChoiceRequest]) -> list[Completion | Failure]:
        """Log-probabilities of each request's choices, or why there are none."""
        prompts = [self._chat.tokens(request.system, request.user) for request in requests]
        choices = [[self._chat.text(choice) for choice in request.choices] for request in requests]
        faults = [
            self._too_long(prompt, max(map(len, tokens))) for prompt, tokens in zip(prompts, choices, strict=True)
        ]
        fit = [place for place, fault in enumerate(faults) if fault is None]
        with torch.inference_mode():
            scores = self._scores([prompts[place] for place in fit], [choices[place] for place in fit]) if fit else []
        results: list[Completion | Failure] = [Failure(fault or "") for fault in faults]
        for place, values in zip(fit, scores, strict=True):
            text = json.dumps(dict(zip(requests[place].choices, values, strict=True)), ensure_ascii=False)
            read = len(prompts[place].prefix) + len(prompts[place].rest) + sum(map(len, choices[place]))
            results[place] = Completion(text, Usage(read, 0))
        return results

    def _begun(self, place: int, request: Request) -> _Writing:
        prompt = self._chat.tokens(request.system, request.user)
        if fault := self._too_long(prompt, request.decoding.max_tokens):
            raise InputError(fault)
        return _Writing(place, request, prompt, self._grammars.answer(request.schema))

    def _too_long(self, prompt: ChatTokens, answer: int) -> str | None:
        needed = len(prompt.prefix) + len(prompt.rest) + answer
        if self._longest is None or needed <= self._longest:
            return None
        return f"prompt and answer need {needed} tokens, and the model reads {self._longest}"

    def _write(self, writings: Sequence[_Writing]) -> None:
        """Go on with all of them until each is finished or out of room."""
        texts = self._prefixes.continued(writings[0].prompt.prefix, len(writings))
        pieces = [[*writing.prompt.rest, *writing.answer.append_forced()] for writing in writings]
        still_open = list(writings)
        while still_open:
            logits = texts.advance(pieces)[:, -1]
            pieces = [writing.go_on(row) for writing, row in zip(still_open, logits, strict=True)]
            going_on = [row for row, writing in enumerate(still_open) if not writing.is_over]
            if len(going_on) < len(still_open):
                still_open, pieces = [still_open[row] for row in going_on], [pieces[row] for row in going_on]
                if going_on:
                    texts.keep(going_on)

    def _scores(self, prompts: Sequence[ChatTokens], choices: Sequence[Sequence[list[int]]]) -> list[list[float]]:
        """Log-probability of each choice, followed by any token that ends an answer."""
        per_prompt = len(choices[0])
        texts = self._prefixes.continued(prompts[0].prefix, len(prompts))
        after_prompt = texts.advance([prompt.rest for prompt in prompts]).repeat_interleave(per_prompt, dim=0)
        texts.repeat(per_prompt)
        rows = [choice for each in choices for choice in each]
        logits = texts.advance(rows, last=max(map(len, rows)))
        sums = [
            min(0.0, float(log_probability(choice, torch.cat([first, after[-len(choice) :]]), self._enders)))
            for choice, first, after in zip(rows, after_prompt, logits, strict=True)
        ]
        return [sums[start : start + per_prompt] for start in range(0, len(sums), per_prompt)]


@dataclass(eq=False)
class _Writing:
    """An answer under way."""

    place: int
    request: Request
    prompt: ChatTokens
    answer: ConstrainedAnswer
    is_over: bool = False
    _random: torch.Generator = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._random = torch.Generator().manual_seed(self.request.decoding.seed)

    def go_on(self, logits: torch.Tensor) -> list[int]:
        """Write the next token and those that it forces; what is written has to be read next."""
        if not self.answer.is_finished:
            token = self._chosen(logits.cpu())
            self.answer.append(token)
            written = [token, *self.answer.append_forced()]
        self.is_over = self.answer.is_finished or self.answer.length >= self.request.decoding.max_tokens
        return [] if self.is_over else written

    def result(self) -> Completion | Failure:
        """What it came to."""
        most = self.request.decoding.max_tokens
        if not self.answer.is_finished or self.answer.length > most:
            return Failure(f"the answer was not finished after {most} tokens")
        if fault := fault_of(self.answer.text, self.request.schema):
            return Failure(f"the answer does not match the schema: {fault}")
        read = len(self.prompt.prefix) + len(self.prompt.rest)
        return Completion(self.answer.text, Usage(read, self.answer.length))

    def _chosen(self, logits: torch.Tensor) -> int:
        allowed = torch.from_numpy(self.answer.allowed())
        logits = logits.masked_fill(~allowed, -torch.inf)
        temperature = self.request.decoding.temperature
        if temperature == 0:
            return int(logits.argmax())
        return int(torch.multinomial(torch.softmax(logits / temperature, dim=0), 1, generator=self._random))
