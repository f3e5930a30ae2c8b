"""Russian names against English ones: how they sound, and how the site would print them."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import groupby

from rapidfuzz.fuzz import ratio

from kremlin_archive.dataset.speakers.naming import Initials, fits, read_initials, tokens

_LETTERS = str.maketrans(
    dict(zip("абвгдезийклмнопрстуфы", "abvgdeziyklmnoprstufy", strict=True))
    | {"ё": "yo", "ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch"}
    | {"ъ": "", "ь": "", "э": "e", "ю": "yu", "я": "ya"}
)
_FOLLOWED_BY_YE = re.compile(r"(?:(?<=[аеёиоуыэюяъь])|^)е")
_SAME_SOUND = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("^(?:sht|st)", "St"),
        ("shch|sch|sh", "S"),
        ("tsz", "J"),
        ("c$", "C"),
        ("tch|ch", "C"),
        ("dzh|dj|zh|j", "J"),
        ("kh", "h"),
        ("ph", "f"),
        ("th", "t"),
        ("ck|c|q", "k"),
        ("^x", "s"),
        ("x", "ks"),
        ("z$", "s"),
        ("ng", "n"),
        ("ei|ey|ay", "ai"),
        ("w", "v"),
        ("ou|oo", "u"),
        ("ye|ie|ee", "e"),
        ("y", "i"),
    )
)
_ALIKE = 0.78
"""Least likeness of two words that are one name: «Накипелов» and «Nakipelov» 1.0, «Трамп» and
«Trump» 0.8; of unrelated surnames few come near."""


@lru_cache(maxsize=16_384)
def romanise(name: str) -> str:
    """Spell a Russian name as the English edition does.

    >>> romanise("Дмитрий Евгеньев"), romanise("Андрей Ванденко")
    ('Dmitry Yevgenyev', 'Andrei Vandenko')
    """
    return " ".join("-".join(map(_romanise, word.split("-"))) for word in name.split())


def _romanise(word: str) -> str:
    text = word.lower().replace("александ", "alexand").replace("алекс", "alex")
    text = re.sub("(?<=alexand)р$", "er", text)
    text = re.sub("[иы]й$", "y", text)
    text = _FOLLOWED_BY_YE.sub("ye", text.replace("ье", "ye").replace("ьё", "yo"))
    text = re.sub("(?<=[аеоуэ])й", "i", text).translate(_LETTERS)
    return text.capitalize()


@lru_cache(maxsize=32_768)
def sound(word: str) -> str:
    """Reduce a folded word of either script to how it sounds, roughly.

    >>> sound("жомарт") == sound("jomart")
    True
    """
    text = word.translate(_LETTERS)
    for pattern, replacement in _SAME_SOUND:
        text = pattern.sub(replacement, text)
    return "".join(letter for letter, _ in groupby(text))


def alike(one: str, other: str) -> float:
    """How alike two folded words sound, 0..1."""
    return ratio(sound(one), sound(other)) / 100


def likeness(name: str, full: str) -> float:
    """How alike a name and a full name of the other language sound, 0..1; 0 where they cannot be one.

    >>> likeness("К.-Ж.Токаев", "Tokayev Kassym-Jomart") > 0.8
    True
    >>> likeness("С.Лавров", "Shoigu Sergei")
    0
    """
    words = tokens(full)
    initials = read_initials(name) or Initials((), tokens(name))
    if not initials.surname or not fits(initials, words, _same, _opens):
        return 0
    best = [max(alike(word, other) for other in words) for word in initials.surname]
    return sum(best) / len(best)


def _same(one: str, other: str) -> bool:
    return alike(one, other) >= _ALIKE


def _opens(initial: str, word: str) -> bool:
    """Whether an initial may begin a word: «Ж» and «Jomart», «Д» and «Joe» («Джо»)."""
    first, heard = sound(initial)[:1], sound(word)[:1]
    return first == heard or {first, heard} in _INITIALS_ALIKE


_INITIALS_ALIKE = (
    {"d", "J"},
    {"i", "J"},
    {"i", "e"},
    {"g", "h"},
    {"s", "k"},
    {"s", "S"},
    {"f", "t"},
    {"u", "v"},
)
