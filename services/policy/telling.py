"""Telling stories: each under the shipped policies, or under its own small edits of them.

Promise: an edit that a story makes is read and checked like a file of the folder, and the folder itself is never
touched; stories with the same edits share one book.
"""

import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

from services.policy.decide import Decider
from services.policy.ports import Engine
from services.policy.stories import Story, tell
from services.runtime.book import BadBook, Shelf
from services.runtime.book_files import Finding, read_yaml

Edits = Sequence[Mapping[str, Any]]


class Teller:
    """Tells stories of one policy folder on one engine, which it closes."""

    def __init__(self, folder: Path, engine: Engine) -> None:
        self._folder, self._engine = folder, engine
        self._scratch = tempfile.TemporaryDirectory(prefix="mash-stories-")
        self._shelves: dict[str, Shelf] = {}
        self._in_force = ""

    def tell(self, story: Story) -> list[str]:
        """What comes out otherwise than the story says; empty where it holds.

        Raises `BadBook` where the folder, or what the story makes of it, is no book.
        """
        shelf = self._shelf(story)
        book = shelf.current()
        if book.revision != self._in_force:
            # A server has one book at a time: it takes up the story's before it is asked.
            self._engine.prepare(book)
            self._in_force = book.revision
        return tell(story, Decider(shelf, self._engine), book)

    def close(self) -> None:
        """Let the engine and the scratch folders go."""
        for shelf in self._shelves.values():
            shelf.close()
        self._engine.close()
        self._scratch.cleanup()

    def _shelf(self, story: Story) -> Shelf:
        name = json.dumps(story.given, sort_keys=True)
        if name not in self._shelves:
            own = Path(tempfile.mkdtemp(dir=self._scratch.name))
            folder = edited(self._folder, story, own / "policies") if story.given else self._folder
            try:
                self._shelves[name] = Shelf(folder, own)
            except BadBook as bad:
                raise BadBook([_of_story(story, str(each)) for each in bad.findings]) from None
        return self._shelves[name]


def edited(folder: Path, story: Story, into: Path) -> Path:
    """The policy folder with the story's edits, as a copy at `into`. Raises `BadBook` for an edit of nothing."""
    shutil.copytree(folder, into)
    for edit in story.given:
        path = into / edit["file"]
        found = read_yaml(path, edit["file"])
        if isinstance(found, Finding):
            raise BadBook([_of_story(story, str(found))])
        # What was read is kept by its reader: the copy alone is edited.
        data = deepcopy(found.data)
        target = _target(data, edit.get("of"))
        if target is None:
            raise BadBook([_of_story(story, f"{edit['file']} has nothing with the id '{edit['of']}'")])
        target.update(edit["set"])
        # JSON is YAML: what was text stays text.
        path.write_text(json.dumps(data), encoding="utf-8")
    return into


def _target(data: Any, id: str | None) -> dict[str, Any] | None:
    """The document itself, or its item with this id, at whatever depth it stands."""
    if id is None:
        return data if isinstance(data, dict) else None
    if isinstance(data, dict) and data.get("id") == id:
        return data
    inner = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    return next((found for each in inner if (found := _target(each, id)) is not None), None)


def _of_story(story: Story, what: str) -> Finding:
    return Finding(story.file, story.line, f"what the story is given does not stand: {what}")
