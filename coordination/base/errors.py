"""What the caller can put right. Everything else is a bug and is left to fail."""


class CareError(Exception):
    """A refusal whose text is for the caller: a form error, a 4xx.

    `field` names the input that is at fault, None where it is the act as a whole.
    """

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field

    def __str__(self) -> str:
        return self.message


class NotPermitted(CareError):
    """The actor's role does not do this."""


class OutOfDate(CareError):
    """Somebody else was first: what the caller looked at is no longer what is stored."""
