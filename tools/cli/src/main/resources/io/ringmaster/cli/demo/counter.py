"""Keeps state between warm invocations: one count for each environment."""

import uuid

environment = str(uuid.uuid4())
count = 0


def handler(event, context):
    global count
    count += 1
    return {"environment": environment, "count": count}
