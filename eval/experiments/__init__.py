"""Experiments: designed, assigned, and read out."""

from __future__ import annotations

from .arm_effects import ArmEffect
from .arms import HOLD_OUT, Arm, parse_arms
from .assignment import Assignment, assign
from .baseline import Baseline
from .choices import DesignChoices
from .clusters import DesignEffect, design_effect, intraclass_correlation
from .confidence_sequence import sequence_width
from .design import design_experiment
from .design_page import plan_page
from .difference import Difference, difference_in_means
from .missing import MissingOutcomes
from .plan import ArmCount, ArmPower, Plan, PublishedPlan, read_plan, write_plan
from .power import TwoArms
from .readout import ArmReached, Readout, read_out
from .readout_choices import ReadoutChoices
from .readout_page import readout_page
from .sample_ratio import SampleRatio, check_sample_ratio
from .subgroups import LevelEffect, SubgroupEffects
from .two_groups import TwoGroups

__all__ = [
    "HOLD_OUT",
    "Arm",
    "ArmCount",
    "ArmEffect",
    "ArmPower",
    "ArmReached",
    "Assignment",
    "Baseline",
    "DesignChoices",
    "DesignEffect",
    "Difference",
    "LevelEffect",
    "MissingOutcomes",
    "Plan",
    "PublishedPlan",
    "Readout",
    "ReadoutChoices",
    "SampleRatio",
    "SubgroupEffects",
    "TwoArms",
    "TwoGroups",
    "assign",
    "check_sample_ratio",
    "design_effect",
    "design_experiment",
    "difference_in_means",
    "intraclass_correlation",
    "parse_arms",
    "plan_page",
    "read_out",
    "read_plan",
    "readout_page",
    "sequence_width",
    "write_plan",
]
