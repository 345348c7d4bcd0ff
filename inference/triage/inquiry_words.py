"""Words by which a question for clinical information is told from one about samples, dates or prices.

English, with a little German and other languages of simple notes.
"""

from __future__ import annotations

from .lexicon import Lexicon

ASKED = Lexicon(
    r"""
    asked, asks?, asking, enquire[sd]?, inquire[sd]?, queried, query, queries, fragt\w*, anfrage\w*, demande
    pregunta\w*, q:, question:, questions? (?:about|on|re|regarding|for|whether|if|concerning|was|of)
    frage (?:zu|nach), frage, enquir(?:y|ies), inquir(?:y|ies), wonder(?:s|ed|ing) (?:if|whether|about|aloud)
    curious (?:if|whether|about|how), raised (?:a|the) question, raised whether, möchte wissen, will wissen
    bittet um, hat gefragt, domanda, pediu, vraagt, want(?:s|ed)? to know, wish(?:es|ed)? to know, likes? to know
    """
)
WANTED = Lexicon(
    r"""
    wants?, wanted, requested, requests?, requires, requiring, begs, needs info\w*
    looking for (?:data|info\w*|anything), would like (?:our|your|the|data|figures|to know|references)
    hopes for data, interested in, seeks, sought, requesting
    """
)
OPENING = Lexicon(
    r"""
    any (?:data|info\w*|experience|figures|evidence|publi\w+|cases|study|studies|trial\w*|numbers)
    anything (?:on|published|about), is there (?:any\w*|data|a study), are there (?:any|data|cases)
    is it (?:safe|ok), can it (?:be|go), may it be, may the, may we, might it be, can we (?:give|use|combine)
    what happens (?:if|when|with|after), what about, how long (?:before|after|off|to), how soon, how many weeks
    how do you, does it (?:reach|cross|interact|pass|work in), does prior, should it be
    data (?:in|on|after|for|with) \w+, washout before, use in, use with
    """
)
WHETHER = Lexicon(
    r"""
    whether, if, how long, how soon, what is known, what we know, what happens, does, can, could, may, is it
    is there, are there, any, known
    """
)
EVIDENCE = Lexicon(
    r"""
    data, info\w*, evidence, figures, study, studies, trial\w*, registry, registries, subgroups?, pooled, abstract
    reprint\w*, papers?, publication\w*, published, references?, literature, numbers, series, cases, experience
    rates?, incidence, response letter, table, cohort, results, literatur, daten, studien, pdf
    """
)
CLINICAL = Lexicon(
    r"""
    interact\w*, dos(?:e|es|ing), combin\w*, combo, co-?admin\w*, preg\w*, breast\w*, lactat\w*, placent\w*
    vaccin\w*, renal, hepatic, kidney, liver, dialys\w*, pfs, survival, efficacy, safety, effects?, reactions?
    switch\w*, half-?life, mechanism, pk, pharmacokinetic\w*, monitor\w*, egfr, cirrhosis, transplant\w*, surgery
    bariatric, levels?, exposure, absorption, tissue, concentrations?, antibod\w+, titres?, neutrali[sz]ing, washout
    stopping, interval, crush\w*, tube, stability, degrees, shelf life, lithium, warfarin, methadone, hepatitis, mri
    biomarker\w*, under \d+, over \d+, elderly, children, kids, paediatric, pediatric, adolescents?, years, bmi
    obes\w*, off-?label, syndrome, cancer, switching, relapse, discontinu\w+, bone density, overdose, hla
    child-pugh, cross\w*, safe, alcohol, antidepressants?, inhibitors?, antibiotics?, kinetics, clearance
    mutation\w*, resistan\w+, metaboli\w+
    """
)
LOGISTIC = Lexicon(
    r"""
    lunch, dinner, parking, park, samples?, brochures?, leaflets?, webinar, invit\w*, appointment, visits?, car
    call (?:back|me|him|her|again), phone, card, demo, training, speaker, congress, come (?:back|in|only|hear)
    contract, price, pricing, cost, co-?pay, coverage, formulary, pens? (?:for|to), for it, asking by name, rep
    reps, enroll\w*, hub, stock, delivery, delivered, pharmacy, insur\w*, payer, budget, slides?, poster, booklet\w*
    nurse educator, diar(?:y|ies), app, me to, us to, stop calling, next week, next month, monday, tuesday
    wednesday, thursday, friday, why, who, wife, pads?, handouts?, husband, fridge, the oral, about daily
    restaurant, symposium, lobbing, dropping, stop, script, prior auth\w*, form, template, postman, come far
    summary, magnets?, table tent, in writing, e-mailed, by post, chart, laminated, page, rep line, which lab
    starter
    """
)
OTHER_ASKER = Lexicon(
    r"""
    i asked, we asked, i ask, mother asks?, mothers ask, mum asks?, patients? asks?, patients? asked, pts? asks?
    pts? asked, families ask, payer, plan, auditor, insurer, board, committee, nobody asks?, nobody asked, they ask
    people ask, parents ask, patients want, pts want, pt wants, patient wants, ask for it, asks for it by, don't ask
    did not ask, didn't ask, never asked, no longer asks?, boys ask, girls ask, family asked, wife asked
    husband asked, daughter asked, son asked, dentists?, receptionist, secretary, asks me of, stopped asking
    quit asking, asked him, asked her, ask her, ask him, board asks, if you ask, ask me, asks every, asks a
    not asked, kids ask, wants in, want more
    """
)
ANSWERED = Lexicon(
    r"""
    told (?:him|her) (?:no|label|not|that's|it's|adults|only), i told, i said, i gave, i answered
    gave (?:him|her) the, pointed (?:to|him|her), showed (?:him|her), i showed, leaflet says, refused, declined
    pi says, label says, in the pi, smpc, she answered, he answered, explained, i remind\w*, done, none, have none
    has none, as listed
    """
)
CONTACT = Lexicon(
    r"""
    asked that, asks that, asking that, asked to (?:come|be|meet), asks to (?:be|come|meet)
    asked me (?:to|twice|for a|not), asked us, by mail, by email, come in person
    wants (?:me|us|it|to|a|an|one|more|only|no|his|her|nothing|in)
    wanted (?:me|us|it|to (?!know)|a|one|more|only|no)
    """
)
REFERRED = Lexicon(
    r"""
    m\.?i\.? (?:req\w*|form|enquiry|inquiry|will|team|letter|ticket), mirf
    mir (?:sent|filed|form|req|logged|submitted), med(?:ical)? ?info(?:rmation)?, med ?wiss\w*
    medizinwissenschaft\w*, srl, standard response, response letter, unsolicited, sent to (?:mi|medical), to medical
    medical (?:will|would|to|can|colleague\w*) (?:call|reach|follow|send|answer|write)
    msl (?:to|will|f/u|follow|ticket|visit)\w*, offer(?:ed)? (?:the )?msl, referred to (?:the )?msl
    passed to (?:the )?msl, to the msl, logged, from medical, mi request, forwarded, passed on, sent up, sent on
    routed to, medical question, medical affairs, scientific (?:dept|department|affairs), science person, scientist
    form sent, answer in writing, medical advis\w+, msl
    """
)
