"""How much may be spent: tokens and money."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ..errors import HcplensError, InputError
from .language_model import Usage


class BudgetSpentError(HcplensError):
    """What is left does not pay for the request."""


@dataclass(frozen=True)
class Prices:
    """What a million tokens cost, in any one currency."""

    prompt: float = 0.0
    answer: float = 0.0

    def of(self, usage: Usage) -> float:
        """What so many tokens cost."""
        return (usage.prompt_tokens * self.prompt + usage.answer_tokens * self.answer) / 1e6


class Budget:
    """Never more than this, however many threads spend it: a request is sent only if its dearest answer is still paid.

    Args:
        tokens: read and written together; None for any number.
        money: at `prices`; None for any sum.
        prices: what tokens cost.

    Raises:
        InputError: a limit is below 0, or money is limited and nothing has a price.
    """

    def __init__(self, *, tokens: int | None = None, money: float | None = None, prices: Prices | None = None) -> None:
        self._prices = prices or Prices()
        if (tokens is not None and tokens < 0) or (money is not None and money < 0):
            raise InputError(f"a budget is 0 or more: see tokens {tokens}, money {money}")
        if money is not None and self._prices == Prices():
            raise InputError("a budget of money needs the prices of tokens")
        self._tokens, self._money = tokens, money
        self._spent, self._reserved = Usage(), Usage()
        self._settled = threading.Condition()

    @property
    def spent(self) -> Usage:
        """Tokens so far; a request without a full answer counts as if it had been the dearest."""
        with self._settled:
            return self._spent

    @property
    def money_spent(self) -> float:
        """At the prices given."""
        return self._prices.of(self.spent)

    @contextmanager
    def spending(self, most: Usage) -> Iterator[Bill]:
        """Room for one request; inside, `charge` says what it cost, and what is not said costs the most.

        Waits while requests under way may leave enough.

        Raises:
            BudgetSpentError: they do not.
        """
        self._reserve(most)
        bill = Bill(most)
        try:
            yield bill
        finally:
            self._settle(most, bill.usage)

    def _reserve(self, most: Usage) -> None:
        with self._settled:
            self._settled.wait_for(lambda: self._fits(self._spent + self._reserved + most) or self._is_hopeless(most))
            if not self._fits(self._spent + self._reserved + most):
                raise BudgetSpentError(f"the budget of {self._limits} does not pay for another request")
            self._reserved += most

    def _settle(self, most: Usage, usage: Usage) -> None:
        with self._settled:
            self._reserved = Usage(
                self._reserved.prompt_tokens - most.prompt_tokens, self._reserved.answer_tokens - most.answer_tokens
            )
            self._spent += usage
            self._settled.notify_all()

    def _is_hopeless(self, most: Usage) -> bool:
        """Whether it would not fit even if all that is under way cost nothing."""
        return self._reserved == Usage() or not self._fits(self._spent + most)

    def _fits(self, usage: Usage) -> bool:
        tokens_fit = self._tokens is None or usage.prompt_tokens + usage.answer_tokens <= self._tokens
        return tokens_fit and (self._money is None or self._prices.of(usage) <= self._money)

    @property
    def _limits(self) -> str:
        limits = [f"{self._tokens} tokens"] if self._tokens is not None else []
        limits += [f"{self._money:g} in money"] if self._money is not None else []
        return " and ".join(limits)


class Bill:
    """What one request cost: the most it can, until `charge` says what it was."""

    def __init__(self, most: Usage) -> None:
        self.usage = most

    def charge(self, usage: Usage) -> None:
        """This much, and no more."""
        self.usage = usage
