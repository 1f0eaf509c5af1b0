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

    def __init__(self):
        self.cognito_identity_id = self.cognito_identity_pool_id = None

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

    # What the environment says about the function; the same for all invocations of a process.
    function = ()

    def __init__(self, fields, frame):
        self._fields = fields
        self._frame = frame

    @classmethod
    def bind(cls):
        """Reads the environment once."""
        environ = os.environ.get
        cls.function = (
            environ("AWS_LAMBDA_LOG_GROUP_NAME"),
            environ("AWS_LAMBDA_LOG_STREAM_NAME"),
            environ("AWS_LAMBDA_FUNCTION_NAME"),
            environ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE"),
            environ("AWS_LAMBDA_FUNCTION_VERSION"),
        )

    @property
    def __dict__(self):
        return self._fill() if self._fields is not None else _own_dict(self)

    def __getattr__(self, name):
        if name[:2] != "__" and name not in _Attributes.__slots__ and self._fields is not None:
            values = self._fill()
            if name in values:
                return values[name]
        raise AttributeError("'LambdaContext' object has no attribute '%s'" % name)

    def _fill(self):
        fields, frame = self._fields, self._frame
        if fields is None or frame is None:  # another thread was faster
            return _own_dict(self)
        _, _, _, _, _, deadline, request_id, n_arn, n_trace, n_client, n_identity, n_tenant = fields
        end = _EVENT_OFFSET + n_arn
        arn = frame[_EVENT_OFFSET:end].decode()
        if n_client or n_identity or n_tenant:
            tenant_id, w3c, client_context, identity = _optional(
                frame[end + n_trace :], n_client, n_identity, n_tenant
            )
        else:
            tenant_id, w3c, client_context, identity = None, {}, None, CognitoIdentity()
        log_group, log_stream, name, memory, version = self.function
        values = _own_dict(self)
        set_already = dict(values) if values else None
        values["aws_request_id"] = request_id.decode()
        values["log_group_name"] = log_group
        values["log_stream_name"] = log_stream
        values["function_name"] = name
        values["memory_limit_in_mb"] = memory
        values["function_version"] = version
        values["invoked_function_arn"] = arn
        values["tenant_id"] = tenant_id
        values["_w3c_fields"] = w3c
        values["client_context"] = client_context
        values["identity"] = identity
        values["_epoch_deadline_time_in_ms"] = deadline
        if set_already:
            values.update(set_already)
        self._fields = self._frame = None
        return values

    def __reduce__(self):
        return LambdaContext, (None, None), dict(self.__dict__)

    def check(self):
        """Makes the attributes now: the invocation fails when what came as JSON is none."""
        if self._fields is not None:
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


def _optional(frame, n_client, n_identity, n_tenant):
    """Tenant id, trace fields, client context and identity of an invocation that has at least one of them."""
    end = n_client + n_identity
    client = _parsed(frame[:n_client], "Client Context") if n_client else None
    cognito = _parsed(frame[n_client:end], "Cognito Identity") if n_identity else None
    tenant_id = frame[end : end + n_tenant].decode() if n_tenant else None
    w3c = client.pop("w3c", None) if isinstance(client, dict) else None
    if isinstance(w3c, dict):
        w3c = {name: w3c[name] for name in _W3C_FIELDS if isinstance(w3c.get(name), str)}
    else:
        w3c = {}
    client_context = None
    if client is not None:
        client_context = _filled(ClientContext, client)
        if client_context.client is not None:
            client_context.client = _filled(Client, client_context.client)
    identity = CognitoIdentity()
    if cognito is not None:
        identity.cognito_identity_id = cognito.get("cognitoIdentityId")
        identity.cognito_identity_pool_id = cognito.get("cognitoIdentityPoolId")
    return tenant_id, w3c, client_context, identity


def _parsed(text, name):
    try:
        return json.loads(text)
    except Exception as e:
        raise RuntimeFault(
            "Runtime.LambdaContextUnmarshalError", "Unable to parse {} JSON: {}".format(name, e)
        ) from None
