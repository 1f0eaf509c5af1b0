"""The function whose life the clients script; "one" becomes "two" by an update of its code."""

import json
import os
import urllib.parse
import urllib.request

RELEASE = "one"


def handler(event, context):
    what = event.get("do")
    if "requestContext" in event:  # the record of another function's event
        it = event["requestContext"]
        value = "%s %d" % (it["condition"], it["approximateInvokeCount"])
        return tag(event["requestPayload"]["key"], value, context.invoked_function_arn)
    if what == "fail":
        raise ValueError("as asked")
    if what == "context":
        client = context.client_context
        return {"custom": client.custom, "env": client.env}
    if what == "layer":
        import words

        return words.TEXT
    if what == "tag":
        return tag(event["key"], event["value"], context.invoked_function_arn)
    if what == "large":
        return "x" * event["bytes"]
    print("said:", event.get("word"))
    return {
        "release": RELEASE,
        "event": event,
        "stage": os.environ.get("STAGE"),
        "version": context.function_version,
        "memory": context.memory_limit_in_mb,
    }


def tag(key, value, arn):
    """Leaves a trace that the caller of an event can see: calls the engine from inside a function."""
    arn = ":".join(arn.split(":")[:7])
    request = urllib.request.Request(
        os.environ["AWS_ENDPOINT_URL_LAMBDA"] + "/2017-03-31/tags/" + urllib.parse.quote(arn, safe=""),
        data=json.dumps({"Tags": {key: value}}).encode(),
        method="POST",
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.status
