"""Joan Pike, who objected to sharing for her care, and about whom adult social care has a worry.

Promise: what scenario row 7 needs stands here; her objection is a Consent of the shape that the hub
documents.
"""

from services.cli.demo.families.build import Shelf, address, code, named, phone, ref
from services.cli.demo.families.people import JOAN, TERRACE

CLINIC_TEAM = "leg-ulcer-clinic"
"""The team of the clinic nurse who treats her; the hospital's care team names it."""


def hospital(shelf: Shelf) -> None:
    """Her clinic, the team that treats her, and the objection that she made there."""
    joan = shelf.patient(JOAN, address(TERRACE), local="NHT-120077", telecom=[phone("01632 960106")])
    shelf.care_team("clinic", joan, CLINIC_TEAM, "Leg ulcer clinic", -70)
    shelf.add(
        "Consent",
        "objection",
        status="active",
        scope={
            "coding": [
                {"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "patient-privacy"}
            ]
        },
        category=[{"coding": [{"system": "http://loinc.org", "code": "59284-0"}]}],
        patient=ref(joan),
        dateTime=shelf.at(-65),
        policyRule={
            "coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "OPTOUT"}]
        },
    )
    shelf.seen("dressing", joan, "Leg ulcer clinic: dressing changed", -4)


def social_care(shelf: Shelf) -> None:
    """A safeguarding concern about money, and the risk as a worker saw it."""
    joan = shelf.patient(JOAN, address(TERRACE), local="ASC-20451")
    shelf.add(
        "EpisodeOfCare",
        "enquiry",
        status="active",
        type=[code("Adult safeguarding: concern received")],
        patient=ref(joan),
        managingOrganization=named("Northshire adult social care"),
        period=shelf.span(-15),
    )
    shelf.add(
        "Flag",
        "concern",
        sure="allegation",
        status="active",
        category=[{"text": "Safeguarding"}],
        code=code("Adult at risk: suspected financial abuse"),
        subject=ref(joan),
        period=shelf.span(-15),
    )
    shelf.add(
        "RiskAssessment",
        "risk",
        sure="opinion",
        status="final",
        subject=ref(joan),
        occurrenceDateTime=shelf.at(-13),
        prediction=[
            {
                "outcome": code("Loss of savings to a lodger"),
                "rationale": "The lodger keeps her bank card. Joan says he is kind and that she owes him.",
            }
        ],
    )


def practice(shelf: Shelf) -> None:
    """What her general practice answers when it is asked."""
    joan = shelf.patient(JOAN, address(TERRACE), local="GP-100913")
    shelf.add(
        "MedicationStatement",
        "amlodipine",
        status="active",
        medicationCodeableConcept=code("Amlodipine 5 mg tablets"),
        subject=ref(joan),
        effectivePeriod=shelf.span(-1500),
        dosage=[{"text": "One in the morning"}],
    )
    shelf.add(
        "Condition",
        "memory",
        code=code("Memory impairment, under assessment"),
        subject=ref(joan),
        recordedDate=shelf.day(-44),
    )
