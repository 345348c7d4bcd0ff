"""Possible adverse events: a patient came to harm, or a product failed, was overdosed or reached a pregnancy.

A harm word alone is not enough, since physicians worry about harm all day. A sentence is scored: how grave its words
are, whether a patient and a time of treatment are named, whether it was reported; worry, questions and studies count
against it, and a word that is denied close by does not count. Recall comes first: at doubt the sentence is flagged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .flags import FlagHit
from .lexicon import Lexicon
from .plain_text import PlainText
from .sentences import clause_spans, grouped

THRESHOLD = 1.75
GRAVE, MILD = 1.75, 1.0
PATIENT, TIMING, REPORTED, STUDY, DOUBT = 0.75, 0.75, 1.0, -1.0, -1.25

_GRAVE = Lexicon(
    r"""
    hospitali[sz]\w*, hospitlai[sz]\w*, hospital (?:for|with|w/), in hospital w\w*, into hospital, readmitted
    rushed to, admitted (?:to|with|w/|for|overnight|again|after|in|on), was admitted, were admitted, been admitted
    got admitted, ended up in (?:the )?(?:ed|er|icu|hospital|a&e), wound up in (?:the )?(?:ed|er|icu|hospital|a&e)
    landed in \w+, went to (?:the )?(?:ed|er|a&e|emergency), ed overnight, er visit, ed visit, to er, in er, the er
    to icu, in icu, in the icu, in a&e, ambulance, krankenhaus, klinik eingewiesen, eingeliefert, in klinik
    in der klinik, notaufnahme, died, dies, death of, passed away, deceased, fatal, verstorben, gestorben, passed out
    fainted, blacked out, ohnmacht, ohnmächtig, collaps\w*, kollabiert\w*, syncop\w*, anaphyl\w*, angio-?edema
    angioödem, hives, urticaria, overdos\w*, überdos\w*, double dos\w*, twice the dose, took too (?:much|many)
    injected twice, wrong dose, took (?:two|2|double|twice)(?: \w+)? (?:doses?|by mistake|instead), is pregnant
    got pregnant, fell pregnant, became pregnant, she's pregnant, now pregnant, turned out pregnant
    pregnancy exposure, schwanger, conceived, miscarr\w+, fehlgeburt, birth defect, stillb\w+, suicid\w*, stroke
    heart attack, infarct\w*, herzinfarkt, schlaganfall, embolism, dvt, thrombosis, lungenembolie, pneumonitis
    pancreatitis, pyelonephritis, cellulitis, abscess, abszess, sepsis, septic, jaundice\w*, colitis, meningitis
    shingles, zoster, zona, liver failure, renal failure, ha?emorrhage, gi bleed, perforat\w+, stitches, fracture[ds]?
    new-onset, new onset, developed, had to (?:stop|be taken off|discontinue|come off), hurt (?:herself|himself)
    stabbed (?:herself|himself), serious adverse, sae, seizure after, relapsed on, stopped (?:it )?due to
    lost consciousness, taken to (?:hospital|the ed|the er|a&e), inpatient, aki, kidney injury, dka, ketoacidosis
    arrhythmia, chest pain, blood clot, clotted, crashed, melena, black stools, keratitis, blindness, vision loss
    lost (?:his|her) (?:sight|hearing|vision), psychosis, psychotic, manic, rhabdo\w*, bradycard\w*, tachycard\w*
    qtc [45]\d\d, haemolysis, hemolysis, pancytopenia, agranulocytosis, facial droop, weeks pregnant, wks pregnant
    accidental\w*, positive pregnancy test, wrong patient, diagnosed with, melanoma, lymphoma, transfus\w+
    bewusstlos\w*, herzstillstand, lungenentzündung, krankenhauseinweisung, stationär
    had (?:(?:an?|another|two|\d|grand mal|tonic-clonic) ){0,2}seizures?, status epilepticus, cardiac arrest
    kidney failure, hepatic failure, respiratory failure, organ failure, had (?:an? )?(?:n?ste)mi
    had (?:an? |another )?mi(?! ?(?:re|q|inq|form|letter|team|pack|call|doc|submission|follow))
    suffered (?:an? |another )?mi, acute mi, raised liver enzymes, elevated liver enzymes
    liver enzymes? (?:are |were |went |shot |now )?(?:up|rose|rising|high|raised|elevated|increased|doubled|tripled)
    """
)
_MILD = Lexicon(
    r"""
    rash\w*, itch\w*, swelling, swollen, swole\w*, swelled, headache\w*, headeache\w*, dizz\w*, nause\w*, vomit\w*
    threw up, diarr\w+, fatigue\w*, tired(?! of), tiredness, exhausted, insomnia, can't sleep, bleed\w*, bled, thrush
    candid\w+, infection, infecci?on, fever\w*, flared?, flare-?up, relaps\w+, hypos?, hypoglyc\w+, hypotens\w+
    low pressure, k\+ \d[\d.]*, neutropen\w+, elevated, lfts?, hair loss, palpitations, painful, burning, burned
    bruis\w+, constipat\w+, cough\w*, blurr\w+, depress\w+, worse, worsen\w*, g[2-5], grade [2-5], side effects?
    side-effects?, adverse event, adverse reaction, reaction, reacction, ae, aes, adr, reacted, stings?, stung
    broke (?:his|her|a), fell, had a fall, bad fall, bad turn, paronychia, mucositis, neuropathy, oedema, edema
    stomatitis, uveitis, pneumonia, got sick, felt sick, was sick, so sick, unwell, poorly, allergic\w*, allergy
    wheez\w+, quit after, stopped after, stop, stopped, discontinu\w+, dropped out, came off, taken off, interrupt\w+
    pausiert, abgesetzt, absetzen, ausschlag, juckreiz, übelkeit, schwindel, kopfschmerz\w*, durchfall, fieber
    erbrechen, nebenwirkung\w*, schwellung\w*, geschwollen, blutung\w*, müde, gestürzt, sturz, reaktion, gi upset
    stomach, cramps?, ulcers?, nosebleeds?, blister(?:s|ed|ing), peel\w+, welts?, lumps?, bumps?, uti, utis, yeast
    cold sores?, agitat\w+, tearful, low mood, unsteady, double vision, light-?headed, woozy, wobbly, bp \d\d/\d\d
    aches?, myalgia, joint pain, rigors?, chills, shaking, flu-like, sweats, breathless\w*, short of breath, sob
    asthma attack, exacerbation, exacerbated, creatinine, platelets, alt \d\w*, ast \d\w*, hgb \d[\d.]*, numb\w*
    tingl\w+, conjunctivitis, dermatitis, sore, bad reaction, needed (?:steroids|antibiotics|iv|surgery|stitches)
    slipped, slurred, drowsy, zonked, schmerz\w*, blasen, bläschen, husten, atemnot, zittern, infekt\w*, entzünd\w+
    verwirrt, krampf\w*, anfall, rötung, unverträglich\w*, lost weight, gained, tremor, confus(?:ed|ion)
    hallucinat\w+, panic attack, seizures?, seized
    """
)
_INEFFECTIVE = Lexicon(
    r"""
    did nothing, did zilch, nothing happened, no effect, no response, non-?respon\w+, not working, not work
    stopp?(?:ed)? working, didn'?t (?:work|help|respond), failed, fails, fail, failing, los(?:t|es|ing) response
    los(?:t|ing) (?:effect|efficacy|control), loss of response, lack of effect, lack of efficacy, fading, faded, fades
    wearing off, wore off, wears off, keine wirkung, ohne wirkung, wirkungslos, unwirksam, wirkt nicht, wirkte nicht
    progressed, progression, progress of, breakthrough, no improvement, no benefit, ineffective, symptoms? returned
    """
)
_PATIENT = Lexicon(
    r"""
    pt, pt's, pat, patient, patiente?, patientin, patient's, patienten, lady, woman, man, guy, gentleman, gent, boy
    girl, kid, child, toddler, teen, mother, son, daughter, husband, wife, yo, y/o, year-old, yr-old, yr old, year old
    frau, herr, mrs, mr, mme, sig\.ra, sra, jährige\w*, one of (?:his|her|mine|theirs|them), of mine, of hers
    two of (?:his|her|mine|theirs|them), mrn, dob, initials, case, one, someone, somebody, person, resident, starter
    new start, first start, last start, a \w+-year-old, two p\w+, three p\w+, 2 p\w+, 3 p\w+, 4 p\w+
    """
    + "\n".join(f"{decade}\\d ?(?:yo|yrs?|y/o|years?)" for decade in range(1, 10))
)
_TIMING = Lexicon(
    r"""
    after (?:\w+ )?(?:\w+ )?(?:dose|injection|shot|inj|infusion|week|wk|day|month|mo|pen|year|yr)s?, after start\w*
    after \d[\d.]* \w+, after dose, at (?:wk|week|month|day|mo) \w+, by (?:week|wk|month) \w+, wk \d+, week \w+
    since (?:starting|start|he takes|she takes|the switch|switch\w*|dose), on it, on day, on treatment, on drug
    on therapy, under \w+, unter \w+, while (?:on|taking|using), nach de[rm] \w+, nach \d\. \w+, seit \w+
    first dose, 1st dose, second dose, 2nd dose, third dose, 3rd dose, first injection, second injection, first shot
    second shot, last shot, days after, wks after, weeks after, months after, days into, weeks into, months into
    days later, hours later, overnight, last week, last month, last night, this mo, this month, this week
    inj site, injection[- ]site, for \d (?:days|wks|weeks|months)
    """
)
_REPORTED = Lexicon(
    r"""
    reported, report, reportet, pv, pharmacovigilance, pharmakovigilanz, ae rpt, ae report, ae form, ae filed, ae sent
    drug safety, safety (?:line|desk|hotline|team), safty, passed (?:it|this) (?:on|to), called it in, filed
    yellow card, medwatch, gemeldet, meldung
    """
)
_DOUBT = Lexicon(
    r"""
    worr\w+, fears?, fear of, feared, afraid, scared?, scares, scary, spook\w+, concern\w*, nervous, anxi\w+, frets?
    risks?, risky, potential, possible, possibly, might, could, would, if, unless, ask, asks, asked, asking, question\w*
    wonder\w*, warning\w*, boxed, history, hx, expect\w*, monitor\w*, profile, doubt\w*, what about, angst, sorge\w*
    befürcht\w*, risiko, ob, wenn, believes?, thinks, thinking, mean, no longer, not anymore, talk of, talk about
    rumou?rs?, jumpy, myth, used to, hesita\w+, cautious, wary, dread\w*, avoids?, exclud\w+, any, in case, about, q, re
    handle, manag\w+, page, plan
    """
)
_STUDY = Lexicon(
    r"""
    trial\w*, study, studies, data, arm, placebo, incidence, rates?, label, literature, paper, poster, slides?, curve
    table, deck, cohort, per 100, py, pooled, registry, studie\w*, daten, review\w*, compared, vs, versus, hazard
    registr\w+, guideline\w*, leitlinie\w*
    """
)
# What may stand between two words of one clause: no comma, colon or stop.
_GAP = r"(?:[ \t]{1,3}['\"]?|[-/'\"]| [/&+] )"
_NO_HARM = (
    r"(?:improve\w*|improving|responses?|responding|benefit|effect|relief|better|working|samples?|insurance|insured|"
    r"cover\w*|luck|answer|reply|approv\w*|refills?|stock|access|adherent|compliant)\b"
)
_NEW_CLAUSE = (
    r"(?:but|though|although|however|because|bc|since|so|until|till|then|when|after|due|aber|weil|"
    r"pts?|patients?|patient\w{2}|he|she)\b"
)
# "no pt had …" denies; after any other word a patient or a conjunction begins something new that is not denied.
_DENIED_BEFORE = re.compile(
    r"\b(?:(?:no|not|none|never|zero|nil|hardly|barely|doesn't|doesnt|don't|didn't|didnt|isn't|wasn't|hasn't|haven't|"
    rf"free of|free from|less|fewer|lower|kein|keine|keinen|nie|nicht|instead of|rather than)(?!{_GAP}{_NO_HARM}){_GAP}"
    rf"(?:(?:pts?|patients?|patient\w{{2}}|he|she){_GAP})?(?:(?!{_NEW_CLAUSE})\w+{_GAP}){{0,3}}"
    rf"|(?:without|w/out|w/o|ohne){_GAP}(?:\w+(?: or | nor |/))?"
    rf"(?:(?:any|an?|the|his|her|more|further|new|ever|even|having|developing|serious|major|severe|jede\w?){_GAP}){{0,2}}"
    rf"|(?:stopped|cut){_GAP}(?:(?:the|his|her|their|all|down|back|on){_GAP}){{0,3}})\Z"
)
_DENIED_AFTER = re.compile(rf"{_GAP}(?:\w+{_GAP}){{0,2}}(?:gone|zero|nil|away|free|less|better|improved)\b")


def adverse_events(plain: PlainText) -> Iterator[FlagHit]:
    """Flags of possible adverse events, at most one a sentence; spans are of the plain copy."""
    harms = sorted(_affirmed_harms(plain.lowered))
    if not harms:
        return
    for (start, end), inside in grouped(plain.sentences, harms):
        clauses = list(grouped(clause_spans(plain.text, start, end), inside))
        gravest = max((_clause_weight(plain.lowered[b:e], hits) for (b, e), hits in clauses), default=0.0)
        score = gravest + _context(plain.lowered[start:end])
        if score >= THRESHOLD:
            (begin, _), (_, finish) = clauses[0][0], clauses[-1][0]
            yield FlagHit(begin, finish, "adverse_event", round(min(0.95, 0.4 + 0.1 * score), 2), "rule:harm")


def _affirmed_harms(lowered: str) -> Iterator[tuple[int, float]]:
    """Position and weight of each harm word that its own clause does not deny; what follows denies no grave word."""
    for lexicon, weight in ((_GRAVE, GRAVE), (_MILD, MILD), (_INEFFECTIVE, MILD)):
        for start, end in lexicon.spans(lowered):
            if _DENIED_BEFORE.search(lowered, max(0, start - 40), start):
                continue
            if weight == GRAVE or not _DENIED_AFTER.match(lowered, end, end + 30):
                yield start, weight


def _clause_weight(clause: str, harms: list[tuple[int, float]]) -> float:
    return max(weight for _, weight in harms) + DOUBT * _DOUBT.occurs(clause)


def _context(sentence: str) -> float:
    """How much the sentence speaks of a treated patient (up) or of a study (down)."""
    return (
        PATIENT * _PATIENT.occurs(sentence)
        + TIMING * _TIMING.occurs(sentence)
        + REPORTED * _REPORTED.occurs(sentence)
        + STUDY * _STUDY.occurs(sentence)
    )
