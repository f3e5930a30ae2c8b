"""Speakers' labels to persons: pure functions of event records, each link with its method and score.

`resolve_turns` looks at one page's labels in this order and stops at the first that answers:

================  ===========================================================================
``mention``       the person's link inside the label itself, or one in the text of the page
``tag_exact``     one of the event's Persons tags bears the very name («Tokayev Kassym-Jomart»
                  for «Kassym-Jomart Tokayev»; initials and surname in Russian)
``tag_fuzzy``     one of the event's Persons tags, spelt a little differently or in part
``office_holder`` who held the office that day («President of Russia», «В.Путин»)
``alias``         a name that one person alone bears in the whole catalogue
``aligned_edition``  the same turn of the other edition, where both have as many turns
``transliteration``  a Russian label sounds like one English name that the event offers
``label``         nothing of the site knows the name; the id is the name printed in full
``none``          unresolved; ``reason`` says why
================  ===========================================================================

A person's id is the site's tag (``persons/336``) or, for who has none, ``label/{slug}`` of the
English name: ``label/vladimir-putin`` (the site never tags its owner). Two namesakes without a tag
share a ``label/`` id; who needs more certainty leaves the method ``label`` out.

The tooltips of person links tell the position held *when the page was fetched*, whatever the day of
the event (on 7,108 saved pages of 1999-2020 none of 346 persons has a second one), so offices over
time are read from the labels, never from tooltips.
"""

from kremlin_archive.dataset.speakers.catalogue import NO_CATALOGUE, Catalogue, Naming, namings_on
from kremlin_archive.dataset.speakers.persons import PERSONS, Sighting, person_rows
from kremlin_archive.dataset.speakers.resolution import Method, Reason, Resolution, SpeakerKind
from kremlin_archive.dataset.speakers.resolve import resolve_pair, resolve_turns
from kremlin_archive.dataset.speakers.resolver import SpeakerResolver

__all__ = [
    "NO_CATALOGUE",
    "PERSONS",
    "Catalogue",
    "Method",
    "Naming",
    "Reason",
    "Resolution",
    "Sighting",
    "SpeakerKind",
    "SpeakerResolver",
    "namings_on",
    "person_rows",
    "resolve_pair",
    "resolve_turns",
]
