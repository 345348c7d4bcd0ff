"""Product complaints: a device, a package or the product itself was defective.

A word of defect and a thing it may befall are not enough ("stuck with the old pills"): they must stand near each other,
and count more where the word can hardly mean anything else, where several parts are named, and where the note tells
what was done about it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .flags import FlagHit
from .lexicon import Lexicon
from .plain_text import PlainText
from .sentences import clause_spans, trimmed

THRESHOLD = 3.25
# Log-odds, rounded to quarters, of a logistic regression on half the brands of the training corpus.
NEAR, SEVERAL_THINGS, PLAIN_DEFECT, SAME_CLAUSE, TOLD, SUPPOSED = 2.25, 2.25, 1.75, 1.0, 1.75, -1.5
NEARBY = 35
"""Characters between the beginnings of a defect and of the thing it befell."""
NEXT = 50
"""Characters behind a sentence in which what was done about it belongs to it."""

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
    cannulas?, caps?, devices?, box, boxes, packs?, packag\w+, bottles?, droppers?, patch, patches, tablets?, tabs?
    capsules?, pills?, ampoules?, cartridges?, pumps?, plungers?, sprays?, nozzles?, mouthpieces?, liquid, solution
    powder, spritze\w*, ampulle\w*, nadel\w*, packung\w*, flasche\w*, kits?, lids?, stoppers?, counter, trigger
    clicks?, fertigpen\w*, stylo, aiguille, pluma, jeringa, shipment, cooler, tubes?, sachets?, pouch(?:es)?
    strips?, trays?, canisters?, implants?, rods?, childproof, child cap, desiccant, leaflet, label, print, gel
    cream, drops, app, adhesive, plasters?, barrel, bulb, tip, shield, guard, spacers?, chewables?, window
    suspension, ring, applicators?, film, films, backing, button, tabletten, frasco, caja, caneta, comprim\w+
    sensor, clip, filter, filters, jar, wrapper, syrup, lozenges?, suppositor\w+, implanter, dispenser
    """
)
_DEFECT = Lexicon(
    r"""
    jam, jams, jammed, jamming, leak\w*, cracked, cracks, mis-?fired?, misfires, nothing came out, no drug came out
    did(?:n'?t| not) (?:come out|fire|click|inject|retract), does(?:n'?t| not) (?:click|fire)
    wo(?:uld not|uldn'?t|n'?t) (?:click|inject|push|retract|tear|depress|spray|budge|fire|peel|lock|stick|prime)
    would not (?:depress|spray|budge|fire), half-empty, half empty, half full, discolou?r\w*, cloudy, particles?
    floaters?, floating in, specks?, crystals, flakes, rust\w*, coming warm, arrived warm, came warm, defekt\w*
    faulty, short count, short-filled, underfilled, dent, dented, torn, tears, tore, smudged, malfunction\w*
    fell apart, came loose, came apart, came unglued, snapped, shattered, crumbl\w+, odd smell, clogged
    fluid everywhere, klemmt\w*, undicht, kaputt, gebrochen, ausgelaufen, wrong (?:strength|label|leaflet|colou?r)
    mislabel\w+, unreadable, illegible, dud, duds, rattl\w+, hakt\w*, verstopft, verfärbt, trüb, beschädigt
    unsealed, not sealed, tampered, split, burst, welded, glued, stuck together, popped off, popped out, rubbed off
    peels? off, peeled off, fogged, two (?:tablets|caps\w*|pills) in one, with nothing inside, nothing inside
    came without, no (?:leaflet|label|desiccant|drug in|powder in|graduation|diluent), w/ no \w+
    with no (?:needle|leaflet|pills|diluent)
    without (?:its|a|the)? ?(?:needle|leaflet|label|desiccant|cap|filter needle|seal), came short, short \d+
    smell(?:s|ed|ing)? (?:of|like|off), smelled, fell out, falls out, spins, never locks, mirrored, melted together
    bent, loose, clicked but, stayed wet, freezes, dead on arrival, sealed with, one box had, seized shut, jamed
    squirted, went off in, blue dye, runny, dried out, empty pockets?, nothing in, hair in, hair under
    swollen caps?, ice in, blank, punctured, misprinted, had only \d+, held \d+, set up solid, needed pliers
    needed scissors, use scissors, scratched off, already (?:broken|open|opened|punctured)
    stuck (?:at|on|half|shut|in the), would not (?:tear|come off|dissolve|open|click|lock)
    wouldn'?t (?:tear|come off|dissolve|open), will not (?:tear|open|click|lock), leaflet (?:in|was in|was) \w+
    someone else's, beeped, beeps, could(?:n'?t| not) (?:hear|push|press|turn|inject)
    """
)
_AMBIGUOUS = Lexicon(
    r"""
    broke, broken, breaks, stuck(?! with), missing, empty, was warm, warm, damaged, defect\w*, expired, melted
    fell off, came off, crack, crumbs, smells, smell, blocked, failed to \w+, dead, died
    did(?:n'?t| not) (?:open|work|go), does(?:n'?t| not) (?:work|open), wo(?:uld not|uldn'?t|n'?t) (?:open|come)
    falls? off, dry, wet, yellow, brown, black, sticky, cut, came without, opened, shut, tight, hiss\w*, thick, open
    off, sharp, stopped, short
    """
)
_TOLD = Lexicon(
    r"""
    lot \w*\d\w*, lot (?:noted|logged|sent|kept|taken|number\w*|no), lots? numbers?, batch, photos?, kept, replaced
    replacement, swapped, quarantined, pharmacist, lot logged, sent to quality, pqc, complaint, quality, returned
    sent back, reported, noted, called it in, filed
    """
)
_SUPPOSED = Lexicon(
    r"""
    worr\w+ that, what if, in case, if the, schedule, calendar, if, would, could, demo, training, trainer, dummy
    fewer, forgiven, forgave, delivery, courier, customs, wholesaler, stock\w*, shortage, missing since, pockets
    stomach, ice, joke, waiting, lift, traffic, late, weeks behind, plan, mood, website, portal, fax, broke out, old
    used to, no longer, never, no more, sorted, cold chain, tarmac, plane, empties, fridge, freezer, budget
    stuck with, stuck in, stuck at, stuck behind, data, trial, study, curve, tier, coverage, copay, bloods?
    interval, on time, wrists?, hip, bones?, ribs?, tooth, skin, nails?, fingers?
    """
)


