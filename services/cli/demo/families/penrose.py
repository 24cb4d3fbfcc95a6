"""Arthur Penrose, in the last year of his life: hospice, adult social care, mental health, voluntary sector.

Promise: what scenario row 5 needs stands here. In the end of life profile the end of a Flag's period is the
date of the next review, and the two CPR codes that differ in two digits mean opposite things.
"""

from services.cli.demo.families.build import (
    FORM_PLACE,
    KEY_SAFE,
    Resource,
    Shelf,
    address,
    code,
    named,
    phone,
    ref,
)
from services.cli.demo.families.people import ARTHUR, ORCHARD, RUTH
from services.contract.canonical import Lexical

CPR_PROFILE = "https://fhir.nhs.uk/STU3/StructureDefinition/EOL-CPRStatus-Flag-1"
CPR_NOT_FOR, CPR_FOR = "450476008", "450475007"
_AT_HOME = {"system": "urn:mash:cs:preferred-place", "code": "home", "display": "At home"}
_FORM = {"url": FORM_PLACE, "valueString": "Lilac form in the blue folder on the kitchen dresser"}
_HOSPICE_DOCTOR = "Dr Miriam Lowe, consultant in palliative medicine"
HOME_TEAM = "hospice-at-home"
"""The team of the nurse who visits him; the hospice's care team names it."""
_STATUS = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"
_VERIFIED = "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification"


def _home(shelf: Shelf) -> Resource:
    safe = {"url": KEY_SAFE, "valueString": "Key safe left of the porch, code 4417"}
    return address(ORCHARD, shelf.span(-9000), extension=[safe])


def hospice(shelf: Shelf) -> None:
    """The end of life record: decisions, attorney, preferences, medicines, and the share state of each."""
    arthur = shelf.patient(ARTHUR, _home(shelf), local="BRK-3044", telecom=[phone("01632 960105")])
    items = [*_decisions(shelf, arthur), _preferences(shelf, arthur)]
    _agreed(shelf, arthur, items)
    shelf.relative(
        arthur,
        RUTH,
        "HPOWATT",
        "Daughter; attorney for health and welfare, registered",
        telecom=[phone("07700 900169", "mobile")],
    )
    shelf.add(
        "EpisodeOfCare",
        "care",
        status="active",
        type=[code("Hospice at home")],
        patient=ref(arthur),
        managingOrganization=named("Brook Hospice"),
        period=shelf.span(-80),
        careManager=named(_HOSPICE_DOCTOR),
    )
    shelf.care_team("at-home", arthur, HOME_TEAM, "Hospice at home", -80)
    _ready(shelf, arthur)
    _plan(shelf, arthur)
    words = "Prognosis is short weeks. Arthur wants no dates; Ruth does. He fears choking most of all."
    shelf.note("prognosis", arthur, "Prognosis and conversation", words, -14)


def _ready(shelf: Shelf, arthur: str) -> None:
    """What stands ready for the last days."""
    for key, words, how in (
        (
            "morphine",
            "Morphine sulfate 10 mg/ml injection",
            "Anticipatory: 2.5 mg under the skin when needed, box in the hall",
        ),
        (
            "midazolam",
            "Midazolam 10 mg/2 ml injection",
            "Anticipatory: 2.5 mg under the skin when needed, box in the hall",
        ),
    ):
        _takes(shelf, key, arthur, words, how)


def _plan(shelf: Shelf, arthur: str) -> None:
    """How he is cared for at home, where his granddaughter lives too."""
    detail = {
        "status": "in-progress",
        "code": code("Nurse visits twice a day"),
        "scheduledString": "Mornings and evenings; the night service answers between",
        "description": "The injectable medicines stand in an open box in the hall, within reach of a child.",
    }
    shelf.add(
        "CarePlan",
        "plan",
        status="active",
        intent="plan",
        title="Care at home",
        subject=ref(arthur),
        period=shelf.span(-80),
        activity=[{"detail": detail}],
    )


def _decisions(shelf: Shelf, arthur: str) -> list[str]:
    def cpr(key: str, status: str, words: str, snomed: str, days: tuple[int, int]) -> str:
        return shelf.add(
            "Flag",
            key,
            labels=("L:EOL",),
            profile=CPR_PROFILE,
            status=status,
            code=code(words, snomed),
            subject=ref(arthur),
            period=shelf.span(*days),
            author=named(_HOSPICE_DOCTOR),
        )

    now = cpr("cpr", "active", "Not for attempted cardiopulmonary resuscitation", CPR_NOT_FOR, (-60, 30))
    # Two that must never be shown as the decision: one that this one replaced, and one that was never true.
    cpr("cpr-before", "inactive", "For attempted cardiopulmonary resuscitation", CPR_FOR, (-400, -60))
    cpr("cpr-wrong", "entered-in-error", "For attempted cardiopulmonary resuscitation", CPR_FOR, (-61, 300))
    adrt = shelf.add(
        "Flag",
        "adrt",
        labels=("L:EOL",),
        status="active",
        code=code("Advance decision to refuse treatment: ventilation only", "816301000000100"),
        subject=ref(arthur),
        period=shelf.span(-58),
        author=named(_HOSPICE_DOCTOR),
    )
    return [now, adrt]


