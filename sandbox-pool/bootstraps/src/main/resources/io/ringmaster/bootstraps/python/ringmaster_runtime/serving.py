"""The life of a sandbox process: started, bound, ready, then one invocation after the other.

Main thread. The loop below is the warm path: names are bound once, a small request is one read, its answer one write.
"""

import atexit
import decimal  # noqa: F401 - preloaded: answers may hold decimals
import json
import logging
import os
import resource
import signal
import sys
import threading
import time

from . import errors, frames, loading, logs, marshalling, segment
from .context import LambdaContext

RESPONSE_MAX = 6291556
_TOO_LARGE = (
    b'{"errorMessage":"Response payload size exceeded maximum allowed payload size (6291556 bytes).",'
    b'"errorType":"Function.ResponseSizeTooLarge"}'
)
_MEMORY_INTERVAL_S = 0.1
_PEAK_SLACK_KB = 512
_TRACE_VARIABLE = "_X_AMZN_TRACE_ID"
_RAW_TEXT_FROM = (3, 12)
_POST_FAILED = "LAMBDA_RUNTIME Failed to post handler success response. Http response code: 413."

# EX_SOFTWARE: the engine broke the channel's protocol.
_PROTOCOL_STATUS = 70

# Looks like the fields of a frame that is not whole.
_NO_FIELDS = (-1, 0)


# Made once, in the template process: a fork shares what it need not make.
_pipe = logs.LogPipe()
_log_handler = logs.set_up_logging(_pipe)


def main(requests, responses, log, awaited):
    """Never returns. What needs no function is done before the process says that it waits for one, unless one waits for it."""
    pipe = _pipe
    channel = frames.Channel(requests, responses)
    shared = segment.open_segment(channel)
    pipe.open(frames.move_up(log, close=False))
    sandbox = Sandbox(channel, shared, pipe, _log_handler)
    if not awaited:
        rehearse()
    sandbox.inherited = loading.clear_environment()
    started = {"pid": os.getpid(), "version": "%d.%d.%d" % sys.version_info[:3]}
    channel.send(frames.STARTED, json.dumps(started).encode())
    frame = channel.receive()
    kind = frames.HEADER.unpack_from(frame)[1] if frame else frames.SHUTDOWN
    if kind == frames.SHUTDOWN:
        os._exit(0)
    if kind != frames.BIND:
        os._exit(_PROTOCOL_STATUS)
    try:
        sandbox.run(frame[frames.HEADER.size :])
        status = 0
    except BaseException as e:
        status = _status_of(e)
    _leave(status, pipe)


def rehearse():
    """Does once what a cold start does and costs most.

    In the template process it fills caches that all sandboxes then share. In a forked process the first write to each page copies
    the page; whatever these steps touch is copied here, before there is anybody who waits. Halves the time from BIND to READY, and
    costs a process a third of what it costs to make: one that is made while somebody waits is bound without.
    """
    loading.rehearse()
    marshalling.make_encoder(True)[0](json.loads('{"a": {"b": ["c", 1, 2.5, null]}}'), 0)
    frame = bytes(frames.INVOCATION.size)
    context = LambdaContext(frames.INVOCATION.unpack_from(frame), frame)
    LambdaContext.bind()
    context.check()


def _status_of(error):
    """Tells of an exception that nobody caught as the interpreter does; the exit status, negative: the signal to die of."""
    try:
        return _reported(error)
    except BaseException:  # standard error or the exception hook is the function's, and broken
        return 1


def _reported(error):
    if isinstance(error, SystemExit):
        code = error.code
        if code is None:
            return 0
        if isinstance(code, int):
            return code & 0xFF
        print(code, file=sys.stderr)
        return 1
    error.__traceback__ = errors.foreign_traceback(error)
    sys.excepthook(type(error), error, error.__traceback__)
    return -signal.SIGINT if isinstance(error, KeyboardInterrupt) else 1


def _leave(status, pipe):
    """Ends the process as an interpreter ends: waits for threads, runs exit hooks, flushes."""
    try:
        threading._shutdown()
        atexit._run_exitfuncs()
        pipe.flush()
    finally:
        if status < 0:
            signal.signal(-status, signal.SIG_DFL)
            os.kill(os.getpid(), -status)
        os._exit(status)