Spans = Sequence[tuple[int, int]]


def product_complaints(plain: PlainText) -> Iterator[FlagHit]:
    """Flags of possible product complaints, at most one a sentence; spans are of the plain copy."""
    lowered = plain.lowered
    if not any(lexicon.occurs(lowered) for lexicon in (_DEFECT, _AMBIGUOUS, _CERTAIN)):
        return
    for start, end in plain.sentences:
        sentence = lowered[start:end]
        found = _befallen(plain, start, end)
        if found is not None:
            yield FlagHit(*found, "product_complaint", 0.85, "rule:defect")
        elif _CERTAIN.occurs(sentence):
            yield FlagHit(start, end, "product_complaint", 0.8, "rule:complaint")


def _befallen(plain: PlainText, start: int, end: int) -> tuple[int, int] | None:
    """The words that tell of a defect in the sentence `[start, end)`, if it does."""
    sentence = plain.lowered[start:end]
    things = _THING.spans(sentence)
    plainly, perhaps = (lexicon.spans(sentence) if things else [] for lexicon in (_DEFECT, _AMBIGUOUS))
    defects = sorted({*plainly, *perhaps})
    if not defects:
        return None
    clauses = [(b - start, e - start) for b, e in clause_spans(plain.text, start, end)]
    score = (
        NEAR * bool(_near(defects, things))
        + SEVERAL_THINGS * (len(things) > 1)
        + PLAIN_DEFECT * bool(plainly)
        + SAME_CLAUSE * any(_within(clause, plainly) and _within(clause, things) for clause in clauses)
        + TOLD * _TOLD.occurs(plain.lowered[start : end + NEXT])
        + SUPPOSED * _SUPPOSED.occurs(sentence)
    )
    if score < THRESHOLD:
        return None
    begin, finish = _around(clauses, plainly or _near(defects, things) or defects, things)
    return trimmed(plain.text, start + begin, start + finish)


def _near(defects: Spans, things: Spans) -> list[tuple[int, int]]:
    """The defects near a thing that is another word."""
    return [d for d in defects if any(t[0] != d[0] and abs(t[0] - d[0]) < NEARBY for t in things)]


def _within(clause: tuple[int, int], spans: Spans) -> bool:
    return any(clause[0] <= start < clause[1] for start, _ in spans)


def _around(clauses: Spans, defects: Spans, things: Spans) -> tuple[int, int]:
    """From the thing nearest before the first defect (or its clause's start) to the end of the last one's clause."""
    first, last = defects[0][0], defects[-1][1]
    opening = next((start for start, end in clauses if first < end), 0)
    before = [start for start, _ in things if start < first]
    return before[-1] if before else min(opening, first), next((end for _, end in clauses if last <= end), last)
