"""The entries of a guest book."""

from dataclasses import dataclass
from threading import Lock

LONGEST = 280
MOST = 100


class Refused(ValueError):
    """An entry that the book does not take; the message says why."""


@dataclass(frozen=True)
class Entry:
    name: str
    text: str


class Book:
    """The newest entries, at most MOST of them. Several threads may use one."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._lock = Lock()

    def add(self, name: str, text: str) -> Entry:
        entry = Entry(" ".join(name.split()), text.strip())
        if not entry.name or not entry.text:
            raise Refused("an entry has a name and a text")
        if len(entry.name) + len(entry.text) > LONGEST:
            raise Refused(f"an entry has at most {LONGEST} characters")
        with self._lock:
            self._entries = [entry, *self._entries][:MOST]
        return entry

    def entries(self) -> list[Entry]:
        return self._entries
