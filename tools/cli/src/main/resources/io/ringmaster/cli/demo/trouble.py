"""Fails in the ways a caller asks for."""

import time


def handler(event, context):
    if event["do"] == "raise":
        raise ValueError("an order without items")
    if event["do"] == "sleep":
        time.sleep(60)
    return "fine"
