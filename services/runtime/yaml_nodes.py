"""A text of YAML as nodes with their lines: by libyaml where it can only read what ruamel.yaml reads, else by ruamel.yaml.

Promise: one reader decides. ruamel.yaml follows YAML 1.2 and says what is wrong and where; libyaml, twenty times as fast,
follows YAML 1.1. A text that libyaml does not take, or with anything in which the two might differ (a control character, a
backslash, a tag, a directive, a second document), is read by the other. A hub reads every file of its policies at each start,
and an IG lead's check again and again.
"""

import re
from collections.abc import Iterator
from typing import Any

import yaml as libyaml
from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer, ComposerError
from ruamel.yaml.events import AliasEvent, NodeEvent
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

_DIFFERS = re.compile(r"[^\n\x20-\x5b\x5d-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]")
"""What begins a line in one version of YAML and not in the other, escapes, or is not to be printed."""
_DOCUMENT = re.compile(r"^(---|\.\.\.)", re.MULTILINE)
"""Where a document may begin or end."""
_BLOCK, _FIRST = re.compile(r"[|>]-?$"), re.compile(r" +[^ #]")
"""How a text over several lines is announced, and its first line, where nothing in it can be taken in two ways."""
_TEXT, _LIST, _MAPPING = (f"tag:yaml.org,2002:{kind}" for kind in ("str", "seq", "map"))


class _Otherwise(Exception):
    """For the other reader."""


def nodes_of(text: str) -> Node | None:
    """The text's one document; None where it is empty. Raises ruamel.yaml's errors, and `RecursionError`."""
    return _slowly(text) if _DIFFERS.search(text) or _DOCUMENT.search(text) else _quickly(text)


def _slowly(text: str) -> Node | None:
    reader = YAML(typ="safe", pure=True)
    reader.Composer = NoNameTwice
    found: Node | None = reader.compose(text)
    return found


def _quickly(text: str) -> Node | None:
    try:
        return _Reader(text).document()
    except (_Otherwise, libyaml.YAMLError, RecursionError):
        return _slowly(text)


class _Reader:
    """One text, by libyaml's events. Raises `_Otherwise`."""

    def __init__(self, text: str) -> None:
        self._events: Iterator[Any] = libyaml.parse(text, Loader=libyaml.CLoader)
        self._lines = text.split("\n")
        self._named: dict[str, Node] = {}
        """Every node that has a name and is whole."""

    def document(self) -> Node | None:
        next(self._events)
        if isinstance(next(self._events), libyaml.StreamEndEvent):
            return None
        found = self._node(next(self._events))
        # What stands after it is only read now.
        if not all(
            isinstance(next(self._events), end) for end in (libyaml.DocumentEndEvent, libyaml.StreamEndEvent)
        ):
            raise _Otherwise
        return found

    def _node(self, event: Any) -> Node:
        if isinstance(event, libyaml.AliasEvent):
            if event.anchor not in self._named:
                raise _Otherwise
            return self._named[event.anchor]
        if event.tag is not None:
            raise _Otherwise
        node = self._of_kind(event)
        if event.anchor is not None:
            if event.anchor in self._named:
                raise _Otherwise
            self._named[event.anchor] = node
        return node

    def _of_kind(self, event: Any) -> Node:
        if isinstance(event, libyaml.ScalarEvent):
            return self._scalar(event)
        if isinstance(event, libyaml.SequenceStartEvent):
            items = []
            while not isinstance(item := next(self._events), libyaml.SequenceEndEvent):
                items.append(self._node(item))
            return SequenceNode(_LIST, items, event.start_mark, item.end_mark)
        pairs = []
        while not isinstance(key := next(self._events), libyaml.MappingEndEvent):
            pairs.append((self._node(key), self._node(next(self._events))))
        return MappingNode(_MAPPING, pairs, event.start_mark, key.end_mark)

    def _scalar(self, event: Any) -> ScalarNode:
        begins = event.start_mark
        if event.style in ("|", ">"):
            line, *below = self._lines[begins.line : begins.line + 2]
            if not (_BLOCK.match(line, begins.column) and below and _FIRST.match(below[0])):
                raise _Otherwise
        elif not event.value and not event.style:
            # On which line nothing stands, the two say differently.
            raise _Otherwise
        return ScalarNode(_TEXT, event.value, begins, event.end_mark, event.style or None)


class NoNameTwice(Composer):
    """Refuses a name (&) that is given a second time, where the parser would take the later one."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.parser.peek_event()
        if (
            isinstance(event, NodeEvent)
            and not isinstance(event, AliasEvent)
            and event.anchor in self.anchors
        ):
            raise ComposerError(None, None, "found duplicate anchor", event.start_mark)
        return super().compose_node(parent, index)
