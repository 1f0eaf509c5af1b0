"""A function that keeps its environment to itself: it answers when the lock of a file is free, with the environment's name."""

import fcntl


def handler(event, context):
    with open(event["lock"]) as lock:
        fcntl.lockf(lock, fcntl.LOCK_SH)
    return context.log_stream_name if context else ""
