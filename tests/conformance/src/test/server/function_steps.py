"""A function is made, invoked in every way, and changed."""

import base64
import json
import urllib.request

from common import (
    ARN,
    NO_SUCH,
    ROLE,
    RUNTIME,
    STALE,
    call,
    client,
    client_name,
    digest,
    eventually,
    holds,
    invoke,
    name,
    one,
    refused,
    same,
    step,
    two,
    updated,
)


@step
def create():
    answer = call(
        "create_function",
        FunctionName=name,
        Runtime=RUNTIME,
        Role=ROLE,
        Handler="app.handler",
        Code={"ZipFile": one},
        Description="a life",
        Timeout=30,
        MemorySize=256,
        Environment={"Variables": {"STAGE": "test"}},
        Tags={"team": "blue"},
    )
    holds(
        {
            "FunctionName": name,
            "FunctionArn": ARN,
            "Runtime": RUNTIME,
            "Role": ROLE,
            "Handler": "app.handler",
            "CodeSize": len(one),
            "CodeSha256": digest(one),
            "Description": "a life",
            "Timeout": 30,
            "MemorySize": 256,
            "Version": "$LATEST",
            "Environment": {"Variables": {"STAGE": "test"}},
            "TracingConfig": {"Mode": "PassThrough"},
            "State": "Pending",
            "StateReason": "The function is being created.",
            "StateReasonCode": "Creating",
            "PackageType": "Zip",
            "EphemeralStorage": {"Size": 512},
            "LoggingConfig": {"LogFormat": "Text", "LogGroup": "/aws/lambda/" + name},
            "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
        },
        answer,
    )
    assert answer["Architectures"] in (["x86_64"], ["arm64"]), answer
    assert answer["RuntimeVersionConfig"]["RuntimeVersionArn"].startswith("arn:aws:lambda:"), answer
    assert len(answer["RevisionId"]) == 36, answer
    assert "LastUpdateStatus" not in answer, answer


@step
def create_again_is_refused():
    refused(
        "ResourceConflictException",
        "Function already exist: " + name,
        "create_function",
        FunctionName=name,
        Runtime=RUNTIME,
        Role=ROLE,
        Handler="app.handler",
        Code={"ZipFile": one},
    )


@step
def wait_until_active():
    client.wait("function_active_v2", FunctionName=name)
    configuration = call("get_function_configuration", FunctionName=name)
    holds({"State": "Active", "LastUpdateStatus": "Successful"}, configuration)
    assert "StateReason" not in configuration, configuration


@step
def get():
    answer = call("get_function", FunctionName=name)
    same("S3", answer["Code"]["RepositoryType"])
    same({"team": "blue"}, answer["Tags"])
    assert "Concurrency" not in answer, answer
    with urllib.request.urlopen(answer["Code"]["Location"], timeout=30) as response:
        assert response.read() == one, "the package comes back byte for byte"
    for form in (ARN, "123456789012:function:" + name, name + ":$LATEST", ARN + ":$LATEST"):
        same(name, call("get_function_configuration", FunctionName=form)["FunctionName"], form)


@step
def invoke_synchronously():
    result, answer = invoke({"word": "grüße"})
    same({"release": "one", "event": {"word": "grüße"}, "stage": "test"}, {k: result[k] for k in ("release", "event", "stage")})
    same(("$LATEST", "256"), (result["version"], str(result["memory"])))
    same("$LATEST", answer["ExecutedVersion"])
    assert "FunctionError" not in answer, answer


@step
def invoke_with_an_error():
    result, answer = invoke({"do": "fail"})
    same("Unhandled", answer["FunctionError"])
    same(("as asked", "ValueError"), (result["errorMessage"], result["errorType"]))
    same("$LATEST", answer["ExecutedVersion"])


@step
def invoke_with_the_log_tail():
    _, answer = invoke({"word": "tail"}, LogType="Tail")
    log = base64.b64decode(answer["LogResult"]).decode()
    for part in ("START RequestId: ", "said: tail\n", "END RequestId: ", "REPORT RequestId: "):
        assert part in log, log


@step
def invoke_with_a_client_context():
    context = {"custom": {"who": "ada"}, "env": {"locale": "de"}, "client": {"app_title": "life"}}
    text = base64.b64encode(json.dumps(context).encode()).decode()
    result, _ = invoke({"do": "context"}, ClientContext=text)
    same({"custom": {"who": "ada"}, "env": {"locale": "de"}}, result)


@step
def invoke_dry():
    answer = call("invoke", FunctionName=name, InvocationType="DryRun", Payload=b"{}")
    same(204, answer["StatusCode"])
    same(b"", answer["Payload"])


