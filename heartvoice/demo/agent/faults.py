"""Faults on request, for tests of the product's failure paths: `?model=local-maya+slow+drop`."""

from dataclasses import dataclass, field

SLOW_S = 4.0
FAULTY_RESPONSE = 3  # which response of a session fails or takes the socket with it

NAMES = ("slow", "error", "drop", "badargs", "refuse", "deaf", "mute")


@dataclass(slots=True)
class Faults:
    """What goes wrong in one session.

    slow: every reply comes SLOW_S late. error: one response fails with server_error. drop: the socket closes
    during one response. badargs: the first function call has unusable arguments. refuse: session.update is
    refused. deaf: speech is never transcribed. mute: replies begin and never go on.
    """

    wanted: frozenset[str] = frozenset()
    responses: int = field(default=0, init=False)
    spoilt: bool = field(default=False, init=False)

    @classmethod
    def of(cls, model: str) -> "Faults":
        """The faults named after the model. Unknown names are ignored."""
        return cls(frozenset(model.split("+")[1:]) & frozenset(NAMES))

    def __contains__(self, name: str) -> bool:
        return name in self.wanted

    def begin_response(self) -> None:
        self.responses += 1

    @property
    def is_faulty_response(self) -> bool:
        return self.responses == FAULTY_RESPONSE

    def arguments(self, text: str) -> str:
        """The arguments as they go out."""
        if "badargs" in self and not self.spoilt:
            self.spoilt = True
            return '{"unexpected": true'
        return text
