"""What somebody handed in, as a sentence about it can repeat it."""

LONGEST = 40


def shown(given: object, longest: int = LONGEST) -> str:
    """The start of a text, safe to print and to store: "�" stands for each control character. Else its type."""
    start = given[:longest] if isinstance(given, str) else type(given).__name__
    return "".join(char if char.isprintable() else "�" for char in start)
