"""A brief as Markdown that reads well unrendered; approved wording stands in fences, character for character.

Control characters alone are not: a terminal would obey them, so U+FFFD stands for each.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from ..control_characters import without_controls
from ..matching import MatchedModule
from ..pages.physician_page import Channel, Entry, Quotation
from ..pages.wording import plain, spoken_day
from ..summaries import Summary
from .call_brief import CallBrief

SHOWN_CHANGES = 8
SHOWN_QUOTATIONS = 2
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~&])")
_NO_TEXT = "(no text in the catalogue)"
_STATED = {"prefers": "wishes it", "avoids": "does not wish it"}


def render_markdown(briefs: Sequence[CallBrief]) -> str:
    """The briefs one after the other; it quotes notes, so keep it as confidential as they are."""
    return without_controls("\n".join("\n".join(_lines(brief)) + "\n" for brief in briefs))


def _lines(brief: CallBrief) -> Iterator[str]:
    page = brief.page
    yield f"# {_said(brief.title)}"
    facts = [*page.person.facts, f"last contact {page.last_contact}" if page.last_contact else "no contact logged"]
    yield from ("", _said(f"{' · '.join(facts)} · beliefs of {page.as_of}, permissions of {brief.as_of}"))
    yield from _summarised(brief.summary)
    if page.expected_of:
        yield from ("", f"**{_said(_sentence(page.expected_of))}. Nothing below was said by this physician.**")
    yield from _listed("Do not", [_caution(caution.what, caution.words) for caution in brief.cautions], "")
    yield from _changed(brief)
    yield from _listed("Barriers", list(_entries(page.barriers, brief)), "None is believed open.")
    yield from _listed("Drivers", list(_entries(page.drivers, brief)), "None is believed open.")
    yield from _listed("Not settled", [f"- {_said(one.topic)}: {_said(one.what)}" for one in page.conflicts], "")
    yield from _listed("Channels", list(map(_channel, page.channels)), "")
    yield from _modules(brief)


def _summarised(summary: Summary) -> Iterator[str]:
    for sentence in summary.sentences:
        yield from ("", f"{_said(sentence.text)} ({_said(sentence.cites)})")
    if summary.footnote:
        yield from ("", f"*{_said(_sentence(summary.footnote))}.*")


def _listed(title: str, items: Sequence[str], otherwise: str) -> Iterator[str]:
    if items or otherwise:
        yield from ("", f"## {title}", "", *(items or [otherwise]))


def _changed(brief: CallBrief) -> Iterator[str]:
    if brief.last_contact is None:
        return
    lines = [
        f"- {_day(change.day, brief)}: {_said(change.what)}{_quoted(change.quotation, brief)}"
        for change in brief.changes[:SHOWN_CHANGES]
    ]
    if len(brief.changes) > SHOWN_CHANGES:
        lines.append(f"- and {len(brief.changes) - SHOWN_CHANGES} more")
    yield from _listed(f"Since the last contact, {_day(brief.last_contact, brief)}", lines, "Nothing has changed.")


def _entries(entries: Iterable[Entry], brief: CallBrief) -> Iterator[str]:
    for entry in entries:
        belief = f"{entry.belief.probability:.2f} ({entry.belief.low:.2f}-{entry.belief.high:.2f})"
        trend = f", {entry.trend}" if entry.trend else ""
        yield f"- **{_said(entry.topic)}** {entry.state} {belief}{trend}"
        for quotation in entry.quotations[:SHOWN_QUOTATIONS]:
            yield f"  -{_quoted(quotation, brief)}"


def _channel(channel: Channel) -> str:
    consent = "allowed" if channel.is_allowed else "CLOSED"
    stated = f", {_STATED[channel.stated]}" if channel.stated else ""
    return (
        f"{channel.rank}. {_said(channel.name)}: {consent}{stated}, {channel.belief.probability:.0%} likely to engage"
    )


def _modules(brief: CallBrief) -> Iterator[str]:
    otherwise = "None: promotion is suppressed." if brief.suppressed else "None may be shown."
    yield from ("", "## Approved modules, word for word")
    for place, module in enumerate(brief.modules, start=1):
        yield from ("", f"### {place}. {_said(module.title)}", "", _said(_approval(module)), "", _said(module.why))
        for what, text in (("Text", module.text), *((f"Claim {one.claim_id}", one.text) for one in module.claims)):
            yield from ("", f"{_said(what)}:", *_fenced(text))
        for asset in module.assets:
            name = f"Must go with it, {_said(asset.asset_id)}"
            above = brief.stands_above(place - 1, asset)
            yield from ("", f"{name}: as above") if above else ("", f"{name}:", *_fenced(asset.text or _NO_TEXT))
    if not brief.modules:
        yield from ("", otherwise)


def _approval(module: MatchedModule) -> str:
    approval = module.approval
    known_as = f"approval {approval.id}" if approval.id else "no approval id in the catalogue"
    expiry = f"expires {approval.expires_at}" if approval.expires_at else "no expiry in the catalogue"
    return f"{module.module_id} · by {plain(module.channel)} · {known_as} · {expiry}"


def _fenced(text: str) -> tuple[str, ...]:
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return (f"{fence}text", text, fence)


def _caution(what: str, words: str | None) -> str:
    return f"- {_said(_sentence(what))}." + (f" “{_said(words)}”" if words else "")


def _quoted(quotation: Quotation | None, brief: CallBrief) -> str:
    if quotation is None:
        return ""
    words = f" “{_said(quotation.words)}”" if quotation.words else ""
    return f"{words} ({_said(quotation.where)}, {_day(quotation.day, brief)})" if words else ""


def _day(day: date, brief: CallBrief) -> str:
    return spoken_day(day, brief.as_of)


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"


def _said(words: str) -> str:
    """Words in one line that Markdown shows as they are."""
    return _MARKUP.sub(r"\\\1", " ".join(words.split()))
