package io.ringmaster.lambdahttp;

import io.netty.util.AsciiString;

/** Headers of a request, whichever version of HTTP they came by. */
@FunctionalInterface
interface Headers {
  AsciiString AUTHORIZATION = AsciiString.cached("authorization");
  AsciiString CLIENT_CONTEXT = AsciiString.cached("x-amz-client-context");
  AsciiString CONTENT_TYPE = AsciiString.cached("content-type");
  AsciiString DETAILS = AsciiString.cached("x-ringmaster-details");
  AsciiString DURABLE_NAME = AsciiString.cached("x-amz-durable-execution-name");
  AsciiString HOST = AsciiString.cached("host");
  AsciiString INVOCATION_TYPE = AsciiString.cached("x-amz-invocation-type");
  AsciiString LOG_TYPE = AsciiString.cached("x-amz-log-type");
  AsciiString TENANT = AsciiString.cached("x-amz-tenant-id");
  AsciiString USER_AGENT = AsciiString.cached("user-agent");
  AsciiString TRACE = AsciiString.cached("x-amzn-trace-id");

  /** Its first value; null: none. */
  String get(CharSequence name);
}
