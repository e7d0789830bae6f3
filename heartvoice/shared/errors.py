"""The family of errors that callers may show to whoever can act on them."""

from __future__ import annotations


class DomainError(Exception):
    """A request that the domain refuses. `code` is stable and safe to log; the text holds no health data."""

    code = "refused"

    def __init__(self, message: str = "", *, code: str | None = None) -> None:
        super().__init__(message or self.code)
        if code is not None:
            self.code = code


class Conflict(DomainError):
    """Somebody else was first, or the row has moved on."""

    code = "conflict"


class NotAllowed(DomainError):
    """The actor's role does not allow this on an object that the actor may see."""

    code = "not_allowed"


class PHIError(Exception):
    """A protected value cannot be read. Names the field or purpose, never the value."""
