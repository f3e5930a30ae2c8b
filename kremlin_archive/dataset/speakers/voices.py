"""Speakers without a name, and what they are; the words the editors put where a name would stand."""

from __future__ import annotations

import re
from types import MappingProxyType

from kremlin_archive.dataset.speakers.resolution import SpeakerKind

_WORDS: dict[SpeakerKind, str] = {
    "question": "question, questions, вопрос, вопросы",
    "crowd": "remark, remarks, reply, replies, answer, response, comment, comments, audience, "
    "from the audience, voice, voices, volunteer, volunteers, participant, participants, "
    "реплика, реплики, ответ, из зала, голос, голоса, голос из зала, участник, участники",
    "moderator": "moderator, presenter, host, anchor, interviewer, announcer, ведущий, ведущая, "
    "модератор, диктор",
    "unknown": "speaker, operator, interpreter, выступающий, оператор, переводчик",
}

# A superset of the voices that `pages.words` knows: a label in bold needs no list to be a label.
KIND_OF_VOICE: MappingProxyType[str, SpeakerKind] = MappingProxyType(
    {word: kind for kind, words in _WORDS.items() for word in words.split(", ")}
)

_FROM_WHERE = re.compile(r"(?<=\w) (?:from|in|из|с) .*")
"""«Question from Izhevsk», «Response from the hall»."""


def kind_of_voice(label: str) -> SpeakerKind | None:
    """Kind of a nameless voice; None for any other label.

    >>> kind_of_voice("Вопрос")
    'question'
    """
    said = _FROM_WHERE.sub("", label.casefold().strip(" ."))
    return KIND_OF_VOICE.get(said)
