"""Whose the contents are: the snapshot's ``LICENSE``, and the same words for the card.

Source: the foot of every saved event page says «All content on this site is licensed under Creative
Commons Attribution 4.0 International» and links the deed (117 of 117 pages looked at, 1999 to 2020).
"""

from __future__ import annotations

LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/"
PUBLISHER = "Presidential Executive Office of the Russian Federation"

RIGHTS = f"""\
The **texts** (titles, leads, transcripts, captions, tags) were published by the
{PUBLISHER} on kremlin.ru and en.kremlin.ru. The foot
of every page puts the site's content under the Creative Commons Attribution 4.0 International
licence (CC BY 4.0, {LICENCE_URL}).
When you use them, name the source, http://kremlin.ru, link the licence and say what you changed.

The **tables** were made from saved copies of those pages by program: markup was removed, spaces were
normalised, speakers were linked to persons, paragraphs of the two editions were aligned. They are
offered under the same licence. Nothing in them is endorsed by the publisher.

**Photographs, videos and files for download** are not in the tables: `media` and `links` have their
addresses, captions and checksums. They can be the work of agencies and other authors, and show
persons with rights of their own; ask before you publish them. The WARC files that a snapshot was
made from hold whole pages, and pictures where they were fetched.

**Persons.** The texts name people, most of them in public office, some not. What must not be
published any more is removed on request: see the table `removals`."""

LICENCE_TEXT = f"""\
Creative Commons Attribution 4.0 International (CC-BY-4.0)
{LICENCE_URL}legalcode

{RIGHTS.replace("**", "").replace("`", "")}
"""
