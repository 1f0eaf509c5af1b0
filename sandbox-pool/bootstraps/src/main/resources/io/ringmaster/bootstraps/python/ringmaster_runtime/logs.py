"""Standard output, standard error and the logging module, as records on the log pipe.

A record is one event of the log: a line that was printed, or what one call of the logging module gave, however many lines that
has. Output that does not end in a newline waits for its end: for more output, for a flush, for the end of the invocation or of
the process.
"""

import errno
import io
import json
import logging
import os
import select
import struct
import sys
import threading
import time
import traceback

# AWS's frame type for text without a level, big-endian; length; microseconds since the epoch.
_HEADER = struct.Struct("<4sIQ")
_TYPE = b"\xa5\x5a\x00\x03"

# The same for each level: none, TRACE, DEBUG, INFO, WARN, ERROR, FATAL.
_TYPES = tuple(bytes((0xA5, 0x5A, 0, level << 2 | 3)) for level in range(7))
ERROR_TYPE = _TYPES[5]

# The log pipe is gone: no try helps.
_BROKEN = (errno.EPIPE, errno.EBADF, errno.EIO)
_TEXT_MAX = 65536
_WRITE_MAX = 1 << 16


class LogPipe:
    """Writes records. Any thread; the lock keeps records whole that are longer than the pipe's atomic size."""

    def __init__(self):
        self.descriptor = -1
        self.mark = 0  # framed bytes so far
        self.framed = True  # false in a forked child, whose output is nobody's record
        self.pending = False  # a stream holds text without a newline
        self.loading = True  # what is written belongs to init
        self.request_id = b""  # of the running invocation, else of the last one
        self.tenant_id = None
        self.lock = threading.RLock()
        self.writing = False  # by whoever has the lock
        self.waiting = []  # what signal handlers logged meanwhile
        self.stdout = _Stream(self, 1, "<stdout>", "surrogateescape")
        self.stderr = _Stream(self, 2, "<stderr>", "backslashreplace")

    def open(self, descriptor):
        """Begins to write there, and replaces the standard streams."""
        self.descriptor = descriptor
        sys.stdout = sys.__stdout__ = self.stdout
        sys.stderr = sys.__stderr__ = self.stderr

    def record(self, text, kind=_TYPE):
        """One event, unless it is empty: an empty record has a meaning of its own."""
        if not self.framed:
            self._write(text)
        elif len(text) > _TEXT_MAX:
            self._records((text[i : i + _TEXT_MAX] for i in range(0, len(text), _TEXT_MAX)), kind)
        elif text:
            self._records((text,), kind)

    def lines(self, text):
        """One event per line."""
        if not self.framed:
            self._write(text)
        elif len(text) > _TEXT_MAX or text.find(b"\n", 0, -1) >= 0:
            self._records(_pieces(text))
        elif text:
            self._records((text,))

    def _records(self, texts, kind=_TYPE):
        raised = None
        with self.lock:
            if self.writing:  # by a signal's handler, inside of a record: written after that, or with the next flush
                self.waiting.append((texts, kind))
                self.pending = True
                return
            self.writing = True
            try:
                while True:
                    try:
                        self._batches(texts, kind)
                    except BaseException as e:
                        raised = e
                    if not self.waiting:
                        break
                    texts, kind = self.waiting.pop(0)
            finally:
                self.writing = False
        if raised is not None:
            raise raised

    def _batches(self, texts, kind):
        now = time.time_ns() // 1000
        # An empty record tells where output of init begins.
        batch = _HEADER.pack(_TYPE, 0, now) if self.loading and not self.mark else b""
        for text in texts:
            batch += _HEADER.pack(kind, len(text), now) + text
            if len(batch) > _WRITE_MAX:
                self._write(batch)
                batch = b""
        if batch:
            self._write(batch)

    def _write(self, data):
        """All of it: half a record would make nonsense of what follows. What a signal's handler raises is raised afterwards."""
        size = len(data)
        full = False
        raised = None
        while data:
            try:
                if full:
                    self._await_room()
                    full = False
                # A loop and no call: so no handler runs between what is written and the count of it (from Python 3.11 on).
                for written in map(os.write, (self.descriptor,), (data,)):
                    data = data[written:]
                    self.mark += written
            except BlockingIOError:  # a child process shares the pipe and has made it non-blocking
                full = True
            except BaseException as e:
                if len(data) == size or isinstance(e, OSError) and e.errno in _BROKEN:
                    raise
                raised = e
        if raised is not None:
            raise raised

    def _await_room(self):
        poll = select.poll()
        poll.register(self.descriptor, select.POLLOUT)
        poll.poll()

    def flush(self):
        """Sends text that still waits for its newline."""
        self.pending = False
        self.stdout.flush()
        self.stderr.flush()
        if self.waiting:
            self._records(*self.waiting.pop(0))

    def loaded(self):
        """Init is over; if it wrote anything, an empty record tells where that ends."""
        self.loading = False
        if self.mark:
            self._records((b"",))

    def after_fork(self):
        """In a forked child of the function. Another thread may have held the lock."""
        self.lock = threading.RLock()
        self.writing = False
        self.waiting = []
        self.framed = False