class Sandbox:
    """One function version in this process."""

    def __init__(self, channel, shared, pipe, log_handler):
        self.channel = channel
        self.segment = shared or segment.NoSegment()
        self.pipe = pipe
        self.log_handler = log_handler
        self.json_logs = False
        self.ascii_only = True
        self.forked = False
        self.inherited = {}
        self.memory_kb = 0
        self.peak_kb = _peak_source()
        os.register_at_fork(after_in_child=self._after_fork)

    def run(self, body):
        started = time.monotonic_ns()
        binding = json.loads(body)
        if binding.get("segment") != segment.BYTES:
            self.segment = segment.NoSegment()
        self.ascii_only = _minor(binding["runtime"]) < _RAW_TEXT_FROM
        self.json_logs = binding.get("logFormat") == "JSON"
        logs.configure(self.log_handler, self.json_logs, binding.get("logLevel", ""))
        sdk = binding.get("sdk")
        loading.enter(
            binding["code"],
            binding.get("environment", self.inherited),
            loading.layer_folders(binding.get("layers"), binding["runtime"]),
            sdk + "/python" if sdk else None,
        )
        LambdaContext.bind()
        handler = self._load(binding["handler"])
        self.pipe.loaded()
        self.channel.send(frames.READY, (time.monotonic_ns() - started).to_bytes(8, "little"))
        if binding.get("raw"):
            self._serve_raw(handler)
        else:
            self._serve(handler)

    def _load(self, name):
        try:
            return loading.load(name)
        except Exception as e:
            document = errors.document_of(e, "")
            logging.warning(errors.UNHANDLED_WARNING)
            self._log_error(document)
            self._flush()
            body = self._encoded(document)
            self.channel.send(frames.INIT_ERROR, body if len(body) <= RESPONSE_MAX else _TOO_LARGE)
            sys.exit(1)
        finally:
            self._flush()

    def _after_fork(self):
        """In a forked child of the function, and in children of that: the descriptors are closed once."""
        self.pipe.after_fork()
        if not self.forked:
            self.forked = True
            self.channel.close()

    def _flush(self):
        if self.pipe.pending:
            self.pipe.flush()

    def _log_error(self, document):
        sink = self.log_handler.log_sink
        if self.json_logs:
            text = marshalling.marshal(errors.log_document(document), self.ascii_only) + "\n"
        else:
            text = errors.log_text(document)
        sink.log(text, logs.ERROR_TYPE)

    def _encoded(self, document):
        return marshalling.marshal(document, self.ascii_only).encode()

    def _serve(self, handler):
        """The warm path."""
        channel, pipe, read, write, clock = self.channel, self.pipe, os.read, os.write, time.monotonic
        requests, responses, shared = channel.requests, channel.responses, self.segment
        words, polled, slot_bytes, served = shared.words, segment.ENGINE_POLLING, segment.SLOT_BYTES, 0
        unpack, pack = frames.INVOCATION.unpack_from, frames.ANSWER.pack
        scan, new_context = marshalling.decoder.scan_once, LambdaContext
        encode, markers = marshalling.make_encoder(self.ascii_only)
        holds_records, join = marshalling.holds_records, "".join
        variables, trace_variable, measure_at = os.environ._data, os.environ.encodekey(_TRACE_VARIABLE), 0.0
        while True:
            frame = event = context = answer = text = body = data = None  # what the function gave away is freed now
            frame = shared.next(served) if shared.polling else channel.receive() if channel.rest else read(requests, 65536)
            fields = unpack(frame) if len(frame) >= 72 else _NO_FIELDS
            if fields[0] + 16 != len(frame) or fields[1] != 2:
                frame = self._invocation(frame, served)
                fields = unpack(frame)
            served += 1
            _, _, _, _, sequence, _, pipe.request_id, n_arn, n_trace, n_client, n_identity, n_tenant = fields
            start = 72 + n_arn + n_trace + n_client + n_identity + n_tenant
            if n_trace or trace_variable in variables:
                self._set_trace(frame[72 + n_arn : 72 + n_arn + n_trace])
            pipe.tenant_id = frame[start - n_tenant : start].decode() if n_tenant else None
            try:
                context = new_context(fields, frame if len(frame) < 4096 else frame[:start])
                if n_client or n_identity:
                    context.check()
                try:
                    text = str(frame[start:], "utf-8")
                    event, end = scan(text, 0)
                    if end != len(text) and not marshalling.is_blank(text, end):
                        raise ValueError
                except Exception:
                    event = marshalling.unmarshal(frame[start:])
                answer = handler(event, context)
                if isinstance(answer, bytes):
                    body = answer
                else:
                    try:
                        text = join(encode(answer, 0))
                        if "[" in text and holds_records(answer):
                            text = self._marshal(answer)
                    except Exception:
                        markers.clear()
                        text = self._marshal(answer)
            except Exception as e:
                self._fail(e, fields)
                continue
            if body is None:
                body = text.encode()
            if pipe.pending:
                pipe.flush()
            now = clock()
            memory_kb = 0
            if now >= measure_at:
                memory_kb, measure_at = self._memory_kb(), now + _MEMORY_INTERVAL_S
            if self.forked or len(body) > RESPONSE_MAX:
                self._answer(frames.RESPONSE, sequence, body)
                continue
            data = pack(len(body) + 16, 19, 0, 0, sequence, pipe.mark, memory_kb, 0) + body
            looks = words[polled]
            if looks and (looks == 1 or looks == shared.woken) and len(data) <= slot_bytes:
                shared.send(data)
                continue
            if looks:
                shared.wakes(looks)
            if shared.polling:
                shared.rest()
            written = write(responses, data)
            if written != len(data):
                channel.finish(data, written)

    def _serve_raw(self, handler):
        """For benchmarks of the channel: bytes in, bytes out."""
        channel, read, write = self.channel, os.read, os.write
        requests, responses, shared = channel.requests, channel.responses, self.segment
        words, polled, slot_bytes, served = shared.words, segment.ENGINE_POLLING, segment.SLOT_BYTES, 0
        unpack, pack = frames.INVOCATION.unpack_from, frames.ANSWER.pack
        while True:
            frame = shared.next(served) if shared.polling else channel.receive() if channel.rest else read(requests, 65536)
            fields = unpack(frame) if len(frame) >= 72 else _NO_FIELDS
            if fields[0] + 16 != len(frame) or fields[1] != 2:
                frame = self._invocation(frame, served)
                fields = unpack(frame)
            served += 1
            body = handler(frame[72 + sum(fields[7:]) :])
            data = pack(len(body) + 16, 19, 0, 0, fields[4], self.pipe.mark, 0, 0) + body
            looks = words[polled]
            if looks and (looks == 1 or looks == shared.woken) and len(data) <= slot_bytes:
                shared.send(data)
                continue
            if looks:
                shared.wakes(looks)
            if shared.polling:
                shared.rest()
            written = write(responses, data)
            if written != len(data):
                channel.finish(data, written)

    def _invocation(self, frame, served):
        """Makes a whole INVOKE frame of what was read. Ends the process when the engine says so or is gone."""
        while True:
            frame = self.channel.complete(frame) if frame else frame
            if not frame:
                os._exit(0)
            kind = frames.HEADER.unpack_from(frame)[1]
            if kind == frames.INVOKE:
                return frame
            if kind == frames.SHUTDOWN:
                sys.exit(0)
            if kind != frames.DOORBELL or not isinstance(self.segment, segment.Segment):
                os._exit(_PROTOCOL_STATUS)
            frame = self.segment.rung(served) or self.segment.next(served)

    @staticmethod
    def _set_trace(trace):
        """Gives the invocation's trace header to the environment, and none where it has none."""
        environ = os.environ
        if not trace:
            environ.pop(_TRACE_VARIABLE, None)
        elif environ.get(_TRACE_VARIABLE) != trace.decode():
            environ[_TRACE_VARIABLE] = trace.decode()

    def _marshal(self, answer):
        """Encodes what the compiled encoder cannot, or cannot as AWS's client does."""
        try:
            return marshalling.marshal(answer, self.ascii_only)
        except Exception as e:
            raise errors.RuntimeFault("Runtime.MarshalError", "Unable to marshal response: {}".format(e)) from None

    def _fail(self, error, fields):
        document = errors.document_of(error, fields[6].decode())
        self._flush()
        self._log_error(document)
        self._answer(frames.ERROR, fields[4], self._encoded(document))

    def _answer(self, kind, sequence, body):
        """Answers off the warm path."""
        self._flush()
        if self.forked:
            os._exit(0)
        if len(body) > RESPONSE_MAX:
            kind, body = frames.ERROR, _TOO_LARGE
            self.log_handler.log_sink.log("[ERROR] [%d] %s\n" % (time.time() * 1000, _POST_FAILED))
        self.channel.answer(kind, sequence, self.pipe.mark, self._memory_kb(), body)

    def _memory_kb(self):
        """Peak resident memory if it has grown since it was last told, else 0."""
        peak = self.peak_kb()
        if peak == self.memory_kb:
            return 0
        self.memory_kb = peak
        return peak


def _peak_by_usage():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _peak_by_status():
    descriptor = os.open("/proc/self/status", os.O_RDONLY | os.O_CLOEXEC)
    try:
        status = os.read(descriptor, 8192)
    finally:
        os.close(descriptor)
    return int(status.partition(b"VmHWM:")[2].split(None, 1)[0])


def _peak_source():
    """How this process can know its peak memory.

    getrusage is twenty times cheaper, but a process that was spawned and not forked inherits its parent's peak there.
    """
    try:
        if _peak_by_usage() <= _peak_by_status() + _PEAK_SLACK_KB:
            return _peak_by_usage
        return _peak_by_status
    except (OSError, ValueError, IndexError):  # no /proc here
        return _peak_by_usage


def _minor(runtime):
    """The version in a runtime identifier such as python3.12."""
    digits = runtime[len("python") :].split(".")
    try:
        return tuple(int(part) for part in digits)
    except ValueError:
        return sys.version_info[:2]
