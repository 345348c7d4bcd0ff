"""Product complaints: a device, a package or the product itself was defective."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .flags import FlagHit
from .lexicon import Lexicon
from .plain_text import PlainText
from .sentences import trimmed

_CERTAIN = Lexicon(
    r"""
    pqc, quality (?:complaint|issue|defect|problem), product complaint, device complaint, complaint form
    lot (?:#|no|nr|number), batch (?:#|no|nr|number), chargen-?nr, chargennummer, reklamation, qualitätsmangel
    produktmangel, defekte[rn]? pen
    """
)
_THING = Lexicon(
    r"""
    pens?, auto-?injectors?, injectors?, syringes?, inhalers?, vials?, blisters?, foils?, cartons?, seals?, needles?
    caps?, devices?, box, boxes, packs?, packag\w+, bottles?, droppers?, patch, patches, tablets?, tabs?, capsules?
    pills?, ampoules?, cartridges?, pumps?, plungers?, spray, nozzle, mouthpiece, liquid, solution, powder, spritze\w*
    ampulle\w*, nadel\w*, packung\w*, flasche\w*, kits?, lid, stopper, counter, trigger, clicks?, fertigpen\w*, stylo
    aiguille, pluma, jeringa, shipment, cooler, tube
    """
)
_DEFECT = Lexicon(
    r"""
    jam, jams, jammed, jamming, leak\w*, crack\w*, broke, broken, breaks, stuck(?! with), mis-?fired?, misfires
    nothing came out, no drug came out, did(?:n'?t| not) (?:come out|fire|click|work|open|inject|retract|go)
    does(?:n'?t| not) (?:work|click|fire|open), wo(?:uld not|uldn'?t|n'?t) (?:click|open|inject|push|retract|tear|come)
    wouldn'?t (?:depress|spray|budge|fire), would not (?:depress|spray|budge|fire)
    missing, empty, half-empty, discolou?r\w*, cloudy, particles?, coming warm, arrived warm, came warm, was warm
    damaged, defect\w*, defekt\w*, faulty, could(?:n'?t| not) hear, short count, short-filled, underfilled, dent, dented
    torn, smudged, expired, melted, frozen, malfunction\w*, fell apart, fell off, came off, came loose, came apart, bent
    snapped, shattered, crumbl\w+, odd smell, smelled, smells, blocked, clogged, fluid everywhere, klemmt\w*, undicht
    kaputt, gebrochen, ausgelaufen, wrong (?:strength|label|leaflet|colou?r), mislabel\w+, unreadable, illegible
    failed to \w+, dud, duds, rattl\w+, hakt\w*, verstopft, verfärbt, trüb, beschädigt, loose, not sealed, unsealed
    tampered
    """
)
_SUPPOSED = Lexicon("worr\\w+ that\nwhat if\nin case\nif the pen\nschedule\ncalendar")
_CLAUSE_END = re.compile(r"[,;:(]")


def product_complaints(plain: PlainText) -> Iterator[FlagHit]:
    """Flags of possible product complaints, at most one a sentence; spans are of the plain copy."""
    if not _DEFECT.occurs(plain.lowered) and not _CERTAIN.occurs(plain.lowered):
        return
    for start, end in plain.sentences:
        sentence = plain.lowered[start:end]
        defects = _DEFECT.spans(sentence)
        things = _THING.spans(sentence) if defects else []
        if things and not _SUPPOSED.occurs(sentence):
            begin, finish = _around(sentence, defects, things)
            yield FlagHit(*trimmed(plain.text, start + begin, start + finish), "product_complaint", 0.85, "rule:defect")
        elif _CERTAIN.occurs(sentence):
            yield FlagHit(start, end, "product_complaint", 0.8, "rule:complaint")


def _around(sentence: str, defects: list[tuple[int, int]], things: list[tuple[int, int]]) -> tuple[int, int]:
    """From the thing nearest before the first defect (or the sentence's start) to the end of the last one's clause."""
    before = [start for start, _ in things if start < defects[0][0]]
    after = _CLAUSE_END.search(sentence, defects[-1][1])
    return before[-1] if before else 0, after.start() if after else len(sentence)
