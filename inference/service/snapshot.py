"""What the service answers from: a run, a catalogue and assignments as they were at one moment."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from ...embeddings import Encoder
from ..catalogue import is_catalogue_folder
from ..catalogue.folder import MARKER
from ..matching import ContentMatcher, MatchSettings
from ..progress import Reporter
from ..records.brands import brand_key
from ..runs import Run
from .assignments import Assignments
from .physician_views import PhysicianViews
from .problems import ServiceError

_MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Sources:
    """Where a snapshot comes from; without `modules` the catalogue kept with the run."""

    run: Path
    modules: Path | None = None
    rep_assignments: Path | None = None

    def stamp(self) -> str:
        """A digest that changes when any of the files does: of the manifests, and of size and time of other files."""
        parts = [_content(self.run / _MANIFEST)]
        if self.modules is not None:
            indexed = is_catalogue_folder(self.modules)
            parts.append(_content(self.modules / MARKER) if indexed else _outside(self.modules))
        if self.rep_assignments is not None:
            parts.append(_outside(self.rep_assignments))
        return hashlib.sha256(b"\x1f".join(parts)).hexdigest()


@dataclass(frozen=True, eq=False)
class Snapshot:
    """One state of everything that answers; only events are added to it, until a newer one takes its place.

    Attributes:
        matcher: over the run and the catalogue.
        views: what is known of each physician.
        modules: each module's JSON by id.
        assignments: who may see whom.
        run_digest: of the run's manifest.
        catalogue_digest: of the modules.
        as_of: the day the run looks from.
        loaded_at: when this was read.
    """

    matcher: ContentMatcher
    views: PhysicianViews
    modules: Mapping[str, bytes]
    assignments: Assignments
    run_digest: str
    catalogue_digest: str
    as_of: date
    loaded_at: datetime

    @classmethod
    def load(cls, sources: Sources, encoder: Encoder, settings: MatchSettings, reporter: Reporter) -> Snapshot:
        """Read everything.

        Raises:
            InputError: a run, catalogue or table that cannot be read.
        """
        digest = hashlib.sha256(_content(sources.run / _MANIFEST)).hexdigest()
        run = Run.open(sources.run)
        matcher = ContentMatcher.load(run, sources.modules, encoder=encoder, settings=settings, reporter=reporter)
        _warm(matcher, reporter)
        catalogue = matcher.catalogue
        assigned = sources.rep_assignments
        return cls(
            matcher=matcher,
            views=PhysicianViews(run),
            modules={module.module_id: module.model_dump_json().encode() for module in catalogue.modules},
            assignments=Assignments.read(assigned, reporter) if assigned else Assignments(),
            run_digest=digest,
            catalogue_digest=catalogue.digest,
            as_of=run.as_of,
            loaded_at=datetime.now(UTC),
        )

    def require_physician(self, hcp_id: str, field: str | None = None) -> None:
        """Raise ServiceError 404 where nothing tells of the physician."""
        if not self.views.knows(hcp_id):
            raise ServiceError(404, "unknown_physician", f"hcp_id {hcp_id!r} is not known here", field=field)

    def require_brand(self, brand: str, field: str | None = None) -> None:
        """Raise ServiceError 404 where neither the catalogue nor a profile has the brand."""
        if not self.matcher.knows_brand(brand):
            raise ServiceError(404, "unknown_brand", f"brand {brand!r} is not known here", field=field)

    def module(self, module_id: str) -> bytes:
        """The module's JSON; raises ServiceError 404 where the catalogue has none of that id."""
        try:
            return self.modules[module_id]
        except KeyError:
            raise ServiceError(404, "unknown_module", f"module {module_id!r} is not known here") from None


def _warm(matcher: ContentMatcher, reporter: Reporter) -> None:
    """Work out ahead what the first question, and the first about each brand, would wait for."""
    matcher.prepare(reporter)
    some = {brand_key(brand): (hcp_id, brand) for hcp_id, brand in matcher.pairs}
    for hcp_id, brand in some.values():
        matcher.match(hcp_id, brand, log=True)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _outside(path: Path) -> bytes:
    """Name, size, time and place of a file, or of each file in a folder."""
    try:
        files = sorted(path.iterdir()) if path.is_dir() else [path]
        facts = [(file.name, file.stat()) for file in files]
    except OSError:
        return b""
    return repr([(name, stat.st_size, stat.st_mtime_ns, stat.st_ino) for name, stat in facts]).encode()
