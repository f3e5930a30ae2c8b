"""What a page offers to resolve its labels by: day, tags, links, and the names its labels repeat."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from kremlin_archive.dataset.speakers.catalogue import Catalogue
from kremlin_archive.dataset.speakers.index import NameIndex
from kremlin_archive.dataset.speakers.naming import Split, guess_split, splits, tokens
from kremlin_archive.records import EventPage, PersonMention

_NAME = range(2, 5)
"""Words of a label that is a name and nothing else."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A page's candidates, indexed once for all its labels."""

    page: EventPage
    day: date | None
    tags: NameIndex
    linked_in_labels: NameIndex
    linked: NameIndex
    positions: dict[tuple[str, ...], frozenset[str]]
    short_labels: frozenset[tuple[str, ...]]
    catalogue: Catalogue

    def split(self, label: str) -> Split:
        """Part a label no candidate knows: at a name other labels of the page consist of, or by guess."""
        for split in splits(label):
            if split.role and tokens(split.name) in self.short_labels:
                return split
        return guess_split(label)

    def role_words(self, name: str) -> frozenset[str]:
        """Words of the offices that any label of the page prints with a name."""
        found = (split for label in labels_of(self.page) for split in splits(label))
        roles = (split.role or "" for split in found if tokens(split.name) == tokens(name))
        return frozenset(word for role in roles for word in tokens(role))


def labels_of(page: EventPage) -> tuple[str, ...]:
    """Give the label of each turn, in order."""
    return tuple(page.paragraphs[start].speaker or "" for start in page.turn_starts)


def scene(page: EventPage, catalogue: Catalogue) -> Scene:
    """Gather what a page offers."""
    labels = frozenset(labels_of(page))
    in_labels = [mention for mention in page.person_mentions if _in_label(mention, labels, page)]
    return Scene(
        page,
        day_of(page),
        NameIndex.of((f"persons/{tag.id}", tag.name) for tag in page.persons),
        NameIndex.of(_names(in_labels)),
        NameIndex.of(_names(page.person_mentions)),
        _positions(page),
        _short(labels),
        catalogue,
    )


def day_of(page: EventPage) -> date | None:
    """Day of the event, or of the publication where the head shows none."""
    day = page.date or (page.published_at or "")[:10]
    return date.fromisoformat(day) if day else None


def _short(labels: frozenset[str]) -> frozenset[tuple[str, ...]]:
    """Words of the labels that are a name and nothing else."""
    bare = (label for label in labels if guess_split(label).role is None)
    return frozenset(words for words in map(tokens, bare) if len(words) in _NAME)


def _names(mentions: list[PersonMention] | tuple[PersonMention, ...]) -> Iterator[tuple[str, str]]:
    for mention in mentions:
        if mention.person_id is None:
            continue
        for name in (mention.name_in_text, mention.tooltip_name):
            if name:
                yield f"persons/{mention.person_id}", name


def _in_label(mention: PersonMention, labels: frozenset[str], page: EventPage) -> bool:
    """Whether a link stands in a label: its words do, and nowhere in the text."""
    name = mention.name_in_text
    if not name or not any(name in label for label in labels):
        return False
    return not any(name in paragraph.text for paragraph in page.paragraphs)


def _positions(page: EventPage) -> dict[tuple[str, ...], frozenset[str]]:
    found: dict[tuple[str, ...], frozenset[str]] = {}
    for mention in page.person_mentions:
        if mention.person_id is not None and mention.tooltip_position:
            words = tokens(mention.tooltip_position)
            found[words] = found.get(words, frozenset()) | {f"persons/{mention.person_id}"}
    return found
