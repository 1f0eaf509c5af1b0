"""What belongs to a function, and its end."""

import json
import urllib.request

from common import (
    ARN,
    LAYER_ARN,
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
    layer,
    name,
    one,
    refused,
    same,
    step,
    two,
    updated,
)


@step
def publish():
    answer = call("publish_version", FunctionName=name, Description="first")
    holds({"Version": "1", "FunctionArn": ARN + ":1", "Description": "first", "CodeSha256": digest(two)}, answer)
    again = call("publish_version", FunctionName=name)
    same("1", again["Version"], "nothing changed: no new version")
    client.wait("published_version_active", FunctionName=name, Qualifier="1")
    refused(
        "InvalidParameterValueException",
        "CodeSHA256 (AAAA) is different from current CodeSHA256 in $LATEST"
        f" ({digest(two)}). Please try again with the CodeSHA256 in $LATEST.",
        "publish_version",
        FunctionName=name,
        CodeSha256="AAAA",
    )
    answer = call("update_function_code", FunctionName=name, ZipFile=one, Publish=True)
    holds({"Version": "2", "FunctionArn": ARN + ":2", "CodeSha256": digest(one)}, answer)
    updated()
    versions = client.pages("list_versions_by_function", "Versions", 1, FunctionName=name)
    same(["$LATEST", "1", "2"], [version["Version"] for version in versions])
    for qualifier, release in (("1", "two"), ("2", "one")):
        result, answer = invoke({}, Qualifier=qualifier)
        same((release, qualifier, qualifier), (result["release"], result["version"], answer["ExecutedVersion"]))
    same("1", call("get_function", FunctionName=name, Qualifier="1")["Configuration"]["Version"])
    refused(
        "InvalidParameterValueException",
        "The derived qualifier from the function name does not match the specified qualifier.",
        "get_function",
        FunctionName=name + ":1",
        Qualifier="2",
    )


@step
def aliases():
    answer = call("create_alias", FunctionName=name, Name="live", FunctionVersion="1", Description="to one")
    holds({"AliasArn": ARN + ":live", "Name": "live", "FunctionVersion": "1", "Description": "to one"}, answer)
    assert len(answer["RevisionId"]) == 36, answer
    refused("ResourceConflictException", f"Alias already exists: {ARN}:live", "create_alias", FunctionName=name, Name="live", FunctionVersion="1")
    refused("ResourceNotFoundException", f"Cannot find alias arn: {ARN}:none", "get_alias", FunctionName=name, Name="none")
    refused("ResourceNotFoundException", f"Alias not found: {ARN}:none", "update_alias", FunctionName=name, Name="none", FunctionVersion="1")
    result, answer = invoke({}, Qualifier="live")
    same(("1", "1"), (result["version"], answer["ExecutedVersion"]))
    call("create_alias", FunctionName=name, Name="next", FunctionVersion="2")
    listed = client.pages("list_aliases", "Aliases", 1, FunctionName=name)
    same(["live", "next"], [alias["Name"] for alias in listed])
    of_one = client.pages("list_aliases", "Aliases", 10, FunctionName=name, FunctionVersion="1")
    same(["live"], [alias["Name"] for alias in of_one])


@step
def alias_weights():
    routing = {"AdditionalVersionWeights": {"2": 0.5}}
    answer = call("update_alias", FunctionName=name, Name="live", RoutingConfig=routing)
    same(routing, answer["RoutingConfig"])
    same("1", answer["FunctionVersion"])
    same(routing, call("get_alias", FunctionName=name, Name="live")["RoutingConfig"])
    seen = set()

    def both():
        seen.add(invoke({}, Qualifier="live")[1]["ExecutedVersion"])
        return seen == {"1", "2"}

    eventually(both, f"both versions are called; seen: {seen}")
    answer = call("update_alias", FunctionName=name, Name="live", FunctionVersion="2", RoutingConfig={"AdditionalVersionWeights": {}})
    assert not answer.get("RoutingConfig", {}).get("AdditionalVersionWeights"), answer
    same("2", invoke({}, Qualifier="live")[1]["ExecutedVersion"])
    stale = "00000000-0000-4000-8000-000000000000"
    refused("PreconditionFailedException", STALE, "update_alias", FunctionName=name, Name="live", FunctionVersion="1", RevisionId=stale)


