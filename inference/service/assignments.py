"""Which physicians a representative may see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..progress import Reporter
from ..records import TABLES, Notices, RejectLog, read_table
from .problems import ServiceError
from .roles import Principal, Role


@dataclass(frozen=True)
class Assignments:
    """Physicians by representative; one of whom nothing is known sees nobody."""

    by_rep: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path, reporter: Reporter) -> Assignments:
        """The table `rep_assignments`; a row that is not valid assigns nobody and is told.

        Raises:
            InputError: no such file, or a required column that is missing.
        """
        rejects, notices = RejectLog(), Notices()
        table = read_table(path, TABLES["rep_assignments"], rejects=rejects, notices=notices)
        for message in (*notices, *(f"not used: {reject}" for reject in rejects)):
            reporter.notice(message)
        by_rep: dict[str, set[str]] = defaultdict(set)
        for rep_id, hcp_id in zip(table["rep_id"].to_pylist(), table["hcp_id"].to_pylist(), strict=True):
            by_rep[rep_id].add(hcp_id)
        return cls({rep_id: frozenset(hcp_ids) for rep_id, hcp_ids in by_rep.items()})

    def require(self, principal: Principal, hcp_id: str, field: str | None = None) -> None:
        """Raise ServiceError 403 where the caller is a representative to whom the physician is not assigned.

        It is the same whether or not there is such a physician.
        """
        if principal.role is Role.REP and hcp_id not in self.by_rep.get(principal.rep_id or "", frozenset()):
            raise ServiceError(403, "not_assigned", "no such physician is assigned to this representative", field=field)
