"""What is shown of a name or number: enough to tell people apart on one page, not enough to know them."""

from __future__ import annotations

STAR = "*"
ID_LENGTH = 18


def name_mask(name: str) -> str:
    """张*: the first character; the star does not tell how long the name is."""
    return f"{name.strip()[:1]}{STAR}"


def id_number_mask(number: str) -> str:
    """32**************0X: two characters at each end."""
    return f"{number[:2]}{STAR * (len(number) - 4)}{number[-2:]}"


def is_id_number(number: str) -> bool:
    """Whether the check character of a resident identity number is right. Source: GB 11643."""
    if len(number) != ID_LENGTH or not (number[:-1].isascii() and number[:-1].isdigit()):
        return False
    total = sum(int(digit) * (2 ** (ID_LENGTH - 1 - place) % 11) for place, digit in enumerate(number[:-1]))
    return "10X98765432"[total % 11] == number[-1]