@step
def concurrency():
    answer = call("put_function_concurrency", FunctionName=name, ReservedConcurrentExecutions=0)
    same(0, answer["ReservedConcurrentExecutions"])
    same(0, call("get_function_concurrency", FunctionName=name)["ReservedConcurrentExecutions"])
    same(0, call("get_function", FunctionName=name)["Concurrency"]["ReservedConcurrentExecutions"])
    refused("TooManyRequestsException", "Rate Exceeded.", "invoke", reason="ReservedFunctionConcurrentInvocationLimitExceeded", FunctionName=name, Payload=b"{}")
    call("delete_function_concurrency", FunctionName=name)
    assert "ReservedConcurrentExecutions" not in call("get_function_concurrency", FunctionName=name)
    same("one", invoke({})[0]["release"])
    refused(
        "InvalidParameterValueException",
        "Specified ReservedConcurrentExecutions for function decreases account's"
        " UnreservedConcurrentExecution below its minimum value of [100].",
        "put_function_concurrency",
        FunctionName=name,
        ReservedConcurrentExecutions=950,
    )


@step
def account_settings():
    answer = call("get_account_settings")
    same(1000, answer["AccountLimit"]["ConcurrentExecutions"])
    same(262144000, answer["AccountLimit"]["CodeSizeUnzipped"])
    same(52428800, answer["AccountLimit"]["CodeSizeZipped"])
    assert answer["AccountUsage"]["FunctionCount"] >= 1, answer
    assert answer["AccountUsage"]["TotalCodeSize"] >= len(one), answer


@step
def tags():
    call("tag_resource", Resource=ARN, Tags={"colour": "dark blue", "empty": ""})
    found = call("list_tags", Resource=ARN)["Tags"]
    holds({"team": "blue", "colour": "dark blue", "empty": ""}, found)
    call("untag_resource", Resource=ARN, TagKeys=["team", "empty"])
    found = call("list_tags", Resource=ARN)["Tags"]
    assert "team" not in found and "empty" not in found and found["colour"] == "dark blue", found
    refused("ResourceNotFoundException", f"Function not found: {NO_SUCH}", "list_tags", Resource=NO_SUCH)
    many = {f"key-{number}": "v" for number in range(51)}
    refused("InvalidParameterValueException", "Number of tags exceeds resource tag limit.", "tag_resource", Resource=ARN, Tags=many)


@step
def permissions():
    refused("ResourceNotFoundException", "The resource you requested does not exist.", "get_policy", FunctionName=name)
    grant = {
        "FunctionName": name,
        "StatementId": "s3",
        "Action": "lambda:InvokeFunction",
        "Principal": "s3.amazonaws.com",
        "SourceArn": "arn:aws:s3:::bucket",
        "SourceAccount": "123456789012",
    }
    statement = json.loads(call("add_permission", **grant)["Statement"])
    holds(
        {
            "Sid": "s3",
            "Effect": "Allow",
            "Principal": {"Service": "s3.amazonaws.com"},
            "Action": "lambda:InvokeFunction",
            "Resource": ARN,
            "Condition": {
                "StringEquals": {"AWS:SourceAccount": "123456789012"},
                "ArnLike": {"AWS:SourceArn": "arn:aws:s3:::bucket"},
            },
        },
        statement,
    )
    refused(
        "ResourceConflictException",
        "The statement id (s3) provided already exists. Please provide a new statement id, or remove the existing statement.",
        "add_permission",
        **grant,
    )
    answer = call("get_policy", FunctionName=name)
    policy = json.loads(answer["Policy"])
    same(("2012-10-17", "default"), (policy["Version"], policy["Id"]))
    same([statement], policy["Statement"])
    assert len(answer["RevisionId"]) == 36, answer
    refused("ResourceNotFoundException", "Statement none is not found in resource policy.", "remove_permission", FunctionName=name, StatementId="none")
    call("remove_permission", FunctionName=name, StatementId="s3", RevisionId=answer["RevisionId"])
    refused("ResourceNotFoundException", "The resource you requested does not exist.", "get_policy", FunctionName=name)