def _pieces(text):
    """Lines with their newlines; those that are too long in pieces."""
    start = 0
    while start < len(text):
        end = text.find(b"\n", start, start + _TEXT_MAX) + 1
        if not end:
            end = min(start + _TEXT_MAX, len(text))
        yield text[start:end]
        start = end


class _RecordFile(io.RawIOBase):
    """What looks like descriptor 1 or 2 and writes records."""

    def __init__(self, pipe, descriptor, name):
        super().__init__()
        self._pipe = pipe
        self._descriptor = descriptor
        self.name = name
        self.mode = "wb"

    def writable(self):
        return True

    def fileno(self):
        return self._descriptor

    def isatty(self):
        return False

    def write(self, data):
        self._pipe.lines(bytes(data))
        return len(data)


class _Stream(io.TextIOWrapper):
    """A standard stream that sends every line at once, and knows whether it holds a part of one."""

    def __init__(self, pipe, descriptor, name, errors):
        raw = _RecordFile(pipe, descriptor, name)
        super().__init__(io.BufferedWriter(raw, _TEXT_MAX), "utf-8", errors, newline="\n", line_buffering=True)
        self._pipe = pipe
        self.mode = "w"

    def write(self, text):
        end = text.rfind("\n") + 1 if isinstance(text, str) else 0
        if not end or end < len(text):
            written = super().write(text[:end]) if end else 0
            written += super().write(text[end:] if end else text)
            self._pipe.pending = True
            return written
        return super().write(text)


class LogSink:
    """Where the logging handler writes; function code reaches it as ``handler.log_sink``."""

    def __init__(self, pipe):
        self._pipe = pipe

    def log(self, msg, frame_type=None):
        if self._pipe.pending:
            self._pipe.flush()
        kind = frame_type if frame_type in _TYPES else _TYPE
        self._pipe.record(msg.encode("utf-8", "backslashreplace"), kind)


class LambdaLoggerHandler(logging.Handler):
    def __init__(self, log_sink):
        super().__init__()
        self.log_sink = log_sink

    def emit(self, record):
        level = min(record.levelno // 10, 5) + 1 if record.levelno > 0 else 0
        self.log_sink.log(self.format(record), _TYPES[level])


class LambdaLoggerFilter(logging.Filter):
    """Gives each log record the running invocation's request id and tenant id."""

    def __init__(self, pipe):
        super().__init__()
        self._pipe = pipe

    def filter(self, record):
        record.aws_request_id = self._pipe.request_id.decode("ascii")
        record.tenant_id = self._pipe.tenant_id
        return True


_OWN_FIELDS = frozenset(vars(logging.LogRecord("", 0, "", 0, "", None, None))) - {"taskName"} | {
    "aws_request_id",
    "tenant_id",
}


class JsonFormatter(logging.Formatter):
    """One JSON object per record, with AWS's keys in AWS's order; what the caller added follows."""

    _encode = json.JSONEncoder(ensure_ascii=False, default=str).encode

    def __init__(self):
        super().__init__(datefmt="%Y-%m-%dT%H:%M:%SZ")

    def format(self, record):
        record.levelno = min(50, max(0, record.levelno)) // 10 * 10
        record.levelname = logging.getLevelName(record.levelno)
        error = record.exc_info
        fields = {
            "timestamp": self.formatTime(record, self.datefmt),
            "level": record.levelname,
            "message": record.msg if isinstance(record.msg, dict) and not record.args else record.getMessage(),
            "logger": record.name,
            "stackTrace": traceback.format_tb(error[2]) if error else None,
            "errorType": error[0].__name__ if error else None,
            "errorMessage": str(error[1]) if error else None,
            "requestId": getattr(record, "aws_request_id", None),
            "location": "%s:%s:%s" % (record.pathname, record.funcName, record.lineno) if error else None,
        }
        tenant_id = getattr(record, "tenant_id", None)
        if tenant_id is not None:
            fields["tenantId"] = tenant_id
        for name, value in vars(record).items():
            if name not in _OWN_FIELDS and name not in fields:
                fields[name] = value
        return self._encode({name: value for name, value in fields.items() if value is not None}) + "\n"


def set_up_logging(pipe):
    """Gives the root logger the handler that functions on AWS find there; returns it, set up for text."""
    logging.Formatter.converter = time.gmtime
    handler = LambdaLoggerHandler(LogSink(pipe))
    handler.setFormatter(
        logging.Formatter(
            "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s\n", "%Y-%m-%dT%H:%M:%S"
        )
    )
    handler.addFilter(LambdaLoggerFilter(pipe))
    logging.getLogger().addHandler(handler)
    return handler


def configure(handler, as_json, level):
    """Applies the function's logging configuration."""
    if as_json:
        handler.setFormatter(JsonFormatter())
    level = {"TRACE": "DEBUG"}.get(level, level).upper()
    if level in logging._nameToLevel:
        logging.getLogger().setLevel(level)
