"""What the recipes are to find: passages left out and offices held on the bundled site, the demo's edits."""

from __future__ import annotations

from types import MappingProxyType

PORT, ROUTES = 80600, 58710
ONLY_ENGLISH = (
    "I would also like to thank the crews of the four icebreakers who kept the fairway open all "
    "through the winter, although nobody had asked them to and although the contract with the "
    "harbour had ended in the autumn; without them there would be nothing to open today."
)
ONLY_RUSSIAN = (
    "Отдельно скажу о людях, которые живут рядом с портом. Им обещали тихую набережную, детский сад "
    "и переправу, которая работает круглый год. Набережная построена, сад открыт, а переправы нет, "
    "и пока её нет, стройку законченной считать нельзя."
)
WEATHER = (
    "Добавлю то, о чём просили сказать капитаны. Метеостанции на побережье закрывались одна за "
    "другой, и теперь прогноз для самого трудного участка пути составляют по наблюдениям рыбаков. "
    "Рыбаки не ошибаются, но и не обязаны сообщать нам погоду дважды в день."
)
OMISSIONS = frozenset(
    {(PORT, "ru", ONLY_ENGLISH), (PORT, "en", ONLY_RUSSIAN), (ROUTES, "en", WEATHER)}
)
"""Event, the edition that lacks the passage, and the passage."""
OFFICES = MappingProxyType(
    {
        "Head of the Federal Road Agency": (2012, 2012),
        "Deputy Minister of Transport": (2014, 2015),
        "Minister of Transport": (2017, 2021),
        "Deputy Prime Minister": (2023, 2026),
    }
)
"""The offices that English labels print with Andrei Lugovoi (person 401): first and last year."""
EDITS = MappingProxyType(
    {
        f"en:{PORT}": "text",
        f"ru:{PORT}": "text",
        "ru:63926": "metadata",
        "ru:63940": "metadata",  # its «See also» card shows the title of 63926
        "en:63940": "tags",
    }
)
"""What the demo edits, and the kind of each change."""
EDITED_EVENTS = frozenset(doc_id.partition(":")[2] for doc_id in EDITS)
