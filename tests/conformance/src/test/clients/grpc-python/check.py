"""Calls a Ringmaster with grpcio; stubs are made from the published interface. Says "ok" at the end."""

import io
import queue
import sys
import zipfile

import grpc
from google.protobuf.descriptor_pool import DescriptorPool
from google.rpc import error_details_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)
from grpc_status import rpc_status

from ringmaster.v1 import function_pb2, function_pb2_grpc, invocation_pb2, invocation_pb2_grpc


def request(function, payload):
    return invocation_pb2.InvokeRequest(function_name=function, payload=payload)


def refused(call):
    try:
        call()
    except grpc.RpcError as error:
        for detail in rpc_status.from_call(error).details:
            info = error_details_pb2.ErrorInfo()
            if detail.Unpack(info):
                return error.code(), info
        raise
    raise AssertionError("it was not refused")


def invoke(stub):
    answer = stub.Invoke(request("echo", b'{"a":1}'))
    assert answer.payload == b'{"a":1}', answer
    assert answer.executed_version == "$LATEST"
    assert answer.function_error == ""
    failed = stub.Invoke(request("fails", b"{}"))
    assert failed.function_error == "Unhandled" and b"on purpose" in failed.payload, failed
    code, info = refused(lambda: stub.Invoke(request("absent", b"{}")))
    assert code == grpc.StatusCode.NOT_FOUND
    assert info.reason == "ResourceNotFoundException" and info.domain == "ringmaster"
    assert info.metadata["statusCode"] == "404" and len(info.metadata["requestId"]) == 36
    try:
        stub.Invoke(request("slow", b"1"), timeout=0.1)
        raise AssertionError("it was answered in time")
    except grpc.RpcError as late:
        assert late.code() == grpc.StatusCode.DEADLINE_EXCEEDED, late
    running = stub.Invoke.future(request("slow", b"1"))
    running.cancel()
    assert running.cancelled()


def parts(stub):
    wanted = invocation_pb2.InvokeWithResponseStreamRequest(invocation=request("parts", b"{}"))
    events = list(stub.InvokeWithResponseStream(wanted))
    assert b"".join(event.part.payload for event in events[:-1]) == b"x" * 1000
    assert events[-1].WhichOneof("event") == "end"


def stream(stub):
    calls = queue.Queue()
    results = stub.InvokeStream(iter(calls.get, None))
    wanted = {}
    for begin in range(0, 1000, 50):
        message = invocation_pb2.InvokeStreamRequest()
        for number in range(begin, begin + 50):
            wanted[number] = b"%d" % number
            message.calls.add(id=number, request=request("echo", wanted[number]))
        calls.put(message)
    calls.put(
        invocation_pb2.InvokeStreamRequest(
            calls=[
                invocation_pb2.StreamCall(id=5000, request=request("absent", b"1")),
                invocation_pb2.StreamCall(id=5001, request=request("slow", b"1"), timeout_ms=50),
            ]
        )
    )
    calls.put(None)
    refusals = {}
    for message in results:
        for result in message.results:
            if result.WhichOneof("outcome") == "refusal":
                refusals[result.id] = result.refusal
            else:
                assert result.response.payload == wanted.pop(result.id)
    assert not wanted, wanted
    assert refusals[5000].code == "ResourceNotFoundException", refusals
    assert refusals[5001].grpc_code == grpc.StatusCode.DEADLINE_EXCEEDED.value[0], refusals


def package():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("app.py", "def handler(event, context):\n    return event\n")
    return content.getvalue()


def manage(stub, metadata):
    zip_file = package()
    half = len(zip_file) // 2
    settings = function_pb2.FunctionSettings(
        runtime="python3.13", handler="app.handler", role="arn:aws:iam::123456789012:role/r"
    )
    first = function_pb2.CreateFunctionRequest(
        function_name="made", settings=settings, zip_file=zip_file[:half], tags={"a": "b"}
    )
    second = function_pb2.CreateFunctionRequest(zip_file=zip_file[half:])
    created = stub.CreateFunction(iter([first, second]), metadata=metadata).configuration
    assert created.function_name == "made" and created.code_size == len(zip_file), created
    code, info = refused(lambda: stub.CreateFunction(iter([first, second]), metadata=metadata))
    assert code == grpc.StatusCode.ALREADY_EXISTS, code
    assert info.reason == "ResourceConflictException"
    found = stub.GetFunction(
        function_pb2.GetFunctionRequest(function_name="made"), metadata=metadata
    )
    assert found.tags == {"a": "b"} and not found.HasField("reserved_concurrent_executions")
    change = function_pb2.UpdateFunctionConfigurationRequest(
        function_name="made", settings=function_pb2.FunctionSettings(memory_size=256)
    )
    changed = stub.UpdateFunctionConfiguration(change, metadata=metadata).configuration
    assert changed.memory_size == 256 and changed.handler == "app.handler", changed
    change.revision_id = created.revision_id
    code, info = refused(lambda: stub.UpdateFunctionConfiguration(change, metadata=metadata))
    assert code == grpc.StatusCode.ABORTED and info.reason == "PreconditionFailedException"
    version = stub.PublishVersion(
        function_pb2.PublishVersionRequest(function_name="made"), metadata=metadata
    )
    assert version.configuration.version == "1"
    alias = stub.CreateAlias(
        function_pb2.CreateAliasRequest(function_name="made", name="live", function_version="1"),
        metadata=metadata,
    ).alias
    assert alias.alias_arn.endswith(":made:live")
    stub.PutFunctionConcurrency(
        function_pb2.PutFunctionConcurrencyRequest(
            function_name="made", reserved_concurrent_executions=5
        ),
        metadata=metadata,
    )
    listed = stub.ListFunctions(function_pb2.ListFunctionsRequest(), metadata=metadata)
    assert "made" in [each.function_name for each in listed.functions]
    stub.DeleteFunction(function_pb2.DeleteFunctionRequest(function_name="made"), metadata=metadata)
    code, info = refused(
        lambda: stub.GetFunction(
            function_pb2.GetFunctionRequest(function_name="made"), metadata=metadata
        )
    )
    assert code == grpc.StatusCode.NOT_FOUND


def main(address):
    with grpc.insecure_channel(address) as channel:
        invocations = invocation_pb2_grpc.InvocationServiceStub(channel)
        functions = function_pb2_grpc.FunctionServiceStub(channel)
        invoke(invocations)
        parts(invocations)
        stream(invocations)
        manage(functions, None)
        manage(functions, [("ringmaster-account", "210987654321")])
        healthy = health_pb2_grpc.HealthStub(channel).Check(
            health_pb2.HealthCheckRequest(service="ringmaster.v1.InvocationService")
        )
        assert healthy.status == health_pb2.HealthCheckResponse.SERVING
        reflected = ProtoReflectionDescriptorDatabase(channel)
        assert "ringmaster.v1.FunctionService" in reflected.get_services()
        service = DescriptorPool(reflected).FindServiceByName("ringmaster.v1.InvocationService")
        assert [method.name for method in service.methods][0] == "Invoke"
    print("ok")


main(sys.argv[1])
