"""Words that tell of harm to a patient, and words around them that make it likelier or less likely.

English, with the German of simple notes; short forms as reps type them.
"""

from __future__ import annotations

from .lexicon import Lexicon

EVENT = Lexicon(
    r"""
    hospitali[sz]ed, hospitlai[sz]ed, hospital (?:for|with|w/), in hospital w\w*, into hospital, readmitted
    rushed to, admitted (?:to (?:the )?(?:hospital|ward|icu|er|ed)|with|w/|for|overnight|again|after|\d)
    was admitted, were admitted, been admitted, got admitted, ended up in (?:the )?(?:ed|er|icu|hospital|a&e)
    wound up in (?:the )?(?:ed|er|icu|hospital|a&e), landed in (?:the )?(?:ed|er|icu|hospital|a&e)
    went to (?:the )?(?:ed|er|a&e|emergency), ed overnight, er visit, ed visit, to er, in er, to icu, in icu
    in the icu, in the er, in a&e, icu overnight, krankenhaus, klinik eingewiesen, eingeliefert, in klinik
    in der klinik, notaufnahme, died(?! down| in committee| in \d{4}| out), passed away, deceased, verstorben
    gestorben, passed out, fainted, blacked out, ohnmacht, ohnmächtig, collapsed, kollabiert\w*, overdos(?:e|ed|ing)
    überdos\w*, twice the dose, took too (?:much|many), injected twice, wrong dose
    took (?:two|2|double|twice)(?: \w+)? doses?, took (?:two|2|double|twice)(?: \w+)? (?:by mistake|instead)
    is pregnant, got pregnant, fell pregnant, became pregnant, she's pregnant, now pregnant, turned out pregnant
    pregnant on it, weeks along, wks along, pregnancy exposure, schwanger, conceived, miscarr\w+, fehlgeburt
    birth defect, stillb\w+, weeks? pregnant, wks? pregnant, positive pregnancy test, attempted suicide
    suicide attempt, heart attack, herzinfarkt, schlaganfall, lungenembolie, stitches, new-onset, new onset
    developed (?!countr)\w+, had to be taken off, had to discontinue, had to come off, hurt (?:herself|himself)
    stabbed (?:herself|himself), serious adverse, seizure after, relapsed on, stopped (?:it )?(?:due to|because of)
    lost consciousness, taken to (?:hospital|the ed|the er|a&e), crashed, melena, black stools
    lost (?:his|her) (?:sight|hearing|vision), lost vision, facial droop, accidental overdose, accidentally
    wrong patient, was diagnosed with, bewusstlos\w*, herzstillstand, lungenentzündung, krankenhauseinweisung
    stationär, had (?:(?:an?|another|two|\d|grand mal|tonic-clonic) ){0,2}(?:seizures?|strokes?), status epilepticus
    cardiac arrest, kidney failure, hepatic failure, respiratory failure, organ failure, liver failure
    renal failure, had (?:an? )?(?:n?ste)mi
    had (?:an? |another )?mi(?! ?(?:re|q|inq|form|letter|team|pack|call|doc|submission|follow))
    suffered (?:an? |another )?(?:mi|stroke|\w+), acute mi, raised liver enzymes, elevated liver enzymes, threw up
    liver enzymes? (?:are |were |went |shot |now )?(?:up|rose|rising|high|raised|elevated|increased|doubled|tripled)
    found out she, swelled, swole\w*, swollen (?:up|shut), broke out in, came out in, vomited, puked, choked, gagged
    bled, flared (?:up|after|on|within|at), woke (?:up )?(?:with|w/|in|unable|screaming|at), injected into
    bowel perforation
    fell (?:off|down|over|twice|at home|getting|out of|in the (?:shower|bath\w*|kitchen|street|garden|yard|hall\w*))
    clotted, slept (?:all|straight|\d)\w*, resolved (?:on|after) (?:stopping|stop|dose), gone after stopping
    qtc? [45]\d\d, aspirat(?:ed|ion), kept overnight
    """
)
DISEASE = Lexicon(
    r"""
    hospitali[sz]ation, double dos\w*, by mistake, death of, fatal, syncop\w*, anaphyl\w*, angio-?edema
    angio-?oedema, angioödem, hives, urticaria, suicid(?:e|al)\w*, stroke, infarct\w*, embolism, dvt, thrombosis
    pneumonitis, pancreatitis, pyelonephritis, cellulitis, abscess(?:ed)?, abszess, sepsis, septic, jaundiced?
    colitis, meningitis, shingles, zoster, zona, ha?emorrhage, gi bleed, perforat\w+, fracture[ds]?, sae, inpatient
    aki, kidney injury, dka, ketoacidosis, arrhythmia, chest pain, blood clot, keratitis, blindness, vision loss
    psychosis, psychotic, manic, rhabdo\w*, bradycard\w*, tachycard\w*, haemolysis, hemolysis, pancytopenia
    agranulocytosis, melanoma, lymphoma, transfused, pneumonia, collaps\w+, tia, pe, retention, dialysed, status
    icu, swolen
    """
)
SYMPTOM = Lexicon(
    r"""
    rash(?:es)?, itch(?:es|y|ing|ed)?, swelling, swollen, headaches?, headeaches?, dizz\w*, nause\w*
    vomit(?:s|ing)?, diarr\w+, fatigued?, tired(?! of), tiredness, exhausted, insomnia, can't sleep, bleed(?:s|ing)?
    thrush, candid(?:a|iasis), infection, infecci?on, fever\w*, flare(?:s|-?up)?, flared, relaps\w+, hypos?
    hypoglyc\w+, hypotens\w+, low pressure, k\+? \d[\d.]*, potassium \d\S*, neutropen\w+, elevated, lfts?, hair loss
    palpitations, painful, burning, burned, bruis\w+, constipat\w+, cough(?:s|ed|ing)?, blurr\w+, depress(?:ed|ion)
    worse, worsen\w*, g[2-5], grade [2-5], adverse event, adverse reaction, reaction, reacction, adr, reacted
    stings?, stung, broke (?:his|her|a) \w+, fell, had a fall, bad fall, bad turn, paronychia, mucositis, neuropathy
    oedema, edema, stomatitis, uveitis, got sick, felt sick, was sick, so sick, unwell, poorly, allergic\w*, allergy
    wheez\w+, ausschlag, juckreiz, übelkeit, schwindel, kopfschmerz\w*, durchfall, fieber, erbrechen
    nebenwirkung\w*, schwellung\w*, geschwollen, blutung\w*, müde, gestürzt, sturz, reaktion, gi upset, stomach
    cramps?, ulcers?, nosebleeds?, blister(?:ed|ing), peel(?:ed|ing), welts?, lumps?, uti, utis, yeast, cold sores?
    agitat\w+, tearful, low mood, unsteady, double vision, light-?headed, woozy, wobbly, bp \d\d/\d\d, bp \d\d
    aches?, myalgia, joint pain, rigors?, chills, shaking, flu-like, sweats, breathless\w*, short of breath, sob
    asthma attack, exacerbat(?:ion|ed), creatinine, platelets, alt \d\w*, ast \d\w*, hgb \d[\d.]*, numb, numbness
    tingl\w+, conjunctivitis, dermatitis, sore, bad reaction, needed (?:steroids|antibiotics|iv|surgery|stitches)
    slipped, slurred, drowsy, zonked, schmerz\w*, blasen, bläschen, husten, atemnot, zittern, infekt\w*, entzünd\w+
    verwirrt, krampf\w*, anfall, rötung, unverträglich\w*, lost weight, gained \d\w*, tremors?, confus(?:ed|ion)
    hallucinat\w+, panic attack, seizures?, seized, bilirubin, faint, hoarse, drooled, groggy, foggy, jittery, rashy
    spotting, retching, gout flare, purple, black tongue, loose stools?, stools?, jerks, falls
    """
)
STOP = Lexicon(
    r"""
    quit after, quit it, stopped after, stop, stopped, discontinu\w+, dropped out, came off, taken off, interrupt\w+
    pausiert, abgesetzt, absetzen, paused, dose halved, halved, dose cut, rate cut, side effects?
    side-effects?, ae, aes
    """
)
INEFFECTIVE = Lexicon(
    r"""
    did nothing, did zilch, nothing happened, no effect, no response, non-?respon\w+, not working, not work
    stopp?(?:ed)? working, didn'?t (?:work|help|respond), failed, fails, fail, failing, los(?:t|es|ing) response
    los(?:t|ing) (?:effect|efficacy|control), loss of response, lack of effect, lack of efficacy, fading, faded
    fades, wearing off, wore off, wears off, keine wirkung, ohne wirkung, wirkungslos, unwirksam, wirkt nicht
    wirkte nicht, progressed, progression, progress of, breakthrough, no improvement, no benefit, ineffective
    symptoms? returned, no change at, stuck at, back to \d+, despite, still nothing
    """
)

