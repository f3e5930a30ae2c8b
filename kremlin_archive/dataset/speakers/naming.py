"""Names as words: folded for comparison, parted from the office printed before them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

_BREVE = "\u0306"
_APOSTROPHES = re.compile("[’'ʼ`]")
_WORD = re.compile(r"[^\W\d_]+")
_INITIALS = re.compile(
    r"(?:^|(?<=\s))(?P<initials>(?:[^\W\d_]\.\s?-?\s?|[^\W\d_]{2}\.\s?-?\s?){1,3})(?=[^\W\d_]{2})"
)
_SOVEREIGN = re.compile(
    r"(?P<title>(?:Deputy |Crown )*(?:King|Queen|Prince|Princess|Emir|Emperor|Patriarch|Sultan))"
    r" (?P<name>.+) of (?P<place>[^,]+)"
)
_BARE_NAME = range(2, 4)
"""Words of a name that stands between commas or alone."""
_LONGEST_NAME = 8
"""Words of the longest tags that are persons' names: «Mohammad bin Salman Al Saud», with a title."""

# Between given name and surname, or before a surname.
_PARTICLE_WORDS = "al bin bint ibn van von der den de del della di da dos el le la ben"
_PARTICLES = frozenset(_PARTICLE_WORDS.split())
# Small words of an office; no name holds them.
_SMALL_WORDS = "of and for the to on in at from with и по в на при"
_OF_OFFICES = frozenset(_SMALL_WORDS.split())
_OFFICE_WORDS = """academician adviser agency aide ambassador anchor artist assistant association astronaut
    authority bank business captain central ceo chair chairman chairperson chairwoman chancellor
    chief coach colonel columnist commander commissioner committee company corporal correspondent
    cosmonaut council deputy designer director doctor editor engineer envoy ex-president father
    federal first foreign former founder general governor head healthcare host human instructor
    journalist judge justice king leader lieutenant lt major manager mariner master mayor member
    metropolitan minister ministry moderator national officer operator paramedic patriarch pilot plenary
    pope presenter president presidential prime prince producer professor rabbi rector region
    representative researcher secretary senator senior sergeant sheikh speaker sr state student teacher
    technician television tv veteran vice volunteer warrant worker writer
    президент председатель министр директор глава губернатор ведущий ведущая секретарь премьер
    заместитель руководитель канцлер корольпатриарх"""
_OFFICES = frozenset(_OFFICE_WORDS.split())


@dataclass(frozen=True, slots=True)
class Split:
    """A label in two: the office as printed, or None, and the name."""

    role: str | None
    name: str


@lru_cache(maxsize=16_384)
def tokens(text: str) -> tuple[str, ...]:
    """Words of a name, folded: no case, accents, apostrophes; hyphens part words.

    >>> tokens("Kassym-Jomart O’Niinistö")
    ('kassym', 'jomart', 'oniinisto')
    """
    lowered = _APOSTROPHES.sub("", text.casefold().replace("й", "\ue000"))
    bare = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", lowered)
        if not unicodedata.combining(letter)
    )
    return tuple(_WORD.findall(bare.replace("\ue000", "й").replace("ø", "o").replace("ł", "l")))


def key(text: str) -> str:
    """Words of a name in alphabetical order: the same for «Xi Jinping» and «Jinping Xi»."""
    return " ".join(sorted(tokens(text)))


def slug(name: str) -> str:
    """Name as an id has it.

    >>> slug("Jörg Schönenborn")
    'jorg-schonenborn'
    """
    return "-".join(tokens(name))


@lru_cache(maxsize=16_384)
def splits(label: str) -> tuple[Split, ...]:
    """Every way to part a label into office and name, longest name first.

    >>> [split.name for split in splits("President Xi Jinping")]
    ['President Xi Jinping', 'Xi Jinping', 'Jinping']
    >>> splits("President of Serbia (2012–2017) Tomislav Nikolic")[-2]
    Split(role='President of Serbia (2012–2017)', name='Tomislav Nikolic')
    """
    words = label.split()
    ends = [
        _before(words, start)
        for start in range(max(0, len(words) - _LONGEST_NAME), len(words))
        if tokens(words[start])  # no name begins with «(2012–2017)»
    ]
    first, comma, rest = label.partition(",")
    if comma and len(first.split()) <= _LONGEST_NAME:
        ends.append(Split(rest.strip() or None, first.strip()))
    return tuple(ends)


def _before(words: list[str], start: int) -> Split:
    return Split(" ".join(words[:start]).rstrip(",") or None, " ".join(words[start:]))


