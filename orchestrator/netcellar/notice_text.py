"""The words of a message, by Jinja templates in a sandbox: those of a rule, or ours."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from .notices import SEVERITIES, Notice, Rule, Severity
from .show import printable, visible
from .words import counted

NAMED = 10
LONGEST_TITLE = 200
LONGEST_BODY = 20_000
LIVE = re.compile(r"(?<!\w)@(?=\w)|<(?=[!@#]|https?:)|\](?=\()")
# What a template can end with: its sandbox lets nothing worse happen.
FAILURES = (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, RuntimeError, MemoryError)
TITLE = """\
{% if notices | length == 1 -%}
[{{ notice.severity }}] {{ notice.job }}: {{ notice.status }}
{%- if notice.devices_failed %}, {{ notice.devices_failed | counted("device") }} not backed up{% endif %}
{%- if notice.missed %}, target missed{% endif %}
{%- else -%}
[{{ severity }}] {{ notices | length }} runs of {{ project }}
{%- endif %}"""
BODY = """\
{% for notice in notices %}
{{ notice.job }}: {{ notice.status }}, {{ notice.devices_backed_up }} backed up, {{ notice.devices_failed }} not. \
{{ notice.message }}
{% for class, devices in notice.classes.items() %}
  {{ class }}: {{ devices | named }}
{% endfor %}
{% for inventory in notice.missed %}
  target of {{ inventory }} missed: netcellar coverage --inventory {{ inventory }}
{% endfor %}
{% for class, lines in notice.changes.items() %}
{% for line in lines[:10] %}
  {{ class }} changed {{ line }}
{% endfor %}
{% if lines | length > 10 %}
  {{ class }} changed {{ lines | length - 10 }} times more
{% endif %}
{% endfor %}
  See: netcellar runs show {{ notice.run_id }}

{% endfor %}
{% if held %}
{{ "The same" if held == 1 else "Such news" }} was held back {{ held }} times since the last message.
{% endif %}"""


@dataclass(frozen=True, slots=True)
class Message:
    """What a channel gets."""

    title: str
    body: str
    severity: str


class _Environment(ImmutableSandboxedEnvironment):
    """No attribute or call that could leave the data, and a name that does not exist is an error."""

    def __init__(self) -> None:
        super().__init__(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False)
        self.filters |= {"counted": counted, "named": named}


def named(devices: Sequence[str]) -> str:
    """Names of devices, of which the first few stand for all."""
    shown = ", ".join(map(printable, devices[:NAMED]))
    return f"{shown} and {len(devices) - NAMED} more" if len(devices) > NAMED else shown


def fault_of(template: str) -> str:
    """What is wrong with a template, or nothing: it is tried on an example."""
    example = Notice(
        "20261121T020000Z-abcdef", "nightly", "partial", "1 of 2 devices not backed up", "2026-11-21T02:00:00Z"
    )
    try:
        _rendered(template, [example], "example", 0)
    except TemplateError as error:
        return f"{error.message} (line {getattr(error, 'lineno', 1)})"
    except FAILURES as error:
        return str(error) or type(error).__name__
    return ""


def message_of(rule: Rule, notices: Sequence[Notice], project: str, held: int) -> Message:
    """The message for some runs, the newest last. ``held`` is how much was held back since the last message."""
    severity = gravest(notices)
    title = " ".join(_text(rule.title, TITLE, notices, project, held).split())
    body = _text(rule.body, BODY, notices, project, held)
    return Message(_cut(visible(title), LONGEST_TITLE), _cut(visible(body.strip()) + "\n", LONGEST_BODY), severity)


def gravest(notices: Sequence[Notice]) -> Severity:
    """The gravest severity of some news."""
    return max((notice.severity for notice in notices), key=SEVERITIES.index)


def _text(own: str | None, ours: str, notices: Sequence[Notice], project: str, held: int) -> str:
    """Our words where the rule's own template fails on these very data: the news must not be lost."""
    if own is not None:
        try:
            return _rendered(own, notices, project, held)
        except FAILURES as error:
            return f"{_rendered(ours, notices, project, held)}\n(the template of the rule failed: {error})"
    return _rendered(ours, notices, project, held)


def _rendered(template: str, notices: Sequence[Notice], project: str, held: int) -> str:
    plain: list[dict[str, Any]] = [_inert(notice.as_dict()) for notice in notices]
    values = {"notices": plain, "notice": plain[-1], "project": project, "held": held, "severity": gravest(notices)}
    return _Environment().from_string(template).render(values)


def _inert(value: Any) -> Any:
    """Data in which nothing calls people together or hides a link, in any chat: ``@all``, ``<!here>``, ``[x](y)``."""
    if isinstance(value, str):
        return LIVE.sub(r"\g<0> ", value)
    if isinstance(value, Mapping):
        return {name: _inert(part) for name, part in value.items()}
    return [_inert(part) for part in value] if isinstance(value, list) else value


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 4]} ..."
