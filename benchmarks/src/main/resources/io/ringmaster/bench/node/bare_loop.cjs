'use strict';
// The floor of invoke.* and cold.*: what any Node runtime must do for each invocation, in a bare loop.
//
// Frames as in the inline channel (tools/docs/channel.md) on descriptors 0 and 1: first STARTED, then BIND comes. Per invocation:
// read, decode the event, make the context object, call the handler and await it, encode its answer, write; each by the fastest
// means that Node has. No logs, no limits, no errors, no turn of the event loop.

const fs = require('fs');
const path = require('path');

const BUFFER_BYTES = 65536;
const INVOCATION_BYTES = 72;
const ANSWER_BYTES = 32;
const KIND_STARTED = 16;
const KIND_RESPONSE = 19;
const WORD = 0x100000000;

/** What is the same for all invocations belongs to the prototype. */
class Context {
  constructor(requestId, arn, deadlineMs) {
    this.awsRequestId = requestId;
    this.invokedFunctionArn = arn;
    this.deadlineMs = deadlineMs;
  }

  getRemainingTimeInMillis() {
    return this.deadlineMs - Date.now();
  }
}

function load(bind) {
  Object.assign(Context.prototype, {
    functionName: bind.functionName,
    functionVersion: bind.functionVersion,
    memoryLimitInMB: bind.memoryMb,
    logGroupName: bind.logGroup,
    logStreamName: bind.logStream,
  });
  const [module, name] = bind.handler.split('.');
  return require(path.join(bind.code, module))[name];
}

async function run() {
  const data = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  const words = new Uint32Array(data.buffer);
  const out = Buffer.alloc(BUFFER_BYTES);
  const answer = new Uint32Array(out.buffer);
  answer[1] = KIND_STARTED;
  fs.writeSync(1, out, 0, 16, null);
  let filled = fs.readSync(0, data, 0, BUFFER_BYTES, null);
  const first = 16 + words[0];
  const handler = load(JSON.parse(data.utf8Slice(16, first)));
  data.copyWithin(0, first, filled);
  filled -= first;
  answer[1] = KIND_RESPONSE;
  for (;;) {
    while (filled < INVOCATION_BYTES || filled < 16 + words[0]) {
      const bytes = fs.readSync(0, data, filled, BUFFER_BYTES - filled, null);
      if (bytes === 0) {
        return;
      }
      filled += bytes;
    }
    const arn = INVOCATION_BYTES + (words[15] & 0xffff);
    const start = arn + (words[15] >>> 16) + words[16] + (words[17] & 0xffff) + (words[17] >>> 16);
    const context = new Context(data.latin1Slice(24, 60), data.utf8Slice(INVOCATION_BYTES, arn), words[4] + words[5] * WORD);
    const event = JSON.parse(data.utf8Slice(start, 16 + words[0]));
    answer[2] = words[2];
    answer[3] = words[3];
    filled = 0;
    const bytes = out.write(JSON.stringify(await handler(event, context)), ANSWER_BYTES);
    answer[0] = ANSWER_BYTES - 16 + bytes;
    fs.writeSync(1, out, 0, ANSWER_BYTES + bytes, null);
  }
}

run();