@lru_cache(maxsize=16_384)
def guess_split(label: str) -> Split:
    """Part a label where no candidate's name tells where: by initials, commas, offices' words.

    The name is empty where there seems to be none.

    >>> guess_split("CEO of CIFAL (France) Gilles Remy")
    Split(role='CEO of CIFAL (France)', name='Gilles Remy')
    >>> guess_split("King Mohammed VI of Morocco")
    Split(role='King of Morocco', name='Mohammed VI')
    """
    for way in (_at_initials, _at_comma, _around_sovereign):
        split = way(label)
        if split is not None:
            return split
    words = label.split()
    if not any(map(is_office, words)):
        return Split(None, label)
    start = _name_start(words)
    after_small_word = start > 0 and words[start - 1].casefold() in _OF_OFFICES
    if after_small_word or is_office(words[-1]):
        return Split(
            label, ""
        )  # «Winner of the Prize for Young Scientists», «Call centre operator»
    return _before(words, start)


def _at_initials(label: str) -> Split | None:
    match = _INITIALS.search(label)
    if match is None:
        return None
    before = label[: match.start()].split()
    if before and not any(map(is_office, before)):
        return Split(None, label)  # «Adnan Z. Amin»
    return _parted(label[: match.start()], label[match.start() :])


def _at_comma(label: str) -> Split | None:
    head, comma, tail = label.rpartition(",")
    if comma and _is_bare_name(tail):
        return _parted(head, tail)
    head, comma, tail = label.partition(",")
    if not comma:
        return None
    if _is_bare_name(head):
        return _parted(tail, head)
    if (
        tail.split()[-1:] and tail.split()[-1].islower()
    ):  # «Commentator Dmitry Guberniyev, ceremony moderator»
        split = guess_split(head)
        return Split(f"{split.role}, {tail.strip()}", split.name)
    return None


def _around_sovereign(label: str) -> Split | None:
    match = _SOVEREIGN.fullmatch(label)
    return Split(f"{match['title']} of {match['place']}", match["name"]) if match else None


def _parted(role: str, name: str) -> Split:
    return Split(role.strip().rstrip(",") or None, name.strip())


def _is_bare_name(text: str) -> bool:
    words = text.split()
    return len(words) in _BARE_NAME and all(w[0].isupper() and not is_office(w) for w in words)


def is_office(word: str) -> bool:
    """Whether a word belongs to an office or a title, not to a name; names are capitalised."""
    if word.casefold().partition("-")[0] in _PARTICLES:  # «bin», «al-Bashir»
        return False
    if word[0].islower() or word in _OF_OFFICES or word.endswith(")"):
        return True
    return any(part in _OFFICES for part in _WORD.findall(word.casefold()))


def _name_start(words: list[str]) -> int:
    """Two words from the end, more where particles stand between."""
    start = _over_particles(words, len(words) - 1)
    start = max(start - 1, 0)
    if _over_particles(words, start) < start:
        start = max(_over_particles(words, start) - 1, 0)
    while start < len(words) - 1 and is_office(words[start]):
        start += 1
    return start


def _over_particles(words: list[str], start: int) -> int:
    while start > 0 and words[start - 1].casefold() in _PARTICLES:
        start -= 1
    return start


@dataclass(frozen=True, slots=True)
class Initials:
    """A name in the Russian transcripts' short form: «К.-Ж.Токаев»."""

    letters: tuple[str, ...]
    surname: tuple[str, ...]


@lru_cache(maxsize=16_384)
def read_initials(name: str) -> Initials | None:
    """Initials and surname, folded; None where the name is not in that form.

    >>> read_initials("К.-Ж.Токаев")
    Initials(letters=('к', 'ж'), surname=('токаев',))
    """
    match = _INITIALS.match(name)
    surname = tokens(name[match.end() :]) if match else ()
    return Initials(tokens(match["initials"]), surname) if match and surname else None


def fits(
    initials: Initials,
    full: tuple[str, ...],
    same: Callable[[str, str], bool] = str.__eq__,
    opens: Callable[[str, str], bool] = lambda initial, word: word.startswith(initial),
) -> bool:
    """Whether the words of a full name hold the surname and, among the rest, the initials.

    >>> fits(Initials(("к", "ж"), ("токаев",)), ("токаев", "касым", "жомарт"))
    True
    """
    rest = list(full)
    for word in initials.surname:
        found = next((other for other in rest if same(word, other)), None)
        if found is None:
            return False
        rest.remove(found)
    return all(any(opens(letter, word) for word in rest) for letter in initials.letters)


def name_keys(label: str) -> Iterator[tuple[Split, str]]:
    """Every split of a label with the key of its name."""
    for split in splits(label):
        yield split, key(split.name)
