"""A client event that cannot be carried out, as the API reports it."""


class Refused(Exception):
    """Becomes one `error` event. `code` and `param` as in the API's error object."""

    def __init__(self, code: str, message: str, param: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.param = param