@step
def layers():
    answer = call(
        "publish_layer_version",
        LayerName=name,
        Description="words",
        Content={"ZipFile": layer},
        CompatibleRuntimes=[RUNTIME],
        LicenseInfo="MIT",
    )
    holds(
        {
            "LayerArn": LAYER_ARN,
            "LayerVersionArn": LAYER_ARN + ":1",
            "Version": 1,
            "Description": "words",
            "CompatibleRuntimes": [RUNTIME],
            "LicenseInfo": "MIT",
        },
        answer,
    )
    holds({"CodeSha256": digest(layer), "CodeSize": len(layer)}, answer["Content"])
    answer = call("get_layer_version", LayerName=name, VersionNumber=1)
    same(LAYER_ARN + ":1", answer["LayerVersionArn"])
    with urllib.request.urlopen(answer["Content"]["Location"], timeout=30) as response:
        assert response.read() == layer, "the layer comes back byte for byte"
    same("words", call("get_layer_version_by_arn", Arn=LAYER_ARN + ":1")["Description"])
    call("publish_layer_version", LayerName=name, Content={"ZipFile": layer})
    listed = [each for each in client.pages("list_layers", "Layers", 1) if each["LayerName"] == name]
    same([2], [each["LatestMatchingVersion"]["Version"] for each in listed])
    versions = client.pages("list_layer_versions", "LayerVersions", 1, LayerName=name)
    same([2, 1], [each["Version"] for each in versions])
    answer = call("update_function_configuration", FunctionName=name, Layers=[LAYER_ARN + ":1"])
    same([(LAYER_ARN + ":1", len(layer))], [(each["Arn"], each["CodeSize"]) for each in answer["Layers"]])
    updated()
    same("from the layer", invoke({"do": "layer"})[0])
    for version in (1, 2):
        call("delete_layer_version", LayerName=name, VersionNumber=version)
    same("from the layer", invoke({"do": "layer"})[0], "a deleted layer still serves")
    refused("ResourceNotFoundException", "The resource you requested does not exist.", "get_layer_version", LayerName=name, VersionNumber=1)
    call("update_function_configuration", FunctionName=name, Layers=[])
    updated()


@step
def list_and_page():
    names = [f"{name}-{number}" for number in range(3)]
    for each in names:
        call("create_function", FunctionName=each, Runtime=RUNTIME, Role=ROLE, Handler="app.handler", Code={"ZipFile": one})
    listed = [each["FunctionName"] for each in client.pages("list_functions", "Functions", 1)]
    same([name, *names], [each for each in listed if each.startswith(name)])
    listed = client.pages("list_functions", "Functions", 2, FunctionVersion="ALL")
    versions = [each["Version"] for each in listed if each["FunctionName"] == name]
    same(["$LATEST", "1", "2"], versions)
    for each in names:
        call("delete_function", FunctionName=each)


@step
def code_signing_of_a_function():
    answer = call("get_function_code_signing_config", FunctionName=name)
    same(name, answer["FunctionName"])
    assert not answer.get("CodeSigningConfigArn"), answer
    signed = name + "-signed"
    arn = "arn:aws:lambda:us-east-1:123456789012:code-signing-config:csc-0123456789abcdef0"
    package = {"Handler": "app.handler", "Code": {"ZipFile": one}}
    call("create_function", FunctionName=signed, Runtime=RUNTIME, Role=ROLE, CodeSigningConfigArn=arn, **package)
    same(arn, call("get_function_code_signing_config", FunctionName=signed)["CodeSigningConfigArn"])
    call("delete_function", FunctionName=signed)


@step
def event_invoke_config():
    where = {"FunctionName": name}
    refused("ResourceNotFoundException", f"The function {ARN}:$LATEST doesn't have an EventInvokeConfig", "get_function_event_invoke_config", **where)
    answer = call("put_function_event_invoke_config", **where, MaximumRetryAttempts=1, MaximumEventAgeInSeconds=120)
    expected = {"FunctionArn": ARN + ":$LATEST", "MaximumRetryAttempts": 1, "MaximumEventAgeInSeconds": 120}
    holds(expected, answer)
    holds(expected, call("get_function_event_invoke_config", **where))
    expected["MaximumRetryAttempts"] = 0
    holds(expected, call("update_function_event_invoke_config", **where, MaximumRetryAttempts=0))
    listed = client.pages("list_function_event_invoke_configs", "FunctionEventInvokeConfigs", 1, **where)
    same(1, len(listed))
    holds(expected, listed[0])
    records_are_told()
    call("delete_function_event_invoke_config", **where)
    refused("ResourceNotFoundException", f"The function {ARN}:$LATEST doesn't have an EventInvokeConfig", "get_function_event_invoke_config", **where)


