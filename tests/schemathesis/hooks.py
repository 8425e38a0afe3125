"""How the two media types beside JSON are written and read."""

import json

import schemathesis


@schemathesis.serializer("application/x-ndjson")
def write_lines(ctx, value):
    """Commands, one JSON object on a line."""
    lines = value if isinstance(value, list) and value else [value]
    return "\n".join(json.dumps(line) for line in lines).encode()


@schemathesis.deserializer("application/x-ndjson")
def read_lines(ctx, response):
    """Every line is JSON; the first is held to the schema, and there are others only where a list was sent."""
    return [json.loads(line) for line in response.content.splitlines()][0]


@schemathesis.deserializer("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
def read_workbook(ctx, response):
    """A workbook is a ZIP file."""
    if not response.content.startswith(b"PK"):
        raise ValueError("this is no workbook")
    return response.content.decode("latin-1")
