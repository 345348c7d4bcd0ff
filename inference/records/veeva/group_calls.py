"""Group calls: one parent, and one call for each attendee, so that what was said counts once for each of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from .calls import Call, repeats

NOT_AN_ACCOUNT = "attendees of group calls who are no accounts"
TWICE = "calls of an attendee whose group call names them twice"
CARRIED = "heads of group calls, whose words count for the attendees"


@dataclass(frozen=True)
class Conversations:
    """Who was spoken with.

    Attributes:
        calls: one for each physician and call, in the order of their ids.
        attendees: the attendees' calls among them, by the id of the head of their group call.
        left_out: calls that are none of these, by the reason.
        nobody: calls that say something, but not to whom.
    """

    calls: tuple[Call, ...]
    attendees: Mapping[str, tuple[Call, ...]]
    left_out: Mapping[str, int]
    nobody: tuple[Call, ...]


def conversations(calls: Sequence[Call]) -> Conversations:
    """Calls, each read once, with the words that count for them.

    An attendee's call lacks what its parent alone says (text, channel, products, rep): it takes that over. The parent
    is then read beside it only if no attendee's call carries the parent's words. A parent that is not among the calls
    is as if there were none. The order of the calls plays no part.
    """
    heads = {call.id: call for call in calls}
    groups: dict[str, list[Call]] = defaultdict(list)
    left_out: dict[str, int] = defaultdict(int)
    seen: set[tuple[str, str, str]] = set()
    alone: list[Call] = []
    for call in sorted(calls, key=lambda call: call.id):
        if call.parent is None:
            alone.append(call)
        elif call.account is None:
            left_out[NOT_AN_ACCOUNT] += 1
        else:
            whole = _with_parents(call, heads.get(call.parent))
            key = (call.parent, call.account, " ".join(whole.text.casefold().split()))
            if key in seen:
                left_out[TWICE] += 1
                continue
            seen.add(key)
            groups[call.parent].append(whole)
    read, nobody = [], []
    for call in alone:
        if _is_carried(call, groups.get(call.id, ())):
            left_out[CARRIED] += 1
        elif call.account is None:
            nobody.append(call)
        else:
            read.append(call)
    everyone = sorted([*read, *(call for group in groups.values() for call in group)], key=lambda call: call.id)
    attendees = {head: tuple(group) for head, group in groups.items()}
    return Conversations(tuple(everyone), attendees, dict(left_out), tuple(nobody))


def _with_parents(call: Call, parent: Call | None) -> Call:
    if parent is None:
        return call
    return replace(
        call,
        text=call.text if call.text.strip() else parent.text,
        channel=call.channel or parent.channel,
        products=call.products or parent.products,
        rep=call.rep or parent.rep,
    )


def _is_carried(head: Call, attendees: Iterable[Call]) -> bool:
    """Whether the head of a group call has nothing to say that an attendee's call does not."""
    return any(repeats(head.text, call.text) for call in attendees)
