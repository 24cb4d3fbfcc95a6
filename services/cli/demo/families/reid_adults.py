"""Dana Reid and Sean Cole, as the services for adults, the police and housing know them.

Promise: what scenario rows 1, 3 and 4 need of the adults stands here, each sensitive record under its own
label, and the safe address once more without a label, from a source that never heard of the flight.
"""

from services.cli.demo.families.build import LOINC, UNITS, Shelf, address, code, named, phone, ref
from services.cli.demo.families.people import DANA, FLED, KERRY, LEE, LEO, MIA, QUARRY, SAFE, SEAN, TYLER
from services.contract.canonical import Lexical

_KEYWORKER = "Priya Nair, keyworker"
_SUSPECTED = "Domestic abuse: suspected perpetrator, high risk"
_ORDER = "Non-molestation order in force, power of arrest"
_NURSE = "Tom Haldane, community mental health nurse"


def substance_misuse(shelf: Shelf) -> None:
    """Dana in treatment: since when, last attended, the risk to children, keyworker, notes and screens."""
    hers = ("ETH", "SSP")
    dana = shelf.patient(DANA, address(SAFE, shelf.span(-200)), local="HVN-7731")
    shelf.add(
        "EpisodeOfCare",
        "treatment",
        labels=hers,
        status="active",
        type=[code("Opioid substitution treatment", "310653000")],
        patient=ref(dana),
        managingOrganization=named("Haven recovery service"),
        period=shelf.span(-430),
        careManager=named(_KEYWORKER),
    )
    shelf.seen("last-attended", dana, "Attended keywork appointment", -9, labels=hers)
    _at_the_keyworkers(shelf, dana, hers)
    _in_confidence(shelf, dana)


def _at_the_keyworkers(shelf: Shelf, dana: str, hers: tuple[str, ...]) -> None:
    shelf.add(
        "RiskAssessment",
        "risk-to-children",
        sure="opinion",
        labels=hers,
        status="final",
        subject=ref(dana),
        occurrenceDateTime=shelf.at(-23),
        prediction=[
            {
                "outcome": code("Risk to children in the household"),
                "qualitativeRisk": code("Moderate, reducing"),
                "rationale": "Medicine is kept in a locked box. Using on top has stopped since the move.",
            }
        ],
    )
    shelf.add(
        "CareTeam",
        "keyworker",
        labels=hers,
        status="active",
        subject=ref(dana),
        participant=[{"role": [code("Keyworker")], "member": named(_KEYWORKER)}],
        telecom=[phone("01632 960233", "work")],
    )


def _in_confidence(shelf: Shelf, dana: str) -> None:
    words = (
        "Dana spoke about the night of the flight, and about shame. She asked that this stays in the room."
    )
    shelf.note("therapy", dana, "Therapy session notes", words, -16, labels=("PSYTHPN", "ETH"))
    for key, words, value in (
        ("opiates", "Morphine, urine", "312.40"),
        ("benzo", "Diazepam metabolites, urine", "0.0"),
    ):
        shelf.add(
            "Observation",
            f"screen-{key}",
            labels=("ETH",),
            status="final",
            code=code(words, {"opiates": "3879-4", "benzo": "3390-2"}[key], LOINC),
            subject=ref(dana),
            effectiveDateTime=shelf.at(-30),
            valueQuantity={"value": Lexical(value), "unit": "ng/mL", "system": UNITS, "code": "ng/mL"},
        )


def mental_health(shelf: Shelf) -> None:
    """Dana open to the community team, last contact, and a risk flag."""
    dana = shelf.patient(DANA, address(FLED), local="NMH-20915")
    shelf.add(
        "EpisodeOfCare",
        "open",
        labels=("MH",),
        status="active",
        type=[code("Community mental health: open")],
        patient=ref(dana),
        managingOrganization=named("Northshire community mental health team"),
        period=shelf.span(-300),
        careManager=named(_NURSE),
    )
    shelf.seen("last-contact", dana, "Home visit by community mental health nurse", -27, labels=("MH",))
    shelf.add(
        "Flag",
        "risk",
        sure="opinion",
        labels=("MH",),
        status="active",
        category=[{"text": "Risk"}],
        code=code("Risk of self-harm when under threat of being found"),
        subject=ref(dana),
        period=shelf.span(-190),
    )


def hospital(shelf: Shelf) -> None:
    """Dana at the hospital: an attendance after an assault, and a condition that few people know of."""
    surgery = [named("Brackendale Surgery")]
    dana = shelf.patient(DANA, address(FLED), local="NHT-771300", generalPractitioner=surgery)
    shelf.seen("dana-ed", dana, "Emergency attendance: assault, facial injury", -212, labels=("SDV",))
    shelf.add(
        "Condition",
        "dana-hiv",
        labels=("HIV",),
        clinicalStatus={
            "coding": [
                {"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active"}
            ]
        },
        code=code("Human immunodeficiency virus infection", "86406008"),
        subject=ref(dana),
        recordedDate=shelf.day(-800),
        note=[{"text": "Suppressed on treatment. Dana has not told her family."}],
    )


