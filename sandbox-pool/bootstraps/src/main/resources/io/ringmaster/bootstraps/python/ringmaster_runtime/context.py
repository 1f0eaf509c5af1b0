"""The context object that a handler gets, with the attributes of AWS's."""

import json
import logging
import os
import sys
import time

from .errors import RuntimeFault

_W3C_FIELDS = ("traceparent", "tracestate", "baggage")
_EVENT_OFFSET = 72


def _filled(record_class, values):
    record = record_class()
    for name in record_class.__slots__:
        setattr(record, name, values.get(name))
    return record


def _shown(record, names):
    return "%s([%s])" % (type(record).__name__, ",".join("%s=%s" % (name, getattr(record, name)) for name in names))


class CognitoIdentity:
    __slots__ = ("cognito_identity_id", "cognito_identity_pool_id")

    def __repr__(self):
        return _shown(self, self.__slots__)


class Client:
    __slots__ = ("installation_id", "app_title", "app_version_name", "app_version_code", "app_package_name")

    def __repr__(self):
        return _shown(self, self.__slots__)


class ClientContext:
    __slots__ = ("custom", "env", "client")

    def __repr__(self):
        return _shown(self, self.__slots__)


class _Attributes:
    __slots__ = ("_fields", "_frame", "__dict__")


_own_dict = _Attributes.__dict__["__dict__"].__get__


class LambdaContext(_Attributes):
    """Holds the frame's fields and makes the attributes from them when one is first looked at: most handlers never do."""

    __slots__ = ()

    def __init__(self, fields, frame):
        self._fields = fields
        self._frame = frame

    @property
    def __dict__(self):
        self._fill()
        return _own_dict(self)

    def __getattr__(self, name):
        self._fill()
        try:
            return _own_dict(self)[name]
        except KeyError:
            raise AttributeError("'LambdaContext' object has no attribute '%s'" % name) from None

    def _fill(self):
        fields = self._fields
        if fields is None:
            return
        texts = self._texts(fields)
        client_context = _parsed(texts[2], "Client Context") if texts[2] else None
        identity = _parsed(texts[3], "Cognito Identity") if texts[3] else None
        w3c = client_context.pop("w3c", None) if isinstance(client_context, dict) else None
        environ = os.environ.get
        values = {
            "aws_request_id": fields[6].decode("ascii"),
            "log_group_name": environ("AWS_LAMBDA_LOG_GROUP_NAME"),
            "log_stream_name": environ("AWS_LAMBDA_LOG_STREAM_NAME"),
            "function_name": environ("AWS_LAMBDA_FUNCTION_NAME"),
            "memory_limit_in_mb": environ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE"),
            "function_version": environ("AWS_LAMBDA_FUNCTION_VERSION"),
            "invoked_function_arn": texts[0],
            "tenant_id": texts[4] or None,
            "_w3c_fields": {
                name: w3c[name] for name in _W3C_FIELDS if isinstance(w3c, dict) and isinstance(w3c.get(name), str)
            },
            "client_context": None,
            "identity": _filled(CognitoIdentity, {}),
            "_epoch_deadline_time_in_ms": fields[5],
        }
        if client_context is not None:
            made = values["client_context"] = _filled(ClientContext, client_context)
            if made.client is not None:
                made.client = _filled(Client, made.client)
        if identity is not None:
            values["identity"].cognito_identity_id = identity.get("cognitoIdentityId")
            values["identity"].cognito_identity_pool_id = identity.get("cognitoIdentityPoolId")
        values.update(_own_dict(self))  # what the function has set itself wins
        _own_dict(self).update(values)
        self._fields = self._frame = None

    def _texts(self, fields):
        """ARN, trace header, client context, identity and tenant id."""
        texts = []
        start = _EVENT_OFFSET
        for length in fields[7:12]:
            texts.append(str(self._frame[start : start + length], "utf-8"))
            start += length
        return texts

    def check(self):
        """Makes the attributes now: the invocation fails when what came as JSON is none."""
        self._fill()

    def get_remaining_time_in_millis(self):
        fields = self._fields
        deadline = self._epoch_deadline_time_in_ms if fields is None else fields[5]
        return max(deadline - int(time.time() * 1000), 0)

    def w3c(self):
        return dict(self._w3c_fields)

    def log(self, msg):
        for handler in logging.getLogger().handlers:
            if hasattr(handler, "log_sink"):
                handler.log_sink.log(str(msg))
                return
        sys.stdout.write(str(msg))

    def __repr__(self):
        return _shown(
            self,
            (
                "aws_request_id",
                "log_group_name",
                "log_stream_name",
                "function_name",
                "memory_limit_in_mb",
                "function_version",
                "invoked_function_arn",
                "client_context",
                "identity",
                "tenant_id",
            ),
        )


def _parsed(text, name):
    try:
        return json.loads(text)
    except Exception as e:
        raise RuntimeFault(
            "Runtime.LambdaContextUnmarshalError", "Unable to parse {} JSON: {}".format(name, e)
        ) from None
