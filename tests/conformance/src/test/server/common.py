"""What the steps share: the client, the packages, how an answer and a refusal are looked at."""

import base64
import hashlib
import json
import os
import pathlib
import sys
import time

from adapters import Boto, CommandLine, Fault

client_name, packages, name = sys.argv[1:4]
assert "AWS_ENDPOINT_URL_LAMBDA" in os.environ, "no endpoint: this would be AWS itself"
client = {"boto3": Boto, "aws-cli": CommandLine}[client_name]()
call = client.call
one, two, layer = (
    pathlib.Path(packages, part + ".zip").read_bytes() for part in ("one", "two", "layer")
)
ARN = "arn:aws:lambda:us-east-1:123456789012:function:" + name
LAYER_ARN = "arn:aws:lambda:us-east-1:123456789012:layer:" + name
ROLE = "arn:aws:iam::123456789012:role/lambda"
RUNTIME = "python3.13"
NO_SUCH = "arn:aws:lambda:us-east-1:123456789012:function:no-such"
STALE = (
    "The Revision Id provided does not match the latest Revision Id. "
    "Call the GetFunction/GetAlias API to retrieve the latest Revision Id"
)
steps = []


def step(function):
    steps.append((function.__name__.replace("_", "-"), function))
    return function


def same(expected, found, what=""):
    assert expected == found, f"{what} expected {expected!r}, found {found!r}"


def holds(members, answer):
    for member, value in members.items():
        same(value, answer.get(member), member)


def refused(code, text, operation, reason=None, kind=None, **members):
    """The call fails, as the client's exception of that name, with these words."""
    try:
        answer = call(operation, **members)
    except Fault as fault:
        same(code, fault.code, "code")
        if text.endswith("…"):
            assert fault.text.startswith(text[:-1]), f"expected {text!r}, found {fault.text!r}"
        else:
            same(text, fault.text, "text")
        if client_name == "boto3":  # the command line shows neither
            same(reason, fault.reason, "Reason")
            same(kind or code, fault.kind, "exception class")
        return
    raise AssertionError(f"{operation} was not refused: {answer}")


def digest(package):
    return base64.b64encode(hashlib.sha256(package).digest()).decode()


def invoke(event, **members):
    members.setdefault("FunctionName", name)
    answer = call("invoke", Payload=json.dumps(event).encode(), **members)
    same(200, answer["StatusCode"])
    return json.loads(answer["Payload"]), answer


def eventually(check, what):
    deadline = time.monotonic() + 60
    while not check():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


def updated():
    client.wait("function_updated_v2", FunctionName=name)