def sexual_health(shelf: Shelf) -> None:
    """Dana at a clinic whose very name reveals why."""
    dana = shelf.patient(DANA, local="CLW-5102")
    shelf.add(
        "EpisodeOfCare",
        "clinic",
        labels=("SEX", "SSP"),
        status="finished",
        type=[code("Sexual and reproductive health clinic")],
        patient=ref(dana),
        managingOrganization=named("Clearwater sexual health clinic"),
        period=shelf.span(-410, -380),
    )
    shelf.add(
        "Condition",
        "dana-top",
        labels=("L:TOP",),
        code=code("Termination of pregnancy", "386639001"),
        subject=ref(dana),
        recordedDate=shelf.day(-402),
        note=[{"text": "Counselling offered and declined."}],
    )


def police(shelf: Shelf) -> None:
    """Sean's call-outs, his flags and the order against him, and the others as the police met them."""
    sean = shelf.patient(
        SEAN, address(QUARRY, shelf.span(-150)), local="NP-SC8809", telecom=[phone("07700 900188", "mobile")]
    )
    dana = shelf.patient(DANA, address(FLED), local="NP-DR9002")
    shelf.patient(LEE, address(FLED, shelf.span(-600, -260)), local="NP-LM8604")
    for key, who, labels, kind, words, since, sure in (
        ("perpetrator", sean, ("SDV", "VIO"), "Domestic abuse", _SUSPECTED, (-640, None), "allegation"),
        ("order", sean, ("SDV",), "Court order", _ORDER, (-200, 165), "found"),
        (
            "victim",
            dana,
            ("SDV",),
            "Domestic abuse",
            "Domestic abuse: victim, high risk",
            (-640, None),
            "opinion",
        ),
    ):
        shelf.add(
            "Flag",
            key,
            sure=sure,
            labels=labels,
            status="active",
            category=[{"text": kind}],
            code=code(words),
            subject=ref(who),
            period=shelf.span(*since),
        )
    for key, who, words, days, sure in (
        ("call-1", sean, "Domestic abuse call-out, arrested", -212, "fact"),
        ("call-2", sean, "Breach of order reported", -96, "allegation"),
        ("call-3", dana, "Domestic abuse call-out, victim seen", -212, "fact"),
    ):
        shelf.seen(key, who, words, days, labels=("SDV",), sure=sure)
    _risk(shelf, sean)


def _risk(shelf: Shelf, sean: str) -> None:
    shelf.add(
        "RiskAssessment",
        "risk-sean",
        sure="opinion",
        labels=("SDV",),
        status="final",
        subject=ref(sean),
        occurrenceDateTime=shelf.at(-95),
        prediction=[
            {
                "outcome": code("Serious harm to a former partner"),
                "qualitativeRisk": code("High"),
                "rationale": "Told officers that he would find her. Has access to a grey van.",
            }
        ],
    )
    # What the police know and from whom; the risk above is the sentence of it that they publish.
    words = "Source says that he asked two people for her new school run and offered money for it."
    shelf.note("intelligence", sean, "Intelligence log", words, -40, labels=("L:INTEL",), secrecy="V")


def housing(shelf: Shelf) -> None:
    """Two tenancies: Sean's new household, and the safe address, which housing does not know for one."""
    here, safe = address(QUARRY, shelf.span(-900)), address(SAFE, shelf.span(-209))
    for who in (KERRY, TYLER):
        shelf.patient(who, here, local=f"HSG-{who.number[-4:]}")
    shelf.patient(SEAN, address(QUARRY, shelf.span(-150)), local="HSG-3301")
    shelf.patient(LEE, address(FLED, shelf.span(-600, -260)), local="HSG-3310")
    dana = shelf.patient(DANA, safe, local="HSG-3320", telecom=[phone("01632 960104")])
    for who in (MIA, LEO):
        shelf.patient(who, safe, local=f"HSG-{who.number[-4:]}")
    shelf.add(
        "EpisodeOfCare",
        "tenancy-dana",
        status="active",
        type=[code("Council tenancy")],
        patient=ref(dana),
        managingOrganization=named("Northshire housing, Brackendale office"),
        period=shelf.span(-209),
    )
    words = f"Repair to front door lock booked at {SAFE.text}. Tenant asks for two locks."
    shelf.note("repair", dana, "Tenancy note", words, -50)


def ambulance(shelf: Shelf) -> None:
    """One conveyance after the assault, with the crew's concern about the children."""
    dana = shelf.patient(DANA, address(FLED), local="AMB-661204")
    shelf.seen("conveyed", dana, "Conveyed to emergency department", -212, labels=("SDV",))
    words = "Two children hid behind the sofa while we treated their mother. Referral made by the crew."
    shelf.note("crew", dana, "Concern of the ambulance crew", words, -212, labels=("SDV",), sure="fact")
