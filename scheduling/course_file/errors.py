"""What is wrong with a course file, and how what was sent is quoted in an error."""

import json
import re


class CourseFileError(ValueError):
    """An error in a course file, in one sentence: the file, the path in the document, and the reason."""

    def __init__(self, name: str, path: str, reason: str) -> None:
        self.name, self.path, self.reason = name, path, reason
        where = f"{name}: {path}" if path else f"{name}:"
        super().__init__(f"{where} {reason}".replace("\n", " "))


class InvalidValueError(Exception):
    """A value that the format does not allow; its path is relative to the item being read."""

    def __init__(self, path: str, reason: str) -> None:
        self.path, self.reason = path, reason


def join_path(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def quote(text: object) -> str:
    """Quote what was sent, so that it cannot break the line or fill the screen."""
    quoted = json.dumps(text) if isinstance(text, str) else str(text)
    return quoted if len(quoted) <= 60 else f"{quoted[:56]}..."


def quote_key(key: str) -> str:
    return key if re.fullmatch(r"\w{1,40}", key) else quote(key)
