"""The JSON Schema of ``netcellar.yml`` for editors: the tables of ``layout.py`` in another language.

It can say what a key may hold, and not whether the inventory or credential of a name is there: ``netcellar check`` can.
"""

from __future__ import annotations

import json

from .fields import NAME_PATTERN, Fields, Schema, Text, schema_of
from .layout import INVENTORIES, SECTIONS, TABLES, TOP

FILE_NAME = "netcellar.schema.json"
MARK = f"# yaml-language-server: $schema={FILE_NAME}\n"
DIALECT = "http://json-schema.org/draft-07/schema#"


def project_schema() -> Schema:
    """The schema of the whole file."""
    whole = schema_of(TOP)
    sections = {name: {"description": about, **schema_of(fields)} for name, (fields, about) in SECTIONS.items()}
    tables = {name: {"description": about, **_table(fields)} for name, (fields, about) in TABLES.items()}
    paths = {
        "description": "saved inventories elsewhere than in inventories/, by name",
        "type": ["object", "null"],
        "additionalProperties": Text().schema(),
    }
    properties = {**whole["properties"], **sections, **tables, INVENTORIES: paths}
    return {"$schema": DIALECT, "title": "A Netcellar project", **whole, "properties": properties}


def schema_text() -> str:
    """The schema as the file that editors read."""
    return json.dumps(project_schema(), indent=1) + "\n"


def _table(fields: Fields) -> Schema:
    return {
        "type": ["object", "null"],
        "propertyNames": {"pattern": NAME_PATTERN},
        "additionalProperties": schema_of(fields),
    }
