"""The other side of cold.process.python: what somebody does who has no engine. The event comes on standard input."""

import json
import sys

from app import handler

print(json.dumps(handler(json.load(sys.stdin), None)))