def _preferences(shelf: Shelf, arthur: str) -> str:
    answers = (
        ("room", "Which room", "The one that looks on the orchard"),
        ("wishes", "What matters to him", "No blue lights if it can be helped; the dog may stay on the bed"),
    )
    return shelf.add(
        "QuestionnaireResponse",
        "preferences",
        labels=("L:EOL",),
        status="completed",
        subject=ref(arthur),
        authored=shelf.at(-58),
        item=[
            {"linkId": "place", "text": "Preferred place of death", "answer": [{"valueCoding": _AT_HOME}]},
            *(
                {"linkId": link, "text": question, "answer": [{"valueString": answer}]}
                for link, question, answer in answers
            ),
        ],
    )


def _agreed(shelf: Shelf, arthur: str, items: list[str]) -> None:
    for number, item in enumerate(items):
        shelf.add(
            "Consent",
            f"share-{number}",
            labels=("L:EOL",),
            # The paper form is of the CPR decision, which is the first item.
            extension=None if number else [_FORM],
            status="active",
            scope={
                "coding": [
                    {
                        "system": "http://terminology.hl7.org/CodeSystem/consentscope",
                        "code": "patient-privacy",
                    }
                ]
            },
            category=[{"coding": [{"system": "http://loinc.org", "code": "59284-0"}]}],
            patient=ref(arthur),
            dateTime=shelf.at(-58),
            policyRule={
                "coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "OPTIN"}]
            },
            provision={"type": "permit", "data": [{"meaning": "instance", "reference": ref(item)}]},
        )


def _takes(shelf: Shelf, key: str, who: str, words: str, how: str) -> None:
    shelf.add(
        "MedicationStatement",
        key,
        status="active",
        medicationCodeableConcept=code(words),
        subject=ref(who),
        effectivePeriod=shelf.span(-20),
        dosage=[{"text": how}],
    )


def social_care(shelf: Shelf) -> None:
    """The care package with its times, and what it costs."""
    arthur = shelf.patient(ARTHUR, _home(shelf), local="ASC-18820")
    shelf.add(
        "CarePlan",
        "package",
        status="active",
        intent="plan",
        title="Home care package",
        subject=ref(arthur),
        period=shelf.span(-90),
        activity=[
            {
                "detail": {
                    "status": "in-progress",
                    "code": code("Two carers, four visits a day"),
                    "scheduledString": "08:00, 12:30, 17:00 and 21:00 every day",
                    "description": "Washing, turning, meals; carers have the key safe code.",
                }
            }
        ],
    )
    _costs(shelf, arthur)


def _costs(shelf: Shelf, arthur: str) -> None:
    shelf.add(
        "Contract",
        "rates",
        labels=("B",),
        status="executed",
        subject=[ref(arthur)],
        applies=shelf.span(-90),
        term=[
            {
                "offer": {"text": "Home care by the hour, Thornby Care"},
                "asset": [
                    {
                        "valuedItem": [{"unitPrice": {"value": Lexical("24.60"), "currency": "GBP"}}],
                        "text": "Hourly rate",
                    }
                ],
            }
        ],
    )


def mental_health(shelf: Shelf) -> None:
    """An old narrative that nobody at the roadside needs."""
    arthur = shelf.patient(ARTHUR, address(ORCHARD), local="NMH-00412")
    words = "Admitted for six weeks with depression after his wife died. Recovered, discharged to his GP."
    shelf.note("discharge", arthur, "Psychiatric discharge summary", words, -4100, labels=("PSY",))


def voluntary(shelf: Shelf) -> None:
    """A befriender's goal for him."""
    arthur = shelf.patient(ARTHUR, address(ORCHARD), local="VCS-091", verified=False)
    shelf.add(
        "EpisodeOfCare",
        "befriending",
        status="active",
        type=[code("Befriending and dog walking")],
        patient=ref(arthur),
        managingOrganization=named("Northshire Voices"),
        period=shelf.span(-300),
    )


def practice(shelf: Shelf) -> None:
    """What his general practice answers when it is asked."""
    arthur = shelf.patient(ARTHUR, _home(shelf), local="GP-100482")
    shelf.add(
        "AllergyIntolerance",
        "penicillin",
        clinicalStatus={"coding": [{"system": _STATUS, "code": "active"}]},
        verificationStatus={"coding": [{"system": _VERIFIED, "code": "confirmed"}]},
        code=code("Allergy to penicillin", "91936005"),
        patient=ref(arthur),
        recordedDate=shelf.day(-3000),
    )
    for key, words, how in (
        ("apixaban", "Apixaban 5 mg tablets", "One twice a day"),
        ("ramipril", "Ramipril 2.5 mg capsules", "One at night"),
    ):
        _takes(shelf, key, arthur, words, how)
    shelf.add(
        "Condition",
        "cancer",
        code=code("Primary malignant neoplasm of lung", "93880001"),
        subject=ref(arthur),
        recordedDate=shelf.day(-320),
    )
