"""What text is searched by: its characters without punctuation, and how Chinese is read: initials and full spelling."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

MAX_TEXT = 80
MAX_WORDS = 5
_MAX_READINGS = 6
# Characters of names with a second reading that people do use; phrases decide between the two only sometimes.
_SECOND = {
    "长": ("chang", "zhang"), "重": ("chong", "zhong"), "行": ("hang", "xing"), "乐": ("le", "yue"), "曾": ("zeng", "ceng"),
    "单": ("shan", "dan"), "解": ("xie", "jie"), "仇": ("qiu", "chou"), "查": ("zha", "cha"), "朝": ("chao", "zhao"),
    "藏": ("cang", "zang"), "传": ("chuan", "zhuan"), "车": ("che", "ju"), "调": ("diao", "tiao"), "厦": ("sha", "xia"),
    "省": ("sheng", "xing"), "盛": ("sheng", "cheng"), "卜": ("bu", "bo"), "贾": ("jia", "gu"), "覃": ("qin", "tan"),
    "尉": ("wei", "yu"), "翟": ("zhai", "di"), "缪": ("miao", "mou"), "朴": ("piao", "pu"), "区": ("ou", "qu"), "盖": ("ge", "gai"),
    "会": ("hui", "kuai"), "校": ("xiao", "jiao"), "降": ("jiang", "xiang"), "弹": ("dan", "tan"), "宿": ("su", "xiu"),
    "谷": ("gu", "yu"), "沈": ("shen", "chen"), "系": ("xi", "ji"), "参": ("can", "shen"), "奇": ("qi", "ji"), "合": ("he", "ge"),
    "折": ("zhe", "she"), "佛": ("fo", "fu"), "柏": ("bai", "bo"), "秘": ("mi", "bi"), "洗": ("xi", "xian"), "褚": ("chu", "zhu"),
    "召": ("zhao", "shao"), "员": ("yuan", "yun"), "晟": ("sheng", "cheng"), "莘": ("shen", "xin"),
}  # fmt: skip


def searchable(text: str) -> str:
    """Letters, digits and characters only, in lower case: full-width forms and punctuation make no difference."""
    return "".join(one for one in unicodedata.normalize("NFKC", text).lower() if one.isalnum())


def words_of(text: str) -> tuple[str, ...]:
    """What is typed into a search box as searchable words; at most MAX_WORDS of them, empty if there is nothing to search for."""
    words = (searchable(word) for word in text[: MAX_TEXT * 2].split())
    return tuple(dict.fromkeys(word[:MAX_TEXT] for word in words if word))[:MAX_WORDS]


def initials(text: str) -> frozenset[str]:
    """First letters of the syllables: 太仓云禾 -> tcyh. Several where a character has two readings."""
    return frozenset("".join(syllable[0] for syllable in reading) for reading in readings(text))


@lru_cache(4096)
def readings(text: str) -> tuple[tuple[str, ...], ...]:
    """The syllables, the likeliest reading first; letters and digits stand for themselves."""
    from pypinyin import lazy_pinyin  # its phrases take 60 MB: only processes that index or explain need them

    key = searchable(text)
    likely = tuple(lazy_pinyin(key, errors=list))  # type: ignore[arg-type]
    return tuple(dict.fromkeys((likely, *_others(key, likely))))[:_MAX_READINGS]


def _others(key: str, likely: tuple[str, ...]) -> Iterable[tuple[str, ...]]:
    """One other reading at a time: two rare ones in one name are rarer still."""
    if len(key) != len(likely):
        return
    for place, character in enumerate(key):
        for sound in _SECOND.get(character, ()):
            yield (*likely[:place], sound, *likely[place + 1 :])
