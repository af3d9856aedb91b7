"""How a person's name is written: in lists by the family name, in sentences as it is spoken."""


def listed_name(family_name: str, given_name: str) -> str:
    """Return "O'Hara, Mary"; a single name alone."""
    return ", ".join(part for part in (family_name.strip(), given_name.strip()) if part)


def spoken_name(family_name: str, given_name: str) -> str:
    """Return "Mary O'Hara"; a single name alone."""
    return " ".join(part for part in (given_name.strip(), family_name.strip()) if part)
