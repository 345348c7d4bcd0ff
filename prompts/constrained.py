"""Which tokens may come next, so that an answer matches its JSON schema whatever the model would rather say."""

from __future__ import annotations

import json
from collections import OrderedDict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError

_GRAMMARS = 64


class AnswerGrammars:
    """Grammars of JSON schemas over one vocabulary; the latest of them are remembered.

    Args:
        tokenizer: of transformers, a fast one.
        vocabulary: how many tokens the model knows.
        enders: tokens that end an answer.

    Raises:
        InputError: the tokenizer is none that grammars work with.
    """

    def __init__(self, tokenizer: Any, vocabulary: int, enders: tuple[int, ...]) -> None:
        from llguidance.hf import from_tokenizer

        try:
            self._tokenizer = from_tokenizer(tokenizer, n_vocab=vocabulary, eos_token=list(enders))
        except ValueError as e:
            raise InputError(f"answers of this model cannot be constrained: {e}") from e
        self._vocabulary = vocabulary
        self._enders = frozenset(enders)
        self._known: OrderedDict[str, Any] = OrderedDict()

    def answer(self, schema: str) -> ConstrainedAnswer:
        """An answer that is still empty.

        Raises:
            InputError: the schema asks for something that no grammar can be made of.
        """
        if schema not in self._known:
            self._known[schema] = self._compiled(schema)
            if len(self._known) > _GRAMMARS:
                self._known.popitem(last=False)
        self._known.move_to_end(schema)
        return ConstrainedAnswer(self._tokenizer, self._known[schema].deep_copy(), self._vocabulary, self._enders)

    def _compiled(self, schema: str) -> Any:
        from llguidance import LLMatcher

        try:
            grammar = LLMatcher.grammar_from_json_schema(
                json.loads(schema),
                overrides={"whitespace_flexible": False, "item_separator": ", ", "key_separator": ": "},
            )
        except ValueError as e:
            raise InputError(f"this is no JSON schema: {e}") from e
        matcher = LLMatcher(self._tokenizer, grammar, log_level=0)
        if matcher.is_error():
            raise InputError(f"an answer cannot be held to this schema: {matcher.get_error()}")
        return matcher


class ConstrainedAnswer:
    """An answer that grows token by token, and only by tokens that may still become JSON of the schema."""

    def __init__(self, tokenizer: Any, matcher: Any, vocabulary: int, enders: frozenset[int]) -> None:
        self._tokenizer = tokenizer
        self._matcher = matcher
        self._vocabulary = vocabulary
        self._enders = enders
        self._tokens: list[int] = []

    @property
    def is_finished(self) -> bool:
        """Whether nothing may follow."""
        return bool(self._matcher.is_stopped())

    @property
    def length(self) -> int:
        """Tokens so far."""
        return len(self._tokens)

    @property
    def text(self) -> str:
        """The answer so far."""
        return str(self._tokenizer.decode_bytes(self._tokens).decode("utf-8", "replace"))

    def allowed(self) -> NDArray[np.bool_]:
        """(vocabulary,) which tokens may come next."""
        from llguidance.numpy import allocate_token_bitmask, fill_next_token_bitmask

        bits = allocate_token_bitmask(1, self._vocabulary)
        fill_next_token_bitmask(self._matcher, bits, 0)
        return np.unpackbits(bits.view(np.uint8)[0], bitorder="little")[: self._vocabulary].astype(np.bool_)

    def append(self, token: int) -> None:
        """Go on with a token that is allowed."""
        if not self._matcher.consume_token(token):
            raise RuntimeError(f"token {token} does not go on with the answer: {self._matcher.get_error()}")
        if token not in self._enders:
            self._tokens.append(token)

    def append_forced(self) -> list[int]:
        """Go on with all tokens to which there is no other choice, such as the names of required fields."""
        forced = [token for token in self._matcher.compute_ff_tokens() if token not in self._enders]
        for token in forced:
            self.append(token)
        return forced
