"""The parameters of a search, from an address or a body. What names a person is taken from a body only.

FHIR R4 lets every search be sent as POST [base]/[type]/_search, the parameters form-encoded in the body; some may stand
in the address beside it (https://hl7.org/fhir/R4/http.html#search).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from rest_framework.request import Request

from heartvoice.shared.kept import keep, kept

CONTINUE = "_continue"  # the token of a search whose first page was asked for in a body
SHAPE = frozenset({"_count", "_offset", "_format"})
PERSONAL = frozenset(
    {
        "identifier", "name", "family", "given", "phonetic", "phone", "telecom", "email", "birthdate", "address",
        "address-city", "address-postalcode", "address-state", "address-country", "address-use",
    }
)  # fmt: skip


class BadSearch(ValueError):
    """A parameter that is not understood. The text names it and never its value."""


class PersonalInAddress(BadSearch):
    """A parameter that names a person stands in an address."""

    def advice(self, public_url: str) -> str:
        """What to do instead."""
        base = f"{public_url.rstrip('/')}/fhir/r4"
        return (
            f"The parameter {self} names a person and must not stand in an address. Send it in a body: "
            f"POST {base}/Patient/_search with Content-Type: application/x-www-form-urlencoded."
        )


@dataclass(frozen=True, slots=True)
class Asked:
    """A search: all its parameters, those that an address may repeat, and the token that stands for the others."""

    resource: str
    query: QueryDict
    address: dict[str, list[str]]
    token: str = ""

    def continued(self, user: Any) -> str:
        """The token under which what names a person waits for the next page; empty where nothing does."""
        personal = _only(self.query, lambda name: bool(personal_in(name)))
        if not personal:
            return ""
        return self.token or keep(personal.urlencode(), purpose=_purpose(self.resource), owner=user.pk)


def asked(request: Request, resource: str) -> Asked:
    """The search of this request. Raises BadSearch, PersonalInAddress."""
    query = QueryDict(mutable=True)
    for name, values in request.query_params.lists():
        if person := personal_in(name):
            raise PersonalInAddress(person)
        query.setlist(name, values)
    if request.method == "POST" and isinstance(request.data, QueryDict):
        for name, values in request.data.lists():
            query.setlist(name, [*query.getlist(name), *values])
    token = _one(query.pop(CONTINUE, []))
    if token:
        text = kept(token, purpose=_purpose(resource), owner=request.user.pk)
        if text is None:
            raise BadSearch(f"{CONTINUE} (the search is over: begin again)")
        query.update(QueryDict(text))
    address = {name: values for name, values in query.lists() if not personal_in(name)}
    return Asked(resource, query, address, token)


def personal_in(name: str) -> str:
    """The part of a parameter's name that names a person, chains and modifiers included; empty where none does."""
    return next((part for part in re.split(r"[.:]", name) if part in PERSONAL), "")


def only_known(query: Iterable[str], known: frozenset[str]) -> None:
    """Raises BadSearch for a parameter that is not known; odd names are not repeated."""
    if unknown := sorted(set(query) - known):
        raise BadSearch(unknown[0] if unknown[0].isidentifier() else "parameter")


def _only(query: QueryDict, wanted: Any) -> QueryDict:
    found = QueryDict(mutable=True)
    for name, values in query.lists():
        if wanted(name):
            found.setlist(name, values)
    return found


def _one(values: list[Any]) -> str:
    return str(values[-1]) if values else ""


def _purpose(resource: str) -> str:
    return f"fhir:{resource}"
