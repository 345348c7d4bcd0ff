"""Prompts as tokens: only the chat template's own markup becomes special tokens, never a word of what it frames."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from jinja2 import TemplateError

_SYSTEM, _USER = "\ue000system\ue000", "\ue000user\ue000"


@dataclass(frozen=True)
class ChatTokens:
    """A prompt up to where the answer begins.

    Attributes:
        prefix: what is the same for all requests with this system text.
        rest: the user text and the markup after it.
    """

    prefix: tuple[int, ...]
    rest: tuple[int, ...]


class ChatTokenizer:
    """Frames system and user texts as the model was trained to read them."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self._before, self._between, self._after = (self._markup(part) for part in _frame(tokenizer))

    def tokens(self, system: str, user: str) -> ChatTokens:
        """The prompt of one request."""
        return ChatTokens(
            (*self._before, *self.text(system), *self._between),
            (*self.text(user), *self._after),
        )

    def text(self, text: str) -> list[int]:
        """Plain text, in which nothing is a special token."""
        return self._ids(text, split_special_tokens=True)

    def _markup(self, text: str) -> list[int]:
        return self._ids(text, split_special_tokens=False)

    def _ids(self, text: str, *, split_special_tokens: bool) -> list[int]:
        encoded = self._tokenizer(text, add_special_tokens=False, split_special_tokens=split_special_tokens)
        return list(encoded["input_ids"])


def _frame(tokenizer: Any) -> list[str]:
    """Markup before the system text, between the two texts and after the user text."""
    if not tokenizer.chat_template:
        return [tokenizer.bos_token or "", "\n\n", "\n\n"]
    both = [{"role": "system", "content": _SYSTEM}, {"role": "user", "content": _USER}]
    as_one = [{"role": "user", "content": f"{_SYSTEM}\n\n{_USER}"}]
    try:
        framed = _framed(tokenizer, both)
    except TemplateError:
        framed = ""
    if _SYSTEM not in framed:
        framed = _framed(tokenizer, as_one)
    before, _, rest = framed.partition(_SYSTEM)
    between, _, after = rest.partition(_USER)
    return [before, between, after]


def _framed(tokenizer: Any, messages: list[dict[str, str]]) -> str:
    return str(
        tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True, enable_thinking=False)
    )
