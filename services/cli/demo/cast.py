"""Who plays: the partners' systems, and one member of staff for each kind of work, with their sign-ins.

Promise: nobody gets more than the role that the scenario gives them; the sign-ins exist in the
demonstration's own provider only.
"""

from dataclasses import dataclass

from services.cli.demo.families.carers import ROUNDS_TEAM
from services.cli.demo.families.penrose import HOME_TEAM
from services.cli.demo.families.pike import CLINIC_TEAM


@dataclass(frozen=True, slots=True)
class Member:
    """One member of staff: how their own organisation's system knows them, and how they sign in."""

    user: str
    name: str
    organisation: str
    role: str
    team: str = ""

    @property
    def sign_in(self) -> str:
        """The subject at the demonstration's sign-in provider."""
        return f"{self.user}@{self.organisation}.example"


MASH_TEAM = "mash"
MANAGER = Member("marian.cope", "Marian Cope", "northshire-csc", "SW-TEAM-MGR", MASH_TEAM)
SOCIAL_WORKER = Member("amara.okafor", "Amara Okafor", "northshire-csc", "SW-CHILD", MASH_TEAM)
STAFF: tuple[Member, ...] = (
    MANAGER,
    SOCIAL_WORKER,
    Member("noor.edt", "Noor Aziz", "northshire-csc", "SW-EDT", MASH_TEAM),
    Member("bryn.admin", "Bryn Hughes", "northshire-csc", "MASH-ADMIN", MASH_TEAM),
    Member("cai.admin", "Cai Morgan", "northshire-csc", "MASH-ADMIN", MASH_TEAM),
    Member("petra.privacy", "Petra Lindqvist", "northshire-csc", "PRIVACY-OFFICER"),
    Member("imogen.governance", "Imogen Hale", "northshire-csc", "IG-LEAD"),
    Member("felix.adult", "Felix Obi", "northshire-asc", "SW-ADULT", "adult-front-door"),
    Member("grace.visitor", "Grace Tan", "northshire-nhs", "HEALTH-VISITOR", "health-visiting"),
    Member("owen.clinic", "Owen Pryce", "northshire-nhs", "CLINIC-NURSE", CLINIC_TEAM),
    Member("ivy.gp", "Ivy Sandhu", "northshire-gp", "GP", "practice"),
    Member("dev.paramedic", "Dev Malhotra", "northshire-amb", "PARAMEDIC", "crew-4"),
    Member("sunita.palliative", "Sunita Rao", "brook-hospice", "PALLIATIVE-NURSE", HOME_TEAM),
    Member("carl.housing", "Carl Becker", "northshire-housing", "HOUSING-OFF", "tenancies"),
    Member("priya.keyworker", "Priya Nair", "haven-sms", "SMS-KEYWORKER", "recovery"),
    Member("lena.police", "Lena Novak", "northshire-police", "POLICE-MASH", MASH_TEAM),
    Member("tom.rounds", "Tom Adeyemi", "beacon-care", "CARE-COORD", ROUNDS_TEAM),
    Member("joy.volunteers", "Joy Mensah", "northshire-vcs", "VCS-COORD", "neighbours"),
    Member("dora.duty", "Dora Whitlock", "northshire-csc", "DUTY-MANAGER"),
    Member("anneke.adoption", "Anneke Visser", "northshire-csc", "ADOPTION-WORKER", "adoption"),
    Member("samir.guardian", "Samir Haddad", "northshire-nhs", "CALDICOTT"),
    Member("ruth.privacy", "Ruth Abara", "northshire-nhs", "PRIVACY-OFFICER"),
    Member("ines.governance", "Ines Moreau", "northshire-nhs", "IG-LEAD"),
    Member("tom.duty", "Tom Kessler", "northshire-nhs", "DUTY-MANAGER"),
    Member("kofi.doctor", "Kofi Mensah", "northshire-nhs", "ED-DOCTOR", "emergency"),
    Member("edith.guardian", "Edith Marlow", "northshire-mh", "CALDICOTT"),
    Member("victor.owner", "Victor Lund", "northshire-police", "PRIVACY-OFFICER"),
    Member("salma.owner", "Salma Iqbal", "haven-sms", "CALDICOTT"),
    Member("alma.researcher", "Alma Reeve", "northshire-university", "RESEARCHER"),
    Member("clare.guardian", "Clare Dunmore", "clearwater-shc", "CALDICOTT"),
    Member("hugh.governance", "Hugh Pemberton", "brook-hospice", "IG-LEAD"),
    Member("wanda.duty", "Wanda Price", "brook-hospice", "DUTY-MANAGER"),
    Member("rhys.east", "Rhys Doyle", "eastshire-csc", "SW-CHILD", "east-front-door"),
)


def roles_of(organisation: str) -> tuple[str, ...]:
    """The roles for which an organisation's system may vouch."""
    return tuple(dict.fromkeys(member.role for member in STAFF if member.organisation == organisation))
