"""FHIR R4, the read side: patients and what was observed of them."""
