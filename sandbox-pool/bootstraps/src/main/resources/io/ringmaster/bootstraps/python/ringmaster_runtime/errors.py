"""Error documents and their log lines, in the shapes of AWS's Python client."""

import logging
import os
import time
import traceback

_FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep

NO_BREAK_SPACE = "\u00a0"

UNHANDLED_WARNING = (
    "LAMBDA_WARNING: Unhandled exception. The most likely cause is an issue in the function code. However, in rare cases, a "
    "Lambda runtime update can cause unexpected function behavior. For functions using managed runtimes, runtime updates can "
    "be triggered by a function change, or can be applied automatically. To determine if the runtime has been updated, check "
    "the runtime version in the INIT_START log entry. If this error correlates with a change in the runtime version, you may "
    "be able to mitigate this error by temporarily rolling back to the previous runtime version. For more information, see "
    "https://docs.aws.amazon.com/lambda/latest/dg/runtimes-update.html\r"
)


class RuntimeFault(Exception):
    """An error that the runtime itself finds: the function's fault, but not raised by its code."""

    def __init__(self, error_type, message, stack_trace=()):
        super().__init__(message)
        self.error_type = error_type
        self.message = message
        self.stack_trace = list(stack_trace)


def document(message, error_type, stack_trace, request_id):
    return {
        "errorMessage": message,
        "errorType": error_type,
        "requestId": request_id,
        "stackTrace": stack_trace,
    }


def document_of(error, request_id):
    """The document of an exception, a RuntimeFault or one that function code raised."""
    if isinstance(error, RuntimeFault):
        return document(error.message, error.error_type, error.stack_trace, request_id)
    frames = [(f.filename, f.lineno, f.name, f.line) for f in traceback.extract_tb(error.__traceback__)]
    foreign = [i for i, frame in enumerate(frames) if not frame[0].startswith(_FOLDER)]
    if foreign:  # else the runtime's own call failed, of something that is no function of two arguments
        frames = frames[foreign[0] : foreign[-1] + 1]
    return document(str(error), type(error).__name__, traceback.format_list(frames), request_id)


def foreign_traceback(error):
    """The exception's traceback from the first frame that is not the runtime's."""
    first = error.__traceback__
    while first is not None and first.tb_frame.f_code.co_filename.startswith(_FOLDER):
        first = first.tb_next
    return first or error.__traceback__


def log_text(doc):
    """The text form of an error's log line: one event, so its lines are joined by carriage returns."""
    head = "[ERROR]"
    if doc["errorType"]:
        head += " " + doc["errorType"]
    if doc["errorMessage"]:
        head += (": " if doc["errorType"] else " ") + doc["errorMessage"]
    lines = [head, "Traceback (most recent call last):"]
    for element in doc["stackTrace"]:
        for line in element.splitlines() or [""]:
            bare = line.lstrip(" ")
            lines.append(NO_BREAK_SPACE * (len(line) - len(bare)) + bare)
    return "\r".join(lines) + "\n"


def log_document(doc):
    """The JSON form of an error's log line, before it is encoded."""
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", logging.Formatter.converter(time.time()))
    return {"timestamp": now, "log_level": "ERROR", **doc}