PATIENT = Lexicon(
    r"""
    pt, pt's, pat, patient, patiente?, patientin, patient's, patienten, lady, woman, man, guy, gentleman, gent, boy
    girl, kid, child, toddler, teen, baby, yo, y/o, year-old, yr-old, yr old, year old, frau, herr, mrs, mr, ms, mme
    don, dona, doña, sig\.ra, sra, jährige\w*, one of (?:his|her|hers|mine|theirs|them), of mine, of hers
    two of (?:his|her|hers|mine|theirs|them), mrn, dob, initials, bloke, fella, chap, gal, first start, last start
    a \w+-year-old, two p\w+, three p\w+, 2 p\w+, 3 p\w+, 4 p\w+, bed \d+, room \d+, geb, born
    """
    + "\n".join(f"{decade}\\d ?(?:yo|yrs?|y/o|years?|[mf])" for decade in range(1, 10))
)
SOMEBODY = Lexicon(
    r"""
    one, someone, somebody, mother, son, daughter, husband, wife, she had, he had, two, three, case, both, first one
    """
)
TIMING = Lexicon(
    r"""
    after (?:(?:the|his|her|a|an|each|every|last|\d+) ){0,2}(?:dose|injection|shot|inj|infusion|tablet|pill|pen|cycle)s?
    after (?:(?:the|an?|each|every|\d+|one|two|three|four|five) ){0,2}(?:hour|hr|day|week|wk|month|mo|year|yr)s?
    after (?:the )?(?:first|second|third|1st|2nd|3rd) (?:dose|injection|shot|inj|infusion|tablet|week|wk|month|puff)s?
    after start\w*, after \d[\d.]* \w+, after dose, on (?:day|night|week|cycle|dose) \w+, in (?:week|wk|cycle) \w+
    dose (?:\d+|one|two|three|four), cycle \d+, min(?:ute)?s? (?:after|into|later), h(?:ou)?rs? (?:after|later)
    days? (?:after|into|later|in), w(?:ee)?ks? (?:after|into|later|in), months? (?:after|into|later|in)
    since (?:starting|start|he takes|she takes|he got|she began|the switch|switch\w*|dose|the \w+ (?:week|month|dose))
    on treatment, on drug, on therapy, while (?:on|taking|using), nach de[rm] \w+, nach \d\. \w+, seit \w+
    first (?:dose|injection|shot|infusion|tablet|pen|week|night|cycle)
    second (?:dose|injection|shot|infusion|tablet|pen|week|night|cycle)
    third (?:dose|injection|shot|infusion|tablet|pen|week|night|cycle)
    1st (?:dose|injection|shot|infusion|tablet|pen|week|night|cycle)
    2nd (?:dose|injection|shot|infusion|tablet|pen|week|night|cycle)
    3rd (?:dose|injection|shot|infusion|tablet|pen|week|night|cycle)
    fourth (?:dose|injection|shot|infusion|tablet|pen|week|night|cycle), overnight, last night, inj site
    injection[- ]site, for (?:\d|two|three|four|ten) (?:days|wks|weeks|months|nights)
    x ?\d (?:days|wks|weeks|nights), day \d+, wk \d+, week \d+, same day, next day, all night, at once
    """
)
ON_IT = Lexicon(
    r"""
    on it, on ours, on us, under \w+, unter \w+, by (?:week|wk|month) \w+, at (?:wk|week|month|day|mo) \w+
    """
)
REPORTED = Lexicon(
    r"""
    reported, reportet, pv, pharmacovigilance, pharmakovigilanz, ae rpt, ae report, ae form, ae filed, ae sent
    drug safety, safety (?:line|desk|hotline|team), safty, passed (?:it|this) (?:on|to), called it in, filed
    yellow card, medwatch, gemeldet, meldung, poison line, poisons line, form sent
    """
)
RECOVERED = Lexicon(
    r"""
    recovered, resolved, settled, fine now, now fine, ok now, now ok, all right now, halved (?:it|the dose)
    dose halved, went away, washed out, reversed, iv fluids?, on drip, antibiotics, stopped it, scan clean
    ecg clean, blames?, not ours, not bothered, lowered, carried on, continues, shrugged, one of them, doc cut
    """
)
DOUBT = Lexicon(
    r"""
    worr\w+, fears?, fear of, feared, afraid, scared?, scares, scary, spook\w+, concern\w*, nervous, anxi\w+, frets?
    risks?, risky, potential, possible, possibly, warning\w*, boxed, history, hx, expect\w*, monitor\w*, profile
    doubt\w*, what about, angst, sorge\w*, befürcht\w*, risiko, believes?, talk of, talk about, rumou?rs?, jumpy
    myth, hesita\w+, cautious, wary, dread\w*, avoids?, exclud\w+, reminds?, predicts?, heard (?:of|in|that)
    """
)
CONDITION = Lexicon(
    r"""
    might, could, would, should, if, unless, until, in case, any, ob, wenn, may, can, cannot, will, going to, must
    needs?, must be, when you, when they, when it, once, before, ever
    """
)
ASKED = Lexicon(
    r"""
    ask, asks, asked, asking, question\w*, wonder\w*, wants?, whether, about, q, re, plan, page, handle, manag\w+
    what, how
    """
)
OVER = Lexicon(
    r"""
    used to, no longer, not anymore, any more, old (?:one|story|need|gripe), ended, stopped being
    stopped complain\w+, settles?, quieted, calmed, gone(?! off), better, improved, less, fewer, lower, flat, steady
    stays, clean, melted, forgiven, never, nobody, nothing, none, n/a, nil, zero, no one, not one, not a single
    without, free, finished, relief
    """
)
STUDY = Lexicon(
    r"""
    trials?, study, studies, data, placebo, incidence, rates?, label, literature, papers?, poster, slides?, curve
    table, deck, cohort, per 100, py, pooled, registry, studie\w*, daten, review\w*, compared, vs, versus, hazard
    registr\w+, guideline\w*, leitlinie\w*, endpoint, published, journal, congress, numbers, textbook, class
    """
)
UNTREATED = Lexicon(
    r"""
    has to fail, have to fail, must fail
    waiting for, waits for, on nothing, never took, never had, never on, never been on, never given, not on
    candidates?, will (?:put|start|get|go|begin), to start, starts (?:on|next|monday|tomorrow|soon), start her
    start him, who it is for, queued, had been off, off all, thrown, before starting, before he, before she
    before they, had failed, failed \w+ (?:agents?|lines?|biologics?|therap\w+), two failed, one failed, first-line
    second-line, only rest
    """
)
PLURAL = Lexicon(
    r"""
    pts, patients, people, they, them, their, many, most, half, some, folks, kids, women, men, all, every, everyone
    each, os
    """
)
STAFF = Lexicon(
    r"""
    nurses?, colleagues?, secretary, director, manager, chief, boss, registrar, fellow, residents?, partner, team
    ward, unit, clinic, programme, program, board, committee, conference, centre, center, payer, insurer, plan
    medicaid, herself, himself, her own, his own, doctor unwell, nickname, dog, horse, cat
    """
)
