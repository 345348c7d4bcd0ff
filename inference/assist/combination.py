"""What the insight model and a language model say, as one calibrated probability.

    log-odds = slope * (log-odds of the insight model) + weight * (log-odds of the language model) + intercept

Fitted on labelled notes that neither has learned from, for one language model, one prompt and one insight model: a
language model has its own leaning to "yes", and how far its word may be trusted is not known before it was measured.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from ...errors import InputError

Floats = NDArray[np.float64]
_LOOSE = 1e6


class Weights(BaseModel):
    """The formula's three numbers; a language model's "yes" never makes a statement less likely."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    slope: float = Field(gt=0)
    weight: float = Field(ge=0)
    intercept: float

    @classmethod
    def fit(cls, heads: Floats, answers: Floats, truth: NDArray[np.bool_]) -> Weights:
        """For n log-odds of either and whether the label is right; without effect where there is one class only.

        An answer whose weight would be below 0 counts nothing, and heads that would count less than nothing are left as
        they are.
        """
        if truth.all() or not truth.any():
            return cls(slope=1.0, weight=0.0, intercept=0.0)
        model = LogisticRegression(C=_LOOSE).fit(np.stack([heads, answers], axis=1), truth)
        slope, weight = map(float, model.coef_[0])
        if weight < 0:
            alone = LogisticRegression(C=_LOOSE).fit(heads[:, None], truth)
            slope, weight, model = float(alone.coef_[0, 0]), 0.0, alone
        if slope <= 0:
            return cls(slope=1.0, weight=0.0, intercept=0.0)
        return cls(slope=slope, weight=weight, intercept=float(model.intercept_[0]))

    def probabilities(self, heads: Floats, answers: Floats) -> Floats:
        """Of n log-odds of either."""
        return np.asarray(expit(self.slope * heads + self.weight * answers + self.intercept), dtype=np.float64)


class FittedFor(BaseModel):
    """What a combination holds for: digests of the language model, of the prompt and of the insight model."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    language_model: str
    language_model_digest: str
    prompt_digest: str
    insight_model_digest: str


class Combination(BaseModel):
    """Weights, what they hold for, and what was measured when they were fitted.

    Attributes:
        kind: tells the file from others.
        fitted_for: what it holds for.
        width: half the width of the band that is asked about, in log-odds of the insight model.
        weights: of the formula.
        notes: labelled notes that it was fitted on.
        physicians: who they are about.
        questions: labels within the band.
        clauses_sent: the share of the clauses that the questions were about.
        log_loss_before: over the questions, of the insight model alone, fitted in the same way.
        log_loss_after: of the combination. Both are cross-fitted: a physician's notes have weights of other physicians.
        gain_low: how much smaller the loss is with the answers, at the lower end of its 95 % interval by physician.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["hcplens combination"] = "hcplens combination"
    fitted_for: FittedFor
    width: float = Field(ge=0)
    weights: Weights
    notes: int
    physicians: int
    questions: int
    clauses_sent: float
    log_loss_before: float
    log_loss_after: float
    gain_low: float

    @property
    def helps(self) -> bool:
        """Whether notes of other physicians are read better with it than without, beyond chance."""
        return self.weights.weight > 0 and self.gain_low > 0

    def save(self, path: Path) -> None:
        """Write it as JSON."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(self.model_dump(), indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Combination:
        """Read a file; raises InputError that names it and the field."""
        try:
            return cls.model_validate_json(path.read_bytes())
        except OSError as e:
            raise InputError(f"cannot read the combination {path}: {e}") from e
        except ValidationError as e:
            problem = e.errors()[0]
            field = ".".join(map(str, problem["loc"])) or "the file"
            raise InputError(f"{path} is no combination that was fitted: {field}: {problem['msg']}") from e

    def require_for(self, wanted: FittedFor) -> None:
        """Raise InputError where it was fitted for something else."""
        mine = self.fitted_for
        for name, same in (
            (f"the language model {mine.language_model}", mine.language_model_digest == wanted.language_model_digest),
            ("another version of the prompt", mine.prompt_digest == wanted.prompt_digest),
            ("another insight model", mine.insight_model_digest == wanted.insight_model_digest),
        ):
            if not same:
                raise InputError(f"the combination was fitted for {name}: fit one for what is asked now")
