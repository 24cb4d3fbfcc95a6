"""Frameworks, ISAs and gateways: each disagreement with the law or one another is named with file, line and remedy."""

from pathlib import Path

import pytest

from services.contract.places import policies
from services.runtime.book import read_book
from tests.unit.runtime.spoiled import Edit, said


def line_of(folder: Path, file: str, text: str) -> int:
    lines = (folder / file).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


PANELS, CARE, FRAMEWORK = "isa/panels.yaml", "isa/direct-care.yaml", "frameworks/northshire.yaml"


@pytest.mark.parametrize(
    ("file", "old", "new", "at", "message"),
    [
        (PANELS, "framework: northshire", "framework: northshier", "framework:",
         "'northshier' is not a framework of frameworks/. Did you mean northshire?"),
        (PANELS, "effective_from: 2025-04-01", "effective_from: 2024-03-31", "effective_from:",
         "the ISA begins before its framework, which begins on 2024-04-01"),
        (PANELS, "last_day: 2031-03-31", "last_day: 2031-04-01", "last_day:",
         "the ISA ends after its framework, whose last day is 2031-03-31"),
        (FRAMEWORK, "last_day: 2031-03-31", "last_day: 2024-03-31", "last_day:",
         "the last day 2024-03-31 is before the first, 2024-04-01"),
        (FRAMEWORK, "- haven-sms", "- haven-smms", "- haven-smms",
         "'haven-smms' is not an organisation of organisations.yaml. Did you mean haven-sms?"),
        (PANELS, "organisation: haven-sms, name", "organisation: heaven-sms, name", "heaven-sms",
         "'heaven-sms' is not one of the parties. Did you mean haven-sms?"),
        (PANELS, "organisation: haven-sms, name", "organisation: northshire-vcs, name", "name: Bea Lister",
         "'northshire-vcs' signs twice"),
        (PANELS, "day: 2025-03-03", "day: 2025-02-30", "day: 2025-02-30", "is no day of the calendar"),
        (PANELS, "  article_9: {code: 9-2-g, schedule_1: S1-18}\n", "", "lawful_basis:", "article_9 is missing; add it"),
        (PANELS, '  article_10: {code: "10", schedule_1: S1-10}\n', "", "lawful_basis:",
         "a purpose about offences is named and article_10 is missing; add it with its schedule_1"),
        ("isa/adult-safeguarding.yaml", '  article_10: {code: "10", schedule_1: S1-18}\n', "", "lawful_basis:",
         "police or probation are a party and article_10 is missing"),
        (PANELS, "  article_6: [6-1-e, 6-1-c]\n", "", "lawful_basis:", "'article_6' is missing; add it"),
        (PANELS, "article_6: [6-1-e, 6-1-c]", "article_6: []", "article_6:", "is empty; name at least one"),
        ("isa/housing.yaml", "without_consent: [CANNOT_GIVE, NOT_REASONABLE, WOULD_PREJUDICE]\n", "", "lawful_basis:",
         "S1-18 needs without_consent"),
        (CARE, "consent: as-purpose", "without_consent: [CANNOT_GIVE]\nconsent: as-purpose", "without_consent:",
         "a reason without consent goes with S1-18 and only with it; take it out"),
        (PANELS, "policy_document: APD-PANELS version 2\n", "", "lawful_basis:", "S1-10 needs a policy document"),
        (PANELS, "dspt: {lapsed: warn}", "dspt: {lapsed: block}", "dspt:", "after_days goes with `lapsed: block`"),
        (PANELS, "dspt: {lapsed: warn}", "dspt: {lapsed: warn, after_days: 3}", "dspt:", "after_days goes with"),
        (PANELS, "acknowledge_days: 30", "acknowledge_days: 31", "acknowledge_days:",
         "'31' is not a whole number from 1 to 30"),
        (PANELS, "    organisation: northshire-police", "    organisation: northshire-polcie", "organisation: northshire-polcie",
         "'northshire-polcie' is not one of the parties. Did you mean northshire-police?"),
        (PANELS, "places: [United Kingdom]", "places: [United Kingdom, France]", "processing:",
         "'France' is outside the United Kingdom; add transfers with the safeguards"),
        (PANELS, "reviewed_on: 2025-03-01", "reviewed_on: 2025-02-30", "reviewed_on:", "'2025-02-30' is no day of the calendar"),
        ("isa/housing.yaml", "only_with: northshire-housing", "only_with: northshire-housng", "only_with:",
         "'northshire-housng' is not one of the parties. Did you mean northshire-housing?"),
        (PANELS, "risks:\n", "risks: []\n  benifits:\n", "benifits:", "Did you mean benefits?"),
    ],
)  # fmt: skip
def test_a_disagreement_is_named_with_file_line_and_remedy(
    edit: Edit, file: str, old: str, new: str, at: str, message: str
) -> None:
    folder = edit(file, old, new)
    found = said(folder)
    wanted = f"{file} line {line_of(folder, file, at)}: "
    assert any(line.startswith(wanted) and message in line for line in found), found


