"""Runs one Lambda function version inside a sandbox process.

The template process imports this module and calls ``preload()`` once; each process that it forks calls ``run()``, which never
returns. An interpreter that is started for one sandbox runs this file. Descriptors and frames: the channel's specification.
"""

import sys


def preload():
    """Imports the runtime, and what functions commonly import, before there is a function. Starts no thread, opens nothing."""
    import base64  # noqa: F401
    import collections.abc  # noqa: F401
    import dataclasses  # noqa: F401
    import datetime  # noqa: F401
    import hashlib  # noqa: F401
    import random  # noqa: F401
    import typing  # noqa: F401
    import urllib.parse  # noqa: F401
    import uuid  # noqa: F401

    import ringmaster_runtime.diagnosis  # noqa: F401
    import ringmaster_runtime.serving

    ringmaster_runtime.serving.rehearse()


def run(requests=3, responses=4, log=1, awaited=False):
    """Serves the engine until it says stop or the function ends the process. Never returns.

    :param requests: descriptor of the request pipe's read end
    :param responses: descriptor of the response pipe's write end
    :param log: descriptor of the log pipe
    :param awaited: whether a function waits for this process, so that nothing is done in advance
    """
    from ringmaster_runtime import serving

    sys.modules.pop("bootstrap", None)  # the function may bring a module of this name
    serving.main(requests, responses, log, awaited)


if __name__ == "__main__":
    import os

    folder = os.path.dirname(os.path.abspath(__file__))
    if folder not in sys.path:  # the function may have told the interpreter to leave it out
        sys.path.insert(0, folder)
    preload()
    run(awaited=True)