def records_are_told():
    """Another function is told of what became of events, and leaves that in its tags."""
    told = name + "-told"
    arn = ARN + "-told"
    package = {"Handler": "app.handler", "Code": {"ZipFile": one}, "Timeout": 30}
    call("create_function", FunctionName=told, Runtime=RUNTIME, Role=ROLE, **package)
    eventually(lambda: call("get_function_configuration", FunctionName=told)["State"] == "Active", "active")
    for when, event, value in (
        ("OnFailure", {"do": "fail", "key": "failed"}, "RetriesExhausted 1"),
        ("OnSuccess", {"key": "done"}, "Success 1"),
    ):
        destination = {when: {"Destination": arn}}
        answer = call("update_function_event_invoke_config", FunctionName=name, DestinationConfig=destination)
        same(arn, answer["DestinationConfig"][when]["Destination"])
        call("invoke", FunctionName=name, InvocationType="Event", Payload=json.dumps(event).encode())
        eventually(lambda: call("list_tags", Resource=arn)["Tags"].get(event["key"]) == value, value)
    call("delete_function", FunctionName=told)


@step
def function_urls():
    where = {"FunctionName": name}
    absent = "The resource you requested does not exist."
    refused("ResourceNotFoundException", absent, "get_function_url_config", **where)
    answer = call("create_function_url_config", **where, AuthType="NONE", Cors={"AllowOrigins": ["*"], "MaxAge": 5})
    expected = {"FunctionArn": ARN, "AuthType": "NONE", "Cors": {"AllowOrigins": ["*"], "MaxAge": 5}, "InvokeMode": "BUFFERED"}
    holds({member: expected[member] for member in ("FunctionArn", "AuthType", "Cors")}, answer)
    assert answer["FunctionUrl"].startswith("http"), answer
    holds(expected, call("get_function_url_config", **where))
    refused(
        "ResourceConflictException",
        f"Failed to create function url config for [functionArn = {ARN}]. Error message:  FunctionUrlConfig exists for this Lambda function",
        "create_function_url_config",
        **where,
        AuthType="NONE",
    )
    expected["AuthType"] = "AWS_IAM"
    holds({"AuthType": "AWS_IAM"}, call("update_function_url_config", **where, AuthType="AWS_IAM"))
    listed = client.pages("list_function_url_configs", "FunctionUrlConfigs", 1, **where)
    same(1, len(listed))
    holds(expected, listed[0])
    call("delete_function_url_config", **where)
    refused("ResourceNotFoundException", absent, "get_function_url_config", **where)


@step
def provisioned_concurrency():
    where = {"FunctionName": name, "Qualifier": "2"}
    absent = "No Provisioned Concurrency Config found for this function"
    refused("ProvisionedConcurrencyConfigNotFoundException", absent, "get_provisioned_concurrency_config", **where)
    answer = call("put_provisioned_concurrency_config", **where, ProvisionedConcurrentExecutions=2)
    holds({"RequestedProvisionedConcurrentExecutions": 2, "Status": "IN_PROGRESS"}, answer)
    answer = call("get_provisioned_concurrency_config", **where)
    same(2, answer["RequestedProvisionedConcurrentExecutions"])
    call("put_provisioned_concurrency_config", **where, ProvisionedConcurrentExecutions=3)
    listed = client.pages("list_provisioned_concurrency_configs", "ProvisionedConcurrencyConfigs", 1, FunctionName=name)
    same([(ARN + ":2", 3)], [(each["FunctionArn"], each["RequestedProvisionedConcurrentExecutions"]) for each in listed])
    call("delete_provisioned_concurrency_config", **where)
    refused("ProvisionedConcurrencyConfigNotFoundException", absent, "get_provisioned_concurrency_config", **where)


