from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from hcplens.errors import InputError
from hcplens.prompts import Usage
from hcplens.prompts.budget import Budget, BudgetSpentError, Prices


def spend(budget: Budget, most: Usage, cost: Usage | None) -> None:
    with budget.spending(most) as bill:
        if cost:
            bill.charge(cost)


def test_tokens_cost_what_a_million_of_them_costs() -> None:
    assert Prices(prompt=2.0, answer=8.0).of(Usage(500_000, 250_000)) == 3.0


def test_a_request_is_refused_if_its_dearest_answer_is_not_paid_for() -> None:
    budget = Budget(tokens=100)
    spend(budget, Usage(60, 40), Usage(20, 10))
    with pytest.raises(BudgetSpentError, match="100 tokens"), budget.spending(Usage(31, 40)):
        pass
    spend(budget, Usage(30, 40), Usage(30, 40))
    assert budget.spent == Usage(50, 50)


def test_what_is_not_charged_counts_as_the_dearest() -> None:
    budget = Budget(money=1.0, prices=Prices(prompt=1.0, answer=1.0))
    spend(budget, Usage(400_000, 200_000), None)
    assert budget.money_spent == pytest.approx(0.6)
    with pytest.raises(BudgetSpentError, match="1 in money"):
        spend(budget, Usage(400_001, 0), Usage())
    spend(budget, Usage(400_000, 0), Usage())


def test_a_request_that_breaks_off_counts_as_the_dearest() -> None:
    budget = Budget()
    with pytest.raises(KeyError), budget.spending(Usage(7, 3)):
        raise KeyError
    assert budget.spent == Usage(7, 3)


def test_a_request_waits_for_those_that_may_leave_enough() -> None:
    budget = Budget(tokens=10)
    done: list[str] = []
    with ThreadPoolExecutor(1) as pool:
        with budget.spending(Usage(6, 0)) as bill:
            waiting = pool.submit(spend, budget, Usage(8, 0), Usage(8, 0))
            waiting.add_done_callback(lambda _: done.append("waiting"))
            bill.charge(Usage(2, 0))
            done.append("first")
        waiting.result()
    assert done == ["first", "waiting"]
    assert budget.spent == Usage(10, 0)


def test_many_threads_never_spend_more_than_there_is() -> None:
    budget = Budget(tokens=1000)
    refused = threading.Semaphore(0)

    def ask(number: int) -> bool:
        try:
            spend(budget, Usage(10, 20), Usage(10, number % 21))
        except BudgetSpentError:
            refused.release()
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        paid = list(pool.map(ask, range(200)))
    spent = budget.spent
    assert spent.prompt_tokens == 10 * sum(paid)
    assert 1000 - 30 < spent.prompt_tokens + spent.answer_tokens <= 1000


def test_limits_that_mean_nothing_are_refused() -> None:
    for limits in ({"tokens": -1}, {"money": -0.5}, {"money": 1.0}):
        with pytest.raises(InputError):
            Budget(**limits)
