"""Says which interpreter runs it."""

import platform
import sys


def handler(event, context):
    return "%s %s (%s)" % (platform.python_implementation(), platform.python_version(), sys.executable)
