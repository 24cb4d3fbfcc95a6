"""The JSON form of FHIR's primitive types, from the regular expressions in HL7's own definitions.

Promise: a value that passes is one that the R4 data types page allows (https://hl7.org/fhir/R4/datatypes.html),
and a date that passes is one that exists.
"""

from typing import Any

from schemas.fhir.generator.definitions import Structure

Schema = dict[str, Any]

_REGEX = "http://hl7.org/fhir/StructureDefinition/regex"
_NUMBERS = {"decimal": "number", "integer": "integer", "positiveInt": "integer", "unsignedInt": "integer"}
_LEAST = {"integer": -(2**31), "positiveInt": 1, "unsignedInt": 0}
_MOST = 2**31 - 1

# HL7's expressions come from Java, where \s and \S know ASCII only: a no-break space may stand in a name.
_ASCII = (
    (r"[ \r\n\t\S]", r"[^\x0b\x0c]"),
    (r"[^\s]", r"[^\t\n\x0b\x0c\r ]"),
    (r"\S*", r"[^\t\n\x0b\x0c\r ]+"),  # and no FHIR string is empty (https://hl7.org/fhir/R4/json.html)
    (r"\s", r"[\t\n\x0b\x0c\r ]"),
)

_UP_TO_64 = "{1,64}"
_DATES = {"date", "dateTime", "instant"}
_NO_LEAP_YEAR = "([0-9]{2}([02468][1235679]|[13579][01345789])|([02468][1235679]|[13579][01345789])00)"
NO_SUCH_DAY = f"^([0-9]{{4}}-(02-3[01]|(04|06|09|11)-31)|{_NO_LEAP_YEAR}-02-29)"


def primitive(structure: Structure) -> Schema:
    """The JSON Schema of one primitive type."""
    name = structure.name
    if name == "boolean":
        return {"type": "boolean"}
    if name in _LEAST:
        return {"type": "integer", "minimum": _LEAST[name], "maximum": _MOST}
    if name in _NUMBERS:
        return {"type": _NUMBERS[name]}
    regex, length = _restrictions(structure)
    if regex.endswith(_UP_TO_64):  # the same said in two keywords, which cost a tenth of the time
        regex, length = f"{regex.removesuffix(_UP_TO_64)}+", 64
    schema: Schema = {"type": "string"}
    if length:
        schema["maxLength"] = length
    schema |= {"pattern": f"^({_ascii(regex)})$"} if regex else {"minLength": 1}
    if name in _DATES:
        schema["not"] = {"type": "string", "pattern": NO_SUCH_DAY}
    return schema


def _restrictions(structure: Structure) -> tuple[str, int]:
    value = next(e for e in structure.elements if e["path"] == f"{structure.name}.value")
    regexes = [e["valueString"] for t in value["type"] for e in t["extension"] if e["url"] == _REGEX]
    return (regexes[0] if regexes else ""), value.get("maxLength", 0)


def _ascii(regex: str) -> str:
    for java, plain in _ASCII:
        regex = regex.replace(java, plain)
    return regex
