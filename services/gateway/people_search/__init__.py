"""Finding people over FHIR: $match and the search for people."""
