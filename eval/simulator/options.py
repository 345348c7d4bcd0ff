"""What to simulate."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from ...errors import InputError

MONTH_DAYS = 30
MOST_MONTHS = 60


@dataclass(frozen=True)
class Noise:
    """What stands between the truth and the records; each is a share in [0, 1].

    Attributes:
        misreading: how much of what a reading is unsure of is misread; 1: a statement read with probability p names
            the wrong topic in 1 - p of the cases, so that its probability is calibrated. 0: it never does.
        over_reporting: reps who hear one topic everywhere.
        hearsay: visits whose note holds somebody else's view, a guess of the rep, or a mere condition.
        scanners: physicians whose mail gateway opens every e-mail.
        duplicates: events that are logged twice, half of them under a new id.
        disorder: events that stand far from their place in time.
    """

    misreading: float = 1.0
    over_reporting: float = 0.3
    hearsay: float = 0.15
    scanners: float = 0.1
    duplicates: float = 0.03
    disorder: float = 0.05

    def __post_init__(self) -> None:
        _require_shares(self)

    @classmethod
    def none(cls) -> Noise:
        """Everything is read, heard and logged as it is."""
        return cls(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Variety:
    """How physicians differ in engaging; each is a share in [0, 1].

    Attributes:
        drift: of what sets a physician apart in a channel, what is new after a year.
        shared: of the same, what shows in all channels.
        affinity: of the same, what shows in all channels with a rep, or in all without.
        sparse: physicians whom one approaches a quarter as often as others.

    By default the two kinds of channels correlate as in the shares that ZS tells of its AffinityMonitor: 47 % of US
    physicians engage with reps, 25 % also without, 16 % only without, 37 % in neither way; a tetrachoric correlation
    of about 0.36.
    """

    drift: float = 0.3
    shared: float = 0.2
    affinity: float = 0.2
    sparse: float = 0.2

    def __post_init__(self) -> None:
        _require_shares(self)
        if self.shared + self.affinity > 1.0:
            raise InputError(f"shared and affinity are parts of one whole, not {self.shared} and {self.affinity}")

    @classmethod
    def none(cls) -> Variety:
        """Channels apart, nothing ever changes, everybody is approached alike."""
        return cls(0.0, 0.0, 0.0, 0.0)


def _require_shares(shares: Noise | Variety) -> None:
    for name, share in vars(shares).items():
        if not 0.0 <= share <= 1.0:
            raise InputError(f"{name} is a share between 0 and 1, not {share}")


@dataclass(frozen=True)
class SimulationOptions:
    """What to simulate; the same options give the same world, and fewer physicians give the first of the same ones.

    Attributes:
        physicians: how many.
        months: of 30 days, up to and including `as_of`.
        seed: of everything drawn at random.
        as_of: the last day.
        noise: what stands between the truth and the records.
        variety: how physicians differ.
    """

    physicians: int = 200
    months: int = 9
    seed: int = 7
    as_of: date = date(2026, 6, 30)
    noise: Noise = field(default_factory=Noise)
    variety: Variety = field(default_factory=Variety)

    def __post_init__(self) -> None:
        if self.physicians < 1:
            raise InputError(f"{self.physicians} physicians: simulate at least one")
        if not 1 <= self.months <= MOST_MONTHS:
            raise InputError(f"{self.months} months: simulate 1 to {MOST_MONTHS}")
        if not 0 <= self.seed < 2**63:
            raise InputError(f"the seed is a whole number from 0, not {self.seed}")

    @property
    def days(self) -> int:
        """Length of the simulated time."""
        return self.months * MONTH_DAYS

    @property
    def first_day(self) -> date:
        """The day that is numbered 0."""
        return self.as_of - timedelta(days=self.days - 1)
