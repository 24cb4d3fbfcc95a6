"""Mia and Leo Reid and the adults around them, as social care, hospital and schools know them.

Promise: what scenario rows 1 to 4 need of the children stands here, and the safe address stands in a note
as well as in its field, because that is where it has leaked from before.
"""

from services.cli.demo.families.build import (
    CONCERN,
    LOINC,
    SCHOOL,
    UNITS,
    Shelf,
    address,
    code,
    named,
    phone,
    ref,
)
from services.cli.demo.families.people import DANA, FLED, KERRY, LEE, LEO, MIA, QUARRY, SAFE, SEAN, TYLER
from services.contract.canonical import Lexical

FLIGHT = -210
"""The day of the flight, counted from today."""
_SOCIAL_WORKER = "Amara Okafor, social worker"
_CONSULTANT = "Dr Helen Ashworth, community paediatrician"


def social_care(shelf: Shelf) -> None:
    """The family, its past plan, the safe address and its flag, and Sean's new household."""
    fled, safe = address(FLED, shelf.span(-2200, FLIGHT)), address(SAFE, shelf.span(FLIGHT))
    mia = shelf.patient(MIA, fled, safe, local="CSC-40117")
    leo = shelf.patient(LEO, fled, safe, local="CSC-40118")
    dana = shelf.patient(
        DANA, fled, safe, secrecy="R", local="CSC-40119", telecom=[phone("07700 900146", "mobile")]
    )
    sean = shelf.patient(SEAN, fled, address(QUARRY, shelf.span(-150)), local="CSC-40120")
    shelf.add(
        "Flag",
        "safe-address",
        labels=("L:SAFEADDR",),
        secrecy="R",
        extension=[{"url": CONCERN, "valueReference": ref(sean)}],
        status="active",
        code=code("Safe address: fled domestic abuse, do not disclose"),
        subject=ref(dana),
        period=shelf.span(FLIGHT),
    )
    for child in (mia, leo):
        shelf.relative(child, DANA, "MTH", "Mother")
        shelf.relative(child, SEAN, "FTH", "Father")
    shelf.relative(mia, LEO, "BRO", "Brother")
    shelf.relative(leo, MIA, "SIS", "Sister")
    shelf.relative(mia, LEE, "FRND", "Mother's friend, said to stay at weekends", sure="unverified")
    shelf.relative(sean, DANA, "FMRSPS", "Former partner")
    _history(shelf, mia, leo)
    _notes(shelf, mia)
    _new_household(shelf, sean)


def _history(shelf: Shelf, mia: str, leo: str) -> None:
    for key, child in (("mia", mia), ("leo", leo)):
        shelf.add(
            "Flag",
            f"plan-{key}",
            sure="found",
            labels=("L:CPROT",),
            status="inactive",
            category=[{"text": "Child protection"}],
            code=code("Subject to a child protection plan", "342191000000101"),
            subject=ref(child),
            period=shelf.span(-1010, -520),
        )
        shelf.add(
            "EpisodeOfCare",
            f"episode-{key}",
            status="active",
            type=[code("Children's social care: child in need")],
            patient=ref(child),
            managingOrganization=named("Northshire children's services"),
            period=shelf.span(-205),
            careManager=named(_SOCIAL_WORKER),
        )
    shelf.add(
        "CareTeam",
        "team-mia",
        status="active",
        subject=ref(mia),
        participant=[{"role": [code("Allocated social worker")], "member": named(_SOCIAL_WORKER)}],
        telecom=[phone("01632 960210", "work")],
    )


def _notes(shelf: Shelf, mia: str) -> None:
    visit = (
        f"Visited Mia with her mother at {SAFE.text}. Mia was quiet and stayed close to Dana. "
        "Dana says that nobody from the old address knows where they are."
    )
    shelf.note("visit", mia, "Record of a home visit", visit, -40, sure="fact")
    shelf.add(
        "RiskAssessment",
        "risk-mia",
        sure="opinion",
        status="final",
        subject=ref(mia),
        occurrenceDateTime=shelf.at(-38),
        prediction=[
            {
                "outcome": code("Harm through domestic abuse"),
                "qualitativeRisk": code("High"),
                "rationale": "Father has breached the order twice and asks where the children live.",
            }
        ],
    )


def _new_household(shelf: Shelf, sean: str) -> None:
    here = address(QUARRY, shelf.span(-900))
    tyler = shelf.patient(TYLER, here, local="CSC-51230")
    shelf.patient(KERRY, here, local="CSC-51231")
    shelf.relative(tyler, KERRY, "MTH", "Mother")
    shelf.relative(tyler, SEAN, "STPFTH", "Stepfather")
    shelf.relative(sean, KERRY, "SIGOTHR", "Partner")
    shelf.add(
        "EpisodeOfCare",
        "episode-tyler",
        status="active",
        type=[code("Children's social care: contact being screened")],
        patient=ref(tyler),
        managingOrganization=named("Northshire children's services"),
        period=shelf.span(-6),
    )


