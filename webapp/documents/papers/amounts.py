"""Sums of money as official papers write them."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("", "拾", "佰", "仟")
GROUPS = ("", "万", "亿")


def in_words(yuan: float | int | Decimal) -> str:
    """人民币大写, for sums below 10^12 yuan, to the cent: 50000 -> 伍万元整."""
    cents = int((Decimal(str(yuan)) * 100).quantize(Decimal(1), ROUND_HALF_UP))
    whole, jiao, fen = cents // 100, cents // 10 % 10, cents % 10
    text = f"{_whole(whole)}元" if whole else ""
    if not jiao and not fen:
        return (text or "零元") + "整"
    text += f"{DIGITS[jiao]}角" if jiao else ("零" if whole else "")
    return text + (f"{DIGITS[fen]}分" if fen else "整")


def _whole(number: int) -> str:
    text, pending = "", False
    for place in range(len(str(number)) - 1, -1, -1):
        digit = number // 10**place % 10
        if digit:
            text += ("零" if pending and text else "") + DIGITS[digit] + PLACES[place % 4]
        pending = not digit or (pending and not digit)
        if place % 4 == 0 and number // 10**place % 10_000:
            text += GROUPS[place // 4]
    return text
