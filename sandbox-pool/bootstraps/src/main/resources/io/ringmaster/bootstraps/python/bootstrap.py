"""Runs one Lambda function version inside a sandbox process.

The template process imports this module and calls ``preload()`` once; each process that it forks calls ``run()``, which never
returns. An interpreter that is started for one sandbox runs this file. Descriptors and frames: the channel's specification.
"""

import os
import sys
import time

_droppable = frozenset()


def preload():
    """Imports what functions commonly import, before there is a function. Starts no thread, opens nothing."""
    global _droppable
    import ringmaster_runtime.serving

    # AWS's client has these in memory before function code runs; a function cannot bring its own.
    shared = set(sys.modules)
    import base64
    import collections.abc
    import contextlib
    import dataclasses
    import datetime
    import functools
    import hashlib
    import random
    import re
    import typing
    import urllib.parse
    import uuid

    _droppable = frozenset(name for name in set(sys.modules) - shared if "." not in name)


def run(requests=3, responses=4, log=1):
    """Serves the engine until it says stop or the function ends the process. Never returns.

    :param requests: descriptor of the request pipe's read end
    :param responses: descriptor of the response pipe's write end
    :param log: descriptor of the log pipe
    """
    from ringmaster_runtime import serving

    # The function may bring modules of these names.
    for name in ("bootstrap", "zygote"):
        sys.modules.pop(name, None)
    serving.main(requests, responses, log, _droppable)


if __name__ == "__main__":
    preload()
    run()
