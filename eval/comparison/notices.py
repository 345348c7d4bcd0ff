"""What a reader must know before believing a comparison."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ..results import Provenance
from .differences import Difference
from .pairing import Alignment

_NAMED = 5


def notices(
    old: Provenance, new: Provenance, alignments: Mapping[tuple[str, str], Alignment], found: Sequence[Difference]
) -> tuple[str, ...]:
    """Other data, other items, other clusters, other safeguards, another version: one sentence each."""
    return (
        *_other_data(old.data, new.data),
        *_other_items(found),
        *_abstaining(found),
        *_other_clusters(alignments),
        *_other_safeguards(old.scored_by, new.scored_by),
        *_other_version(old.version, new.version),
    )


def _other_data(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[str]:
    changed = sorted(name for name in old.keys() & new.keys() if old[name] != new[name])
    if changed:
        yield f"the data are not the same: {_named(changed)} changed, so items of one id may no longer be alike"
    for side, names in (("old", old.keys() - new.keys()), ("new", new.keys() - old.keys())):
        if names:
            yield f"only the {side} result measured on {_named(sorted(names))}"


def _other_items(found: Sequence[Difference]) -> Iterator[str]:
    uneven = [difference for difference in found if difference.only_old or difference.only_new]
    if uneven:
        worst = max(uneven, key=lambda difference: difference.only_old + difference.only_new)
        yield (
            f"{len(uneven):,} of {len(found):,} figures rest on other items in the two results and are compared on the "
            f"common ones; most in {worst.key}: {worst.items:,} in common, {worst.only_old:,} only in the old, "
            f"{worst.only_new:,} only in the new"
        )


def _abstaining(found: Sequence[Difference]) -> Iterator[str]:
    for side, counts in (
        ("old", {difference.key: difference.old_abstains for difference in found}),
        ("new", {difference.key: difference.new_abstains for difference in found}),
    ):
        most = sorted((key for key in counts if counts[key]), key=lambda key: -counts[key])
        if most:
            yield (
                f"the {side} system abstains: it was given items that it has no value for; they are left out, and with "
                f"them what the other system got right or wrong there: "
                f"{_named(f'{counts[key]:,} of {key}' for key in most)}"
            )


def _other_clusters(alignments: Mapping[tuple[str, str], Alignment]) -> Iterator[str]:
    for (name, _), alignment in alignments.items():
        if alignment.moved:
            yield (
                f"{len(alignment.moved):,} items of {name} lie in another cluster than before "
                f"({_named(alignment.moved)}): the new clusters are used"
            )


def _other_safeguards(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[str]:
    for name in sorted(old.keys() & new.keys()):
        if old[name] != new[name]:
            yield f"{name} was scored in another way: old “{old[name]}”, new “{new[name]}”"


def _other_version(old: str, new: str) -> Iterator[str]:
    if old != new:
        yield f"measured with hcplens {old} and {new}: a difference may come from the measure"


def _named(names: Iterable[str]) -> str:
    every = list(names)
    return ", ".join(every[:_NAMED]) + (f" and {len(every) - _NAMED:,} more" if len(every) > _NAMED else "")
