"""The conformance function for AWS's Python client."""

import os
import time

if os.environ.get("INIT") == "exit":
    os._exit(3)
if os.environ.get("INIT") == "error":
    raise ValueError("no init")

calls = 0


def handler(event, context):
    global calls
    calls += 1
    do = event.get("do")
    if do == "error":
        raise ValueError("no good")
    if do == "exit":
        os._exit(7)
    if do == "hang":
        time.sleep(3600)
    if do == "large":
        return "x" * 7_000_000
    custom = context.client_context.custom if context.client_context else None
    return {
        "echo": event.get("value"),
        "requestId": context.aws_request_id,
        "arn": context.invoked_function_arn,
        "function": context.function_name,
        "left": context.get_remaining_time_in_millis() > 0,
        "calls": calls,
        "stage": os.environ.get("STAGE", ""),
        "trace": os.environ.get("_X_AMZN_TRACE_ID", ""),
        "custom": (custom or {}).get("k", ""),
    }
