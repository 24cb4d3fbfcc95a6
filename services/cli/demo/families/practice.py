"""The Reids and Sean as their general practice answers about them: a source that is asked live.

Promise: the safe address comes from here too, without any label, as it does from a practice that was never
told.
"""

from services.cli.demo.families.build import SNOMED, Shelf, address, code, phone, ref
from services.cli.demo.families.people import DANA, LEO, MIA, QUARRY, SAFE, SEAN

_PROBLEM = "http://terminology.hl7.org/CodeSystem/condition-clinical"


def practice(shelf: Shelf) -> None:
    """Safeguarding codes, medicines and the address as registered."""
    safe = address(SAFE, shelf.span(-195))
    mia = shelf.patient(MIA, safe, local="GP-100201")
    leo = shelf.patient(LEO, safe, local="GP-100202")
    dana = shelf.patient(DANA, safe, local="GP-100203", telecom=[phone("07700 900146", "mobile")])
    sean = shelf.patient(SEAN, address(QUARRY, shelf.span(-150)), local="GP-100990")
    for key, who, words, snomed, days in (
        ("mia-concern", mia, "Child is cause for concern", "836881000000105", -90),
        ("leo-concern", leo, "Child is cause for concern", "836881000000105", -90),
        ("mia-plan", mia, "Family member subject of child protection plan", "375041000000100", -900),
        ("dana-family", dana, "Child in family is cause for concern", "1064961000000107", -90),
        ("sean-back", sean, "Low back pain", "279039007", -400),
    ):
        shelf.add(
            "Condition",
            key,
            clinicalStatus={"coding": [{"system": _PROBLEM, "code": "active"}]},
            code=code(words, snomed, SNOMED),
            subject=ref(who),
            recordedDate=shelf.day(days),
        )
    shelf.add(
        "MedicationStatement",
        "sertraline",
        labels=("MH",),
        status="active",
        medicationCodeableConcept=code("Sertraline 50 mg tablets"),
        subject=ref(dana),
        effectivePeriod=shelf.span(-280),
        dosage=[{"text": "One each morning"}],
    )