@step
def runtime_management():
    where = {"FunctionName": name}
    answer = call("get_runtime_management_config", **where)
    holds({"UpdateRuntimeOn": "Auto", "FunctionArn": ARN}, answer)
    holds({"UpdateRuntimeOn": "FunctionUpdate"}, call("put_runtime_management_config", **where, UpdateRuntimeOn="FunctionUpdate"))
    same("FunctionUpdate", call("get_runtime_management_config", **where)["UpdateRuntimeOn"])
    call("put_runtime_management_config", **where, UpdateRuntimeOn="Auto")


@step
def recursion():
    where = {"FunctionName": name}
    same("Terminate", call("get_function_recursion_config", **where)["RecursiveLoop"])
    same("Allow", call("put_function_recursion_config", **where, RecursiveLoop="Allow")["RecursiveLoop"])
    same("Allow", call("get_function_recursion_config", **where)["RecursiveLoop"])
    call("put_function_recursion_config", **where, RecursiveLoop="Terminate")


@step
def other_owners():
    """The region of the credential's scope is another world, and so is the account of its key."""
    theirs = ARN.replace("123456789012", "210987654321")
    refused("ResourceNotFoundException", f"Function not found: {theirs}", "get_function", strange=True, FunctionName=name)
    for members in ({"strange": True, "FunctionName": ARN}, {"FunctionName": theirs}):
        refused("AccessDeniedException", "", "get_function", kind="ClientError", **members)
    refused(
        "ResourceNotFoundException",
        f"Function not found: {ARN.replace('us-east-1', 'eu-west-1')}",
        "get_function",
        away=True,
        FunctionName=name,
    )
    refused(
        "ResourceNotFoundException",
        "Functions from 'us-east-1' are not reachable in this region ('eu-west-1')",
        "get_function",
        away=True,
        FunctionName=ARN,
    )


@step
def invalid_values():
    refused(
        "ValidationException",
        "1 validation error detected: Value 'not a name!' at 'functionName' failed to satisfy constraint:"
        " Member must satisfy regular expression pattern: …",
        "get_function",
        kind="ClientError",
        FunctionName="not a name!",
    )
    common = {"Runtime": RUNTIME, "Role": ROLE, "Handler": "app.handler", "Code": {"ZipFile": one}}
    refused(
        "ValidationException",
        "1 validation error detected: Value '999999' at 'timeout' failed to satisfy constraint:"
        " Member must have value less than or equal to …",
        "create_function",
        kind="ClientError",
        **{**common, "FunctionName": name + "-x", "Timeout": 999999},
    )
    refused(
        "ValidationException",
        "2 validation errors detected: Value …",
        "create_function",
        kind="ClientError",
        **{**common, "FunctionName": name + "-x", "Timeout": 999999, "Handler": "with blanks in it"},
    )
    refused(
        "InvalidParameterValueException",
        "Value cobol85 at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: …",
        "create_function",
        **{**common, "FunctionName": name + "-x", "Runtime": "cobol85"},
    )
    if client_name == "boto3":  # the command line looks itself
        refused(
            "InvalidParameterValueException",
            "Could not unzip uploaded file. Please check your file, then try to upload again.",
            "create_function",
            **{**common, "FunctionName": name + "-x", "Code": {"ZipFile": b"no zip"}},
        )


@step
def delete():
    refused("InvalidParameterValueException", "$LATEST version cannot be deleted without deleting the function.", "delete_function", FunctionName=name, Qualifier="$LATEST")
    call("delete_alias", FunctionName=name, Name="next")
    refused("ResourceNotFoundException", f"Cannot find alias arn: {ARN}:next", "get_alias", FunctionName=name, Name="next")
    call("delete_function", FunctionName=name, Qualifier="1")
    refused("ResourceNotFoundException", f"Function not found: {ARN}:1", "get_function", FunctionName=name, Qualifier="1")
    call("delete_function", FunctionName=name)
    gone = f"Function not found: {ARN}"
    refused("ResourceNotFoundException", gone, "get_function", FunctionName=name)
    refused("ResourceNotFoundException", gone, "delete_function", FunctionName=name)
    refused("ResourceNotFoundException", gone, "list_versions_by_function", FunctionName=name)
    refused("ResourceNotFoundException", gone, "update_function_code", FunctionName=name, ZipFile=one)