def hospital(shelf: Shelf) -> None:
    """Attendances, missed appointments, measurements and injuries of the children."""
    mia = shelf.patient(MIA, address(FLED), local="NHT-882014", telecom=[phone("01632 960102")])
    leo = shelf.patient(LEO, address(FLED), local="NHT-882015")
    _visit(shelf, "mia-ed", mia, "Emergency attendance: bruising to left forearm", -33)
    _visit(shelf, "mia-clinic", mia, "Outpatient attendance: community paediatrics", -120)
    for key, days in (("mia-missed-1", -75), ("mia-missed-2", -61)):
        _missed(shelf, key, mia, "Did not attend: community paediatrics", days)
    _visit(shelf, "leo-ed", leo, "Emergency attendance: asthma", -190)
    _missed(shelf, "leo-missed", leo, "Did not attend: asthma clinic", -88)
    _outside_the_window(shelf, mia)
    _measured(shelf, mia, ("Body weight", "29463-7"), ("17.30", "kg"), -33)
    _measured(shelf, mia, ("Body height", "8302-2"), ("108.50", "cm"), -33)
    _measured(shelf, mia, ("Length of bruise, left forearm", ""), ("6.30", "cm"), -33)
    _measured(shelf, leo, ("Body weight", "29463-7"), ("26.10", "kg"), -190)
    shelf.add(
        "Condition",
        "mia-injury",
        sure="fact",
        clinicalStatus=_clinical("active"),
        code=code("Contusion of left forearm, grip pattern"),
        subject=ref(mia),
        recordedDate=shelf.day(-33),
        note=[
            {"text": "Mia said that her dad held her arm hard. Explanation given by the adult did not fit."}
        ],
    )


def _outside_the_window(shelf: Shelf, mia: str) -> None:
    # Five years to the day is within the look-back of a family overview; a day more is not.
    for key, days in (("mia-within", 0), ("mia-beyond", 1)):
        day = shelf.years_ago(5, days)
        shelf.seen(key, mia, "Outpatient attendance: hearing test", 0, period={"start": day, "end": day})


def _visit(shelf: Shelf, key: str, who: str, words: str, days: int) -> None:
    shelf.seen(
        key,
        who,
        words,
        days,
        kind="EMER" if words.startswith("Emergency") else "AMB",
        participant=[{"individual": named(_CONSULTANT)}],
        serviceProvider=named("Northshire General Hospital"),
    )


def _missed(shelf: Shelf, key: str, who: str, words: str, days: int) -> None:
    shelf.seen(key, who, words, days, status="cancelled", type=[code(words, "281399006")])


def _measured(shelf: Shelf, who: str, what: tuple[str, str], value: tuple[str, str], days: int) -> None:
    # A number is kept as it was written: 6.30 is a measurement to the tenth of a millimetre, 6.3 is not.
    shelf.add(
        "Observation",
        f"{who}:{what[0]}",
        status="final",
        code=code(what[0], what[1], LOINC),
        subject=ref(who),
        effectiveDateTime=shelf.at(days, "18:30:00"),
        valueQuantity={"value": Lexical(value[0]), "unit": value[1], "system": UNITS, "code": value[1]},
    )


def schools(shelf: Shelf) -> None:
    """Where the children go to school, attendance, and a concern of the school's."""
    school = {"url": SCHOOL, "valueString": "Elmfield Primary School"}
    mia = shelf.patient(MIA, address(SAFE), local="UPN-B8200001", extension=[school])
    leo = shelf.patient(LEO, address(SAFE), local="UPN-B8200002", extension=[school])
    for key, child in (("mia", mia), ("leo", leo)):
        shelf.add(
            "EpisodeOfCare",
            f"school-{key}",
            status="active",
            type=[code("On roll at a primary school")],
            patient=ref(child),
            managingOrganization=named("Elmfield Primary School"),
            period=shelf.span(-180),
        )
    shelf.add(
        "Observation",
        "attendance-mia",
        status="final",
        code=code("School attendance this year, per cent"),
        subject=ref(mia),
        effectiveDateTime=shelf.at(-10),
        valueQuantity={"value": Lexical("78.50"), "unit": "%", "system": UNITS, "code": "%"},
    )
    worry = (
        "Mia asked twice this week who was picking her up, and hid when a grey van stopped outside Elmfield."
    )
    shelf.note("worry", mia, "Concern recorded by the school", worry, -12, sure="fact")


def _clinical(status: str) -> dict[str, object]:
    return {
        "coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": status}]
    }
