"""What the FHIR addresses offer, said to machines: CapabilityStatement and SMART configuration.

Promise: true to the routes (a test compares it with them).
"""

from typing import Any

from services.gateway.access.assertions import ALGORITHMS
from services.gateway.access.clients import COUNTS_SCOPE, PERSON_SCOPES, SYSTEM_SEARCH_SCOPE
from services.gateway.access.token import CLIENT_CREDENTIALS, JWT_BEARER, PATH
from services.gateway.parts import Parts
from services.gateway.people_search.described import PARAMETERS

_SECURITY = "http://terminology.hl7.org/CodeSystem/restful-security-service"


_INTERACTIONS = ("create", "update", "read")


def capability_statement(parts: Parts) -> dict[str, Any]:
    """FHIR R4 CapabilityStatement of kind instance."""
    security = {
        "service": [{"coding": [{"system": _SECURITY, "code": "SMART-on-FHIR"}]}],
        "description": "Bearer token by client_credentials with private_key_jwt, at the token endpoint.",
    }
    rest = {
        "mode": "server",
        "documentation": (
            "Publishing one's own records, and reading them back. People are found by POST only: Patient/$match, and "
            "Patient/_search with the parameters in the body; each on a case, named in the header Mash-Case. "
            "No other type is searched. "
            "Numbers for research and planning are had beside FHIR, at POST /counts (JSON)."
        ),
        "security": security,
        "resource": [_offered(name) for name in sorted(parts.resource_types)],
        "interaction": [{"code": "transaction"}],
    }
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": "2026-11-23",
        "kind": "instance",
        "software": {"name": "mash-hub"},
        "implementation": {"description": "MASH hub", "url": f"{parts.settings.url}/fhir"},
        "fhirVersion": "4.0.1",
        "format": ["json"],
        "rest": [rest],
    }


def _offered(name: str) -> dict[str, Any]:
    """What is offered of one type; of Patient, that people are found as well."""
    offered = {
        "type": name,
        "interaction": [{"code": code} for code in _INTERACTIONS],
        "versioning": "versioned",
        "updateCreate": True,
        "conditionalCreate": False,
        "conditionalUpdate": False,
    }
    return offered | (_people() if name == "Patient" else {})


def _people() -> dict[str, Any]:
    """How people are found: the operation and the parameters of the search."""
    types = {"identifier": "token", "gender": "token", "birthdate": "date"}
    parameters = [
        {"name": name, "type": types.get(name, "string"), "documentation": parameter.form}
        for name, parameter in PARAMETERS.items()
    ]
    return {
        "interaction": [{"code": code} for code in (*_INTERACTIONS, "search-type")],
        "searchParam": parameters,
        "operation": [
            {"name": "match", "definition": "http://hl7.org/fhir/OperationDefinition/Patient-match"}
        ],
    }


def smart_configuration(parts: Parts) -> dict[str, Any]:
    """SMART App Launch 2.2, section 2: discovery, as far as Backend Services reach."""
    return {
        "issuer": parts.settings.url,
        "token_endpoint": parts.settings.url + PATH,
        "grant_types_supported": [CLIENT_CREDENTIALS, JWT_BEARER],
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
        "scopes_supported": ["system/*.cru", SYSTEM_SEARCH_SCOPE, COUNTS_SCOPE, *sorted(PERSON_SCOPES)],
        "capabilities": ["client-confidential-asymmetric", "permission-v2"],
    }