@step
def invoke_as_event():
    """The function tags itself, by calling the engine: so its run can be seen."""
    event = {"do": "tag", "key": "seen", "value": "by-" + client_name}
    answer = call(
        "invoke", FunctionName=name, InvocationType="Event", Payload=json.dumps(event).encode()
    )
    same(202, answer["StatusCode"])
    same(b"", answer["Payload"])
    assert "ExecutedVersion" not in answer, answer

    def seen():
        return call("list_tags", Resource=ARN)["Tags"].get("seen") == "by-" + client_name

    eventually(seen, "the event's invocation leaves its tag")


@step
def invoke_as_event_the_old_way():
    event = {"do": "tag", "key": "seen", "value": "of-old"}
    answer = call("invoke_async", FunctionName=name, InvokeArgs=json.dumps(event).encode())
    same(202, answer["Status"])
    eventually(lambda: call("list_tags", Resource=ARN)["Tags"].get("seen") == "of-old", "the tag")


@step
def invoke_refusals():
    refused("ResourceNotFoundException", f"Function not found: {NO_SUCH}:$LATEST", "invoke", FunctionName="no-such")
    refused("ResourceNotFoundException", f"Function not found: {ARN}:77", "invoke", FunctionName=name, Qualifier="77")
    refused(
        "InvalidRequestContentException",
        "Could not parse request body into json: Could not parse payload into json: …",
        "invoke",
        FunctionName=name,
        Payload=b"{nothing",
    )
    refused(
        "RequestTooLargeException",
        "6291458 byte payload is too large for the RequestResponse invocation type (limit 6291456 bytes)",
        "invoke",
        FunctionName=name,
        Payload=b'"' + b"x" * 6291456 + b'"',
    )
    result, answer = invoke({"do": "large", "bytes": 6291556})
    same("Unhandled", answer["FunctionError"])
    same("Function.ResponseSizeTooLarge", result["errorType"])


@step
def invoke_with_a_streamed_answer():
    payload, complete = client.stream(FunctionName=name, Payload=b'{"word":"stream"}', LogType="Tail")
    if payload is None:
        return "the client has no such command"
    same("one", json.loads(payload)["release"])
    assert b"REPORT RequestId: " in base64.b64decode(complete["LogResult"]), complete
    payload, complete = client.stream(FunctionName=name, Payload=b'{"do":"fail"}')
    same("Unhandled", complete["ErrorCode"])
    assert "as asked" in complete["ErrorDetails"], complete
    return None


@step
def update_code():
    before = call("get_function_configuration", FunctionName=name)
    dry = call("update_function_code", FunctionName=name, ZipFile=two, DryRun=True)
    same(digest(two), dry["CodeSha256"])
    same(before["RevisionId"], call("get_function_configuration", FunctionName=name)["RevisionId"])
    answer = call("update_function_code", FunctionName=name, ZipFile=two)
    holds({"CodeSha256": digest(two), "CodeSize": len(two), "LastUpdateStatus": "InProgress"}, answer)
    assert answer["RevisionId"] != before["RevisionId"], answer
    updated()
    same("two", invoke({})[0]["release"])
    location = call("get_function", FunctionName=name)["Code"]["Location"]
    with urllib.request.urlopen(location, timeout=30) as response:
        assert response.read() == two, "the package comes back byte for byte"


@step
def update_configuration():
    answer = call(
        "update_function_configuration",
        FunctionName=name,
        Description="changed",
        Timeout=20,
        MemorySize=512,
        Environment={"Variables": {"STAGE": "changed"}},
    )
    holds({"Description": "changed", "Timeout": 20, "MemorySize": 512}, answer)
    same("InProgress", answer["LastUpdateStatus"])
    updated()
    result, _ = invoke({})
    same(("changed", "512"), (result["stage"], str(result["memory"])))
    same("app.handler", call("get_function_configuration", FunctionName=name)["Handler"])


@step
def stale_revisions():
    stale = "00000000-0000-4000-8000-000000000000"
    refused("PreconditionFailedException", STALE, "update_function_configuration", FunctionName=name, Description="x", RevisionId=stale)
    refused("PreconditionFailedException", STALE, "update_function_code", FunctionName=name, ZipFile=one, RevisionId=stale)
    refused("PreconditionFailedException", STALE, "publish_version", FunctionName=name, RevisionId=stale)
    current = call("get_function_configuration", FunctionName=name)["RevisionId"]
    call("update_function_configuration", FunctionName=name, Description="conditional", RevisionId=current)
    updated()
