"""The part ``notify`` of the project file: channels, and the rules that say who hears of what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .core import CHANGE_CLASSES, ERROR_CLASSES
from .fields import Choice, Duration, Field, Fields, Flag, Schema, Texts, read_fields, schema_of
from .notices import SEVERITIES, STATUSES, Rule
from .reading import Section, near_miss
from .references import Reference, Secret


class Words:
    """A list of words of a closed set."""

    def __init__(self, known: tuple[str, ...], what: str) -> None:
        self.known = known
        self.what = what

    def read(self, part: Section, name: str) -> tuple[str, ...] | None:
        found = part.texts(name)
        for word in found or ():
            if word not in self.known:
                part.fault(name, f"`{word}` is no {self.what}", near_miss(word, self.known))
        return found

    def schema(self) -> Schema:
        return {"type": "array", "items": {"enum": list(self.known)}}


class TemplateText:
    """A Jinja template, tried on an example."""

    def read(self, part: Section, name: str) -> str | None:
        value = part.values[name].value
        if not isinstance(value, str) or not value.strip():
            part.fault(name, f"must be a text, and is {part.values[name].kind}", "write a Jinja template")
            return None
        # Jinja takes a tenth of the time of a short command, and few projects have templates.
        from .notice_text import fault_of  # noqa: PLC0415

        if fault := fault_of(value):
            part.fault(name, f"the template fails: {fault}", "there are: notices, notice, project, severity, held")
        return value

    def schema(self) -> Schema:
        return {"type": "string", "minLength": 1}


CHANNEL: Fields = {"url": Field(Secret(), "its address as Apprise knows it, which holds secrets", required=True)}
RULE: Fields = {
    "channels": Field(Texts(), "who hears it", required=True),
    "jobs": Field(Texts(), "only of these jobs"),
    "statuses": Field(Words(STATUSES, "status of a run"), "only of runs that ended so"),
    "severity": Field(Choice(SEVERITIES), "only of runs that are at least so grave"),
    "classes": Field(Words(ERROR_CLASSES, "class of error"), "only of runs with devices that failed so"),
    "coverage": Field(Flag(), "true: only of runs after which a target of coverage is missed"),
    "changes": Field(Words(CHANGE_CLASSES, "class of change"), "only of runs that changed such lines"),
    "cooldown": Field(Duration(), "how long the same news is not told again; without it 4h"),
    "digest": Field(Duration(), "how long news is gathered into one message; without it not at all"),
    "title": Field(TemplateText(), "a Jinja template for the title"),
    "body": Field(TemplateText(), "a Jinja template for the text"),
}


@dataclass(frozen=True, slots=True)
class NotifySettings:
    """Channels by name, as references to their addresses; and the rules, by name."""

    channels: dict[str, Reference]
    rules: tuple[Rule, ...]


class NotifyKind:
    """``notify``: two tables, ``channels`` and ``rules``."""

    def read(self, part: Section, name: str) -> NotifySettings:
        inner = part.section(name)
        inner.only(("channels", "rules"))
        channels = {
            key: values["url"]
            for key, channel in inner.section("channels").sections()
            if (values := read_fields(channel, CHANNEL))["url"]
        }
        known = tuple(inner.section("channels").values)
        jobs = tuple(part.section("jobs").values)
        rules = [_rule(key, rule, known, jobs) for key, rule in inner.section("rules").sections()]
        return NotifySettings(channels, tuple(rule for rule in rules if rule))

    def schema(self) -> Schema:
        tables = {"channels": CHANNEL, "rules": RULE}
        properties = {
            name: {"type": "object", "additionalProperties": schema_of(keys)} for name, keys in tables.items()
        }
        return {"type": "object", "additionalProperties": False, "properties": properties}


def _rule(name: str, part: Section, channels: tuple[str, ...], jobs: tuple[str, ...]) -> Rule | None:
    values: dict[str, Any] = read_fields(part, RULE)
    if values["channels"] is None:
        return None
    if not values["channels"]:
        part.fault("channels", "names nobody", "name a channel of `notify.channels`")
    for channel in values["channels"]:
        part.known("channels", channel, channels, "channel")
    for job in values["jobs"] or ():
        part.known("jobs", job, jobs, "job")
    given = {key: value for key, value in values.items() if value is not None}
    return Rule(name, **given)


NO_NOTIFY = NotifySettings({}, ())
