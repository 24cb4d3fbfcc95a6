"""Promise: what the hub says it offers is what its routes do, and the other way round."""

from services.gateway.access.assertions import ALGORITHMS
from tests.gateway_world import TYPES, World


def _routes(world: World) -> set[tuple[str, str]]:
    paths = world.app.openapi()["paths"]
    return {(method.upper(), path) for path in paths if path.startswith("/fhir") for method in paths[path]}


def test_the_statement_is_true_to_the_routes(world: World) -> None:
    told = world.http.get("/fhir/metadata").json()
    (rest,) = told["rest"]
    assert {one["type"] for one in rest["resource"]} == TYPES
    acts = {
        "create": ("POST", "/fhir/{type}"),
        "update": ("PUT", "/fhir/{type}/{id}"),
        "read": ("GET", "/fhir/{type}/{id}"),
        "transaction": ("POST", "/fhir"),
        "search-type": ("POST", "/fhir/Patient/_search"),
    }
    said = {one["code"] for one in rest["interaction"]}
    operations: set[tuple[str, str]] = set()
    for resource in rest["resource"]:
        said |= {one["code"] for one in resource["interaction"]}
        assert not resource["conditionalCreate"]
        assert ("search-type" in {one["code"] for one in resource["interaction"]}) == (
            resource["type"] == "Patient"
        )
        operations |= {
            ("POST", f"/fhir/{resource['type']}/${one['name']}") for one in resource.get("operation", ())
        }
    documents = {("GET", "/fhir/metadata"), ("GET", "/fhir/.well-known/smart-configuration")}
    assert {acts[code] for code in said} | documents | operations == _routes(world)


def test_the_smart_configuration_is_true(world: World) -> None:
    told = world.http.get("/fhir/.well-known/smart-configuration").json()
    assert told["token_endpoint"] == world.audience
    assert tuple(told["token_endpoint_auth_signing_alg_values_supported"]) == ALGORITHMS
    for grant in told["grant_types_supported"]:
        answer = world.ask_token("csc-feed", grant_type=grant)
        assert answer.json().get("error") != "unsupported_grant_type"


def test_the_capability_statement_is_valid_fhir(world: World) -> None:
    assert list(world.parts.gate(world.http.get("/fhir/metadata").json())) == []
