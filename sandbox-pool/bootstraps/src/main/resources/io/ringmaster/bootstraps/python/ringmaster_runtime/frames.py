"""The inline channel: frames between engine and sandbox process, as the channel's specification has them."""

import fcntl
import os
import struct

BIND, INVOKE, SHUTDOWN, DOORBELL = 1, 2, 3, 4
STARTED, READY, INIT_ERROR, RESPONSE, ERROR, BELL, SKIPPED = 16, 17, 18, 19, 20, 22, 23

# length of the body, kind, flags, zero, sequence
HEADER = struct.Struct("<IBBHQ")

# the header again, then: deadline, request id, lengths of ARN, trace header, client context, identity, tenant id
INVOCATION = struct.Struct("<IBBHQq36sHHIHH")

# the header again, then: log mark, peak resident memory in KiB, zero
ANSWER = struct.Struct("<IBBHQQII")

# Bytes of an ANSWER that belong to the body.
FIGURES = ANSWER.size - HEADER.size

# One read takes a whole small frame; a pipe holds no more than this anyway.
READ_BYTES = 65536

# Where descriptors go that belong to the runtime, so that function code finds 3 and up free as in any process.
_HIGH_DESCRIPTORS = (512, 128, 64, 32, 5)


def move_up(descriptor, close=True):
    """Duplicates a descriptor to a high, close-on-exec number; closes the old one unless told otherwise."""
    for lowest in _HIGH_DESCRIPTORS:
        try:
            moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, lowest)
            break
        except OSError:
            if lowest == _HIGH_DESCRIPTORS[-1]:
                raise
    if close:
        os.close(descriptor)
    return moved


class Channel:
    """Both pipes. Main thread only."""

    def __init__(self, requests, responses):
        self.requests = move_up(requests)
        self.responses = move_up(responses)
        self.rest = b""

    def receive(self):
        """The next frame as bytes, header included; empty when the engine has closed its end."""
        rest, self.rest = self.rest, b""
        return self.complete(rest or os.read(self.requests, READ_BYTES))

    def complete(self, chunk):
        """Makes exactly one frame of what was read: reads on for what is missing, keeps what is too much. A whole one stays as it is."""
        while len(chunk) < HEADER.size:
            more = os.read(self.requests, READ_BYTES)
            if not more:
                return b""
            chunk += more
        size = HEADER.size + HEADER.unpack_from(chunk)[0]
        have = len(chunk)
        if have > size:
            self.rest = chunk[size:]
            return chunk[:size]
        if have < size:
            parts = [chunk]
            while have < size:
                more = os.read(self.requests, min(size - have, 1 << 20))
                if not more:
                    return b""
                parts.append(more)
                have += len(more)
            chunk = b"".join(parts)
        return chunk

    def send(self, kind, body):
        """Sends a frame that belongs to no invocation."""
        self.write(HEADER.pack(len(body), kind, 0, 0, 0) + body)

    def answer(self, kind, sequence, mark, memory_kb, body):
        """Sends the answer to an invocation."""
        head = ANSWER.pack(FIGURES + len(body), kind, 0, 0, sequence, mark, memory_kb, 0)
        self.write(head + body)

    def write(self, data):
        written = os.write(self.responses, data)
        if written != len(data):
            self.finish(data, written)

    def finish(self, data, written):
        """Writes what a first write left over."""
        view = memoryview(data)
        while written < len(data):
            written += os.write(self.responses, view[written:])

    def close(self):
        """For forked children of the function, which must not speak for it."""
        os.close(self.requests)
        os.close(self.responses)
