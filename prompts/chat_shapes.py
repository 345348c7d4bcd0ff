"""The OpenAI chat shape: what is sent to an endpoint, and what is read of its answer."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, Field, ValidationError

from .language_model import Request, Usage

_SCHEMA_TOLD = "Answer with one JSON object of this JSON schema and with nothing else:"
_THOUGHTS = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)
_FENCED = re.compile(r"\A```(?:json)?\s*\n(.*)\n```\Z", re.DOTALL)
_TOKENS_OF_FRAME = 64

Messages = list[dict[str, str]]


class _Message(BaseModel):
    content: str | None = None
    refusal: str | None = None


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None


class _Counted(BaseModel):
    prompt_tokens: int = Field(default=0, ge=0)
    completion_tokens: int = Field(default=0, ge=0)


class ChatAnswer(BaseModel):
    """What an endpoint answered."""

    choices: list[_Choice] = Field(min_length=1)
    usage: _Counted | None = None

    @classmethod
    def read(cls, content: bytes) -> ChatAnswer | None:
        """None where the content has another shape."""
        try:
            return cls.model_validate_json(content)
        except ValidationError:
            return None

    @property
    def text(self) -> str:
        """The answer without thoughts before it or a fence around it."""
        text = _THOUGHTS.sub("", self.choices[0].message.content or "").strip()
        fenced = _FENCED.match(text)
        return fenced[1].strip() if fenced else text

    @property
    def fault(self) -> str | None:
        """Why it is no whole answer; None where it is."""
        if refusal := self.choices[0].message.refusal:
            return f"the model refused: {refusal[:200]}"
        if self.choices[0].finish_reason == "length":
            return "the answer was not finished after max_tokens"
        if self.choices[0].finish_reason == "content_filter":
            return "the endpoint's content filter held the answer back"
        return None

    @property
    def was_cut_in_prose(self) -> bool:
        """Whether it ran out of room without so much as beginning a JSON object: no schema holds it."""
        return self.choices[0].finish_reason == "length" and not self.text.startswith("{")

    @property
    def tokens(self) -> Usage | None:
        """As the endpoint counts them; None where it does not say."""
        return Usage(self.usage.prompt_tokens, self.usage.completion_tokens) if self.usage else None


def first_messages(request: Request, *, tell_schema: bool) -> Messages:
    """The task and what it is about; the schema as text for a server that does not hold answers to it."""
    system = f"{request.system}\n\n{_SCHEMA_TOLD}\n{request.schema}" if tell_schema else request.system
    return [{"role": "system", "content": system}, {"role": "user", "content": request.user}]


def asked_again(messages: Messages, answer: str, fault: str) -> Messages:
    """The same with an answer that will not do, and why."""
    wrong = f"This does not match the schema: {json.dumps(fault)}. Answer again, with JSON only."
    return [*messages, {"role": "assistant", "content": answer}, {"role": "user", "content": wrong}]


def chat_body(
    model: str, request: Request, messages: Messages, parameters: Mapping[str, object], *, constrained: bool
) -> dict[str, Any]:
    """What is posted; a parameter that is None is left out."""
    body: dict[str, Any] = {
        "model": model,
        "messages": messages,
        "max_tokens": request.decoding.max_tokens,
        "temperature": request.decoding.temperature,
        "seed": request.decoding.seed,
    }
    if constrained:
        shape = {"name": request.prompt.name, "schema": json.loads(request.schema), "strict": True}
        body["response_format"] = {"type": "json_schema", "json_schema": shape}
    return {name: value for name, value in (body | dict(parameters)).items() if value is not None}


def dearest(request: Request, messages: Messages) -> Usage:
    """The most that an answer can cost: no token is shorter than a byte, and no answer longer than it may be."""
    read = sum(len(message["content"].encode("utf-8", "surrogatepass")) for message in messages)
    return Usage(read + len(request.schema) + _TOKENS_OF_FRAME, request.decoding.max_tokens)
