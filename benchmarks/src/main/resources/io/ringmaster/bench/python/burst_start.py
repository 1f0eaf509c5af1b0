"""The floor of http.burst.python: what somebody does who has no engine. The event comes on standard input."""

import json
import sys

from burst import handler

print(json.dumps(handler(json.load(sys.stdin), None)))
