"""Phone numbers in one form. Pure."""

from __future__ import annotations

import phonenumbers

from heartvoice.shared.errors import DomainError


class BadPhone(DomainError):
    """The text is not a telephone number. Carries no digits."""

    code = "bad_phone"


def e164(text: str, region: str = "US") -> str:
    """The number as +12015550100. Raises BadPhone."""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        raise BadPhone("not a phone number") from None
    if not phonenumbers.is_possible_number(number):
        raise BadPhone("not a possible phone number")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def last_digits(number: str, count: int = 4) -> str:
    """The number with all but its last digits masked."""
    return "•" * max(0, len(number) - count) + number[-count:]