def test_a_basis_that_is_not_for_public_authorities(edit: Edit) -> None:
    folder = edit("isa/commissioning.yaml", "article_6: [6-1-e]", "article_6: [6-1-ea]")
    # A hospice, a charity and care providers are among the parties: they may rest on it.
    assert read_book(folder).revision
    for party in ("brook-hospice", "northshire-vcs", "ashgrove-care", "beacon-care"):
        edit("isa/commissioning.yaml", f"  - {party}\n", "")
        text = (folder / "isa/commissioning.yaml").read_text(encoding="utf-8")
        kept = [line for line in text.splitlines() if f"organisation: {party}, name:" not in line]
        (folder / "isa/commissioning.yaml").write_text("\n".join(kept) + "\n", encoding="utf-8")
    line = line_of(folder, "isa/commissioning.yaml", "article_6:")
    what = "6-1-ea is not open to public authorities, and every party is one; use 6-1-e or 6-1-c"
    assert said(folder) == [f"isa/commissioning.yaml line {line}: {what}"]


@pytest.mark.parametrize(
    ("officer", "party"),
    [("ig_lead", "northshire-police"), ("dpo", "haven-sms"), ("caldicott_guardian", "haven-sms")],
)
def test_a_party_without_its_officers(edit: Edit, officer: str, party: str) -> None:
    text = (policies() / "organisations.yaml").read_text(encoding="utf-8")
    row = text[text.index(f"id: {party}") :]
    line = next(line for line in row.splitlines(keepends=True) if officer in line)
    found = said(edit("organisations.yaml", line, ""))
    assert all(
        f"'{party}' has no {officer} in organisations.yaml; add name and contact" in one for one in found
    )


def test_signed_by_nobody_is_not_signed(edit: Edit) -> None:
    text = (policies() / PANELS).read_text(encoding="utf-8")
    signatures = text[text.index("signatories:\n") : text.index("processing:")]
    found = said(edit(PANELS, signatures, "signatories: []\n"))
    assert found == [
        "isa/panels.yaml line 5: is said to be signed, and fewer than two parties have; add signatories, or write draft"
    ]


# --- Overlaps ----------------------------------------------------------------------------------------------

OVERVIEW, SECOND = "isa/family-overview.yaml", "isa/overview-two.yaml"
POINTER_ONLY = ("classes: as-purpose", "classes: [DM0]")


def beside(folder: Path, *changes: tuple[str, str]) -> Path:
    """A second family overview beside the first, changed; the folder."""
    text = (folder / OVERVIEW).read_text(encoding="utf-8").replace("id: family-overview", "id: overview-two")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    (folder / SECOND).write_text(text, encoding="utf-8")
    return folder


def test_two_that_differ_for_the_same_partners_purpose_and_days_are_refused(folder: Path) -> None:
    beside(folder, POINTER_ONLY)
    line = line_of(folder, SECOND, "effective_from:")
    what = "covers FAM-OVERVIEW between brook-hospice and clearwater-shc on days that isa/family-overview.yaml covers too"
    remedy = "with `classes` unlike; end one before the other begins, or give both the same"
    assert said(folder) == [f"{SECOND} line {line}: {what}, {remedy}"]


@pytest.mark.parametrize(
    "change",
    [
        ("consent: agreement", "consent: as-purpose"),
        ("obligations: []", "obligations: [DELAU]"),
        ("cldc: EXPLICIT", "cldc: STATUTE"),
        ("dspt: {lapsed: block, after_days: 90}", "dspt: {lapsed: warn}"),
    ],
)
def test_no_member_that_decides_may_differ(folder: Path, change: tuple[str, str]) -> None:
    assert (
        f"with `{DECIDED_BY.get(change[0], change[0].split(':')[0])}` unlike"
        in said(beside(folder, change))[0]
    )


DECIDED_BY = {"cldc: EXPLICIT": "lawful_basis"}


@pytest.mark.parametrize(
    "apart",
    [
        ("status: signed", "status: draft"),
        ("purposes: [FAM-OVERVIEW, EARLY-HELP]", "purposes: [PLANNING]"),
        ("effective_from: 2025-04-01", "effective_from: 2030-04-01"),
    ],
)
def test_what_does_not_meet_may_differ(folder: Path, apart: tuple[str, str]) -> None:
    first = folder / OVERVIEW
    first.write_text(
        first.read_text("utf-8").replace("last_day: 2031-03-31", "last_day: 2030-03-31"), "utf-8"
    )
    beside(folder, POINTER_ONLY, ("last_day: 2030-03-31", "last_day: 2031-03-31"), apart)
    assert read_book(folder).revision


def test_one_day_in_common_is_an_overlap(folder: Path) -> None:
    first = folder / OVERVIEW
    first.write_text(
        first.read_text("utf-8").replace("last_day: 2031-03-31", "last_day: 2030-04-01"), "utf-8"
    )
    later = ("effective_from: 2025-04-01", "effective_from: 2030-04-01")
    assert "on days that" in said(beside(folder, POINTER_ONLY, later))[0]


def test_the_same_rules_twice_may_stand_side_by_side_and_so_may_other_roles(folder: Path) -> None:
    assert read_book(beside(folder)).revision
    text = (folder / OVERVIEW).read_text("utf-8")
    roles = text[text.index("roles:") : text.index("classes:")]
    assert read_book(beside(folder, POINTER_ONLY, (roles, "roles: [PROBATION]\n"))).revision


def test_one_party_s_part_overlaps_only_where_that_party_is(folder: Path) -> None:
    beside(folder, POINTER_ONLY, ("purposes:", "only_with: northshire-vcs\npurposes:"))
    assert "between brook-hospice and northshire-vcs on days" in said(folder)[0]
