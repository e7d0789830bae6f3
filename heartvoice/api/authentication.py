"""Tokens of programs in the Authorization header."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from patients.models import ApiToken, User
from patients.services.tokens import api_token_open

SCHEME = "Bearer"


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer hv_…`. One answer for a wrong, an expired and a revoked token."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != SCHEME.lower().encode():
            return None
        text = parts[1].decode("ascii", "replace") if len(parts) == 2 else ""
        token = api_token_open(text)
        if token is None:
            raise AuthenticationFailed("The token is not valid.")
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return SCHEME


class TokenMayWrite(BasePermission):
    """A token without the right to act only reads; people with a session act as on the page."""

    message = "This token may only read."

    def has_permission(self, request: Request, view: Any) -> bool:
        token = request.auth
        return request.method in SAFE_METHODS or not isinstance(token, ApiToken) or token.may_write


class TokenScheme(OpenApiAuthenticationExtension):
    """How the schema names it."""

    target_class = "heartvoice.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}
