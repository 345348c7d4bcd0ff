"""What a release asks for, read from YAML.

    minimum:
      notes/topic+polarity F1: 0.40
      triage/recall/kind=adverse_event: {value: 0.90, confident: true}   # the interval's lower end
    maximum:
      matching/ineligible recommendations: 0
    regression:                      # the most that a figure may become worse than in the old result
      default: 0.02                  # every figure of the whole that has a better direction
      notes/topic+polarity F1: 0.01
    require: [notes/assertion accuracy]

Figures are named by their key: `suite/metric`, or `suite/metric/part`.
"""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, FiniteFloat, ValidationError

from ...errors import InputError

DEFAULT = "default"


class Bound(BaseModel):
    """A figure's least or greatest value; `confident` asks it of the whole interval."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    value: FiniteFloat
    confident: bool = False


def _spelled_out(bound: Any) -> Any:
    return bound if isinstance(bound, (dict, Bound)) else {"value": bound}


_Bounds = dict[str, Annotated[Bound, BeforeValidator(_spelled_out)]]
_Loss = Annotated[FiniteFloat, Field(ge=0)]


class Gates(BaseModel):
    """What a result must reach.

    Attributes:
        minimum: figures that must not be lower.
        maximum: figures that must not be higher.
        regression: how much worse a figure may be than in the old result; `default` is for every measured figure of
            the whole that has a better direction.
        require: figures that must be there and be defined.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    minimum: _Bounds = {}
    maximum: _Bounds = {}
    regression: dict[str, _Loss] = {}
    require: list[str] = []

    @classmethod
    def load(cls, path: Path) -> Gates:
        """Read a YAML file; raises InputError that names the file, the entry, the value, and what is wrong with it."""
        try:
            data = yaml.load(path.read_text(encoding="utf-8-sig"), _EachKeyOnce)
        except (OSError, UnicodeDecodeError) as e:
            raise InputError(f"cannot read the gates {path}: {e}") from e
        except yaml.YAMLError as e:
            raise InputError(f"{path} is not valid YAML: {' '.join(str(e).split())}") from e
        if not isinstance(data, dict):
            raise InputError(f"{path} does not hold gates: it needs one of {', '.join(cls.model_fields)}")
        try:
            gates = cls.model_validate(data)
        except ValidationError as e:
            raise InputError(f"{path} does not hold gates: {_first_problem(e)}") from e
        if not (gates.minimum or gates.maximum or gates.regression or gates.require):
            raise InputError(f"{path} asks for nothing: give it a {', '.join(cls.model_fields)}")
        return gates

    def require_old(self, given: object | None) -> None:
        """Raise InputError where regressions are asked about and there is no old result to compare with."""
        if self.regression and given is None:
            raise InputError(
                f"the gates ask that figures do not become worse ({', '.join(self.regression)}): name the result to "
                "compare with by --against, or leave regression out of the gates"
            )


class _EachKeyOnce(yaml.SafeLoader):
    """A figure named twice would silently lose its first gate."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[Hashable] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, Hashable):
                raise yaml.constructor.ConstructorError(None, None, f"{key!r} is no name", key_node.start_mark)
            if key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{key!r} is given twice", key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)


def _first_problem(error: ValidationError) -> str:
    problem = error.errors()[0]
    where = " → ".join(str(part) for part in problem["loc"]) or "the file"
    if problem["type"] == "extra_forbidden":
        return (
            f"{where} is not known here; known are {', '.join(Gates.model_fields)} (and value, confident of a figure)"
        )
    return f"{where} is {problem['input']!r}: {problem['msg']}"
