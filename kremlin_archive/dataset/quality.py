"""What a user should know before trusting a document's row."""

from __future__ import annotations

from kremlin_archive.dataset.fingerprint import body_text
from kremlin_archive.dataset.language import detect
from kremlin_archive.dataset.publication import known_day
from kremlin_archive.dataset.revisions import History
from kremlin_archive.records import EventPage

SHORT_CHARS = 100
"""Bodies below this are named ``short``; it is no fault: 30 characters are legitimate."""


def quality_warnings(record: EventPage, history: History, *, has_pair: bool) -> list[str]:
    """Kinds of warning, sorted: ours below and those the parser left on the record."""
    text = body_text(record)
    language = detect(text)
    ours = {
        "no_body": not text,
        "short": 0 < len(text) < SHORT_CHARS,
        "wrong_language": language is not None and language.language != record.language,
        "no_pair": not has_pair,
        "no_date": known_day(record) is None,
        "id_clash": history.clash,
        "text_version_only": history.current.kind == "text_version",
    }
    return sorted(
        {kind for kind, applies in ours.items() if applies}
        | {warning.kind for warning in record.warnings}
    )
