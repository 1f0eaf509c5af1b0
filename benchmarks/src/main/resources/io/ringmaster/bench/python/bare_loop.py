"""The floor of invoke.* and cold.*: what any Python runtime must do for each invocation, in a bare loop.

Frames as in the inline channel (tools/docs/channel.md) on descriptors 0 and 1: first STARTED, then BIND comes. Per invocation:
read, decode the event, make the context object, call the handler, encode its answer, write; each by the fastest means that
CPython has. No logs, no limits, no errors. With a file as argument invocations come and go in shared memory (SharedSlots.java says
how), each a byte on descriptor 0 ahead when nobody looked there for a while.
"""

import importlib
import json
import mmap
import os
import struct
import sys
import time
from json.encoder import c_make_encoder, encode_basestring

HEADER = struct.Struct("<IBBHQ")
INVOCATION = struct.Struct("<IBBHQq36sHHIHH")
ANSWER = struct.Struct("<IBBHQQII")
KIND_STARTED = 16
KIND_RESPONSE = 19
FIGURES = 16
LOOKS_MAX = 1 << 27


class Context:
    """What is the same for all invocations belongs to the class."""

    __slots__ = ("aws_request_id", "invoked_function_arn", "deadline")
    client_context = None
    identity = None
    tenant_id = None

    def get_remaining_time_in_millis(self):
        return max(0, self.deadline - int(time.time() * 1000))


class Memory:
    """Two slots each way, as long as the other side looks into them too; it always does while an invocation is under way."""

    def __init__(self, path):
        with open(path, "r+b") as file:
            self.slots = mmap.mmap(file.fileno(), 0)
        self.words = memoryview(self.slots)[:4096].cast("Q")
        self.number = 0

    def read(self, descriptor, _):
        words = self.words
        number = self.number = self.number + 1
        looks = 0
        while words[16] < number:
            looks += 1
            if looks > LOOKS_MAX or not words[17] and not os.read(descriptor, 1):
                sys.exit()  # nobody is there any more
        start = 4096 + (number & 1) * 4096
        return self.slots[start : start + 512]

    def write(self, _, data):
        start = 12288 + (self.number & 1) * 4096
        self.slots[start : start + len(data)] = data
        self.words[32] = self.number


def load(bind):
    Context.log_group_name = bind["logGroup"]
    Context.log_stream_name = bind["logStream"]
    Context.function_name = bind["functionName"]
    Context.memory_limit_in_mb = bind["memoryMb"]
    Context.function_version = bind["functionVersion"]
    sys.path.insert(0, bind["code"])
    module, name = bind["handler"].rsplit(".", 1)
    return getattr(importlib.import_module(module), name)


def run():
    read, write = os.read, os.write
    unpack, pack = INVOCATION.unpack_from, ANSWER.pack
    write(1, HEADER.pack(0, KIND_STARTED, 0, 0, 0))
    data = read(0, 65536)
    length = HEADER.unpack_from(data)[0]
    bind = json.loads(data[16 : 16 + length])
    handler = load(bind)
    data = data[16 + length :]
    decode = json.JSONDecoder().scan_once
    if len(sys.argv) > 1:
        memory = Memory(sys.argv[1])
        read, write = memory.read, memory.write
        data = b""  # a byte may have come with BIND
    encode = c_make_encoder(None, None, encode_basestring, None, ": ", ", ", False, False, True)
    while True:
        if not data:
            data = read(0, 65536)
            if not data:
                return
        length, _, _, _, sequence, deadline, request_id, arn, trace, client, cognito, tenant = unpack(data)
        while len(data) < 16 + length:
            data += read(0, 65536)
        context = Context()
        context.aws_request_id = str(request_id, "ascii")
        context.invoked_function_arn = str(data[72 : 72 + arn], "utf-8")
        context.deadline = deadline
        event, _ = decode(str(data[72 + arn + trace + client + cognito + tenant : 16 + length], "utf-8"), 0)
        answer = "".join(encode(handler(event, context), 0)).encode()
        write(1, pack(FIGURES + len(answer), KIND_RESPONSE, 0, 0, sequence, 0, 0, 0) + answer)
        data = b""


run()
