"""The bundled kremlin.ru: a small site written for this project in the real one's structure.

The texts of event 66419 are the site's own (CC BY 4.0); every other event, its people and their
words are invented. Events are in ``events/*.toml``, the site's words in ``catalogue.toml``, pages in
``templates/``.
"""

from kremlin_archive.replica.site.edition import Edition, Photo, Video, edition_from
from kremlin_archive.replica.site.site import Site

__all__ = ["Edition", "Photo", "Site", "Video", "edition_from"]
