"""The `nlu:` sections of the training data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from bot.nlu.data import EntityAnnotation, Example, NluData
from bot.project.annotations import AnnotationError, parse_annotated
from bot.project.yaml import Source, line_of, start_line

_KINDS = ("intent", "synonym", "lookup", "regex")


@dataclass(slots=True)
class NluCollector:
    """Examples, synonyms, lookup tables and regexes, as they are found."""

    examples: list[Example] = field(default_factory=list)
    synonyms: dict[str, str] = field(default_factory=dict)
    lookups: dict[str, list[str]] = field(default_factory=dict)
    regexes: dict[str, list[str]] = field(default_factory=dict)

    def data(self) -> NluData:
        """What was collected."""
        return NluData(tuple(self.examples), self.synonyms, self.lookups, self.regexes)


def read_nlu(node: CommentedMap, source: Source, into: NluCollector) -> None:
    """Read the `nlu` section of one parsed file."""
    items = source.sequence(node.get("nlu"), line_of(node, "nlu"), "nlu")
    for item, line in source.items(items) if items is not None else ():
        body = source.mapping(item, line, "nlu")
        if body is None:
            continue
        kind = next((kind for kind in _KINDS if kind in body), None)
        if kind is None:
            source.report("an entry is an intent, a synonym, a lookup or a regex", line, "nlu")
            continue
        key = f"nlu.{kind}[{body[kind]}]"
        source.only(body, {kind, "examples", "metadata"}, key)
        if kind == "intent" and "/" in str(body[kind]):
            source.report("retrieval intents are not supported", line, key)
        for text, at in _texts(body, key, source):
            if kind == "intent":
                _add_example(str(body[kind]), text, at, source, into)
            else:
                _add_table(kind, str(body[kind]), text, into)


def _texts(body: CommentedMap, key: str, source: Source) -> list[tuple[str, int]]:
    """The lines of `examples`, each with its line number."""
    examples = body.get("examples")
    line = line_of(body, "examples") if "examples" in body else start_line(body)
    if isinstance(examples, CommentedSeq):
        return [found for item, at in source.items(examples) if (found := _item(item, at, key, source))]
    if not isinstance(examples, str) or not examples.strip():
        source.report("examples are missing", line, f"{key}.examples")
        return []
    answer: list[tuple[str, int]] = []
    for offset, written in enumerate(examples.split("\n"), start=1):
        text = written.strip()
        if not text:
            continue
        if not text.startswith("-"):
            source.report("every example starts with a dash", line + offset, f"{key}.examples")
            continue
        answer.append((text[1:].strip(), line + offset))
    return [(text, at) for text, at in answer if text]


def _item(item: Any, line: int, key: str, source: Source) -> tuple[str, int] | None:
    if isinstance(item, CommentedMap):
        source.only(item, {"text", "metadata"}, f"{key}.examples")
        item = item.get("text")
    if not isinstance(item, str) or not item.strip():
        source.report("an example is a text", line, f"{key}.examples")
        return None
    return item.strip().removeprefix("- ").strip(), line


def _add_table(kind: str, name: str, text: str, into: NluCollector) -> None:
    if kind == "synonym":
        into.synonyms[text] = name
    else:
        (into.lookups if kind == "lookup" else into.regexes).setdefault(name, []).append(text)


def _add_example(intent: str, text: str, line: int, source: Source, into: NluCollector) -> None:
    try:
        bare, marks = parse_annotated(text)
    except AnnotationError as error:
        source.report(str(error), line, f"nlu.intent[{intent}]")
        return
    for mark in marks:
        written = bare[mark["start"] : mark["end"]]
        if mark["value"] != written:
            into.synonyms[written] = str(mark["value"])
    entities = tuple(
        EntityAnnotation(
            mark["entity"], mark["start"], mark["end"], str(mark["value"]), mark.get("role"), mark.get("group")
        )
        for mark in marks
    )
    into.examples.append(Example(bare, intent, entities, f"{source.name}:{line}"))
