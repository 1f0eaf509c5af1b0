'use strict';
// Invocations as from nodejs24.x on: the handler's result is awaited, and what nobody catches ends the process as Node ends it.

const { modernContext } = require('./context.cjs');
const { fault } = require('./errors.cjs');
const { ResponseStream } = require('./streaming.cjs');

const INIT_FAILED_STATUS = 1;

/** What a handler is called on: shows in its stack. */
class BufferedInvokeProcessor {
  constructor(handler) {
    this.handler = handler;
  }
}

class StreamingInvokeProcessor {
  constructor(handler) {
    this.handler = handler;
  }
}

class Modern {
  constructor(sandbox) {
    this.sandbox = sandbox;
    this.take = null;
  }

  initializing() {}

  initFailed(error) {
    this.sandbox.logError('Init Error', error);
    this.sandbox.respondInitError(error);
    process.exit(INIT_FAILED_STATUS);
  }

  /** The function that takes one invocation. */
  serve(handler) {
    this.processor = new (handler.streams ? StreamingInvokeProcessor : BufferedInvokeProcessor)(handler.call);
    this.highWaterMark = handler.highWaterMark;
    this.take = handler.streams ? () => this.takeStreaming() : () => this.takeBuffered();
    return this.take;
  }

  next() {
    const invocation = this.sandbox.next();
    if (invocation !== null) {
      this.sandbox.begin(invocation);
    }
    return invocation;
  }

  takeBuffered() {
    const invocation = this.next();
    if (invocation === null) {
      return;
    }
    const failed = (error) => setImmediate(() => this.fail(invocation, error));
    let result;
    try {
      const context = modernContext(invocation);
      result = this.processor.handler(JSON.parse(invocation.event(this.sandbox.channel)), context);
    } catch (e) {
      failed(e);
      return;
    }
    const succeeded = (value) => setImmediate(() => this.succeed(invocation, value, failed));
    if (typeof result?.then === 'function') {
      Promise.resolve(result).then(succeeded, failed);
    } else {
      succeeded(result);
    }
  }

  /** After a turn of the event loop: whatever broke meanwhile has ended the process by now. */
  succeed(invocation, value, failed) {
    let text;
    try {
      text = stringified(value);
    } catch (e) {
      failed(e);
      return;
    }
    this.sandbox.respond(invocation, text);
    this.take();
  }

  fail(invocation, error) {
    this.sandbox.logError('Invoke Error', error);
    this.sandbox.respondError(invocation, error);
    this.take();
  }

  async takeStreaming() {
    const invocation = this.next();
    if (invocation === null) {
      return;
    }
    const { sandbox } = this;
    const stream = new ResponseStream(sandbox.channel, invocation, this.highWaterMark, true);
    try {
      const event = JSON.parse(invocation.event(sandbox.channel));
      const result = this.processor.handler(event, stream, modernContext(invocation));
      if (typeof result !== 'object' || typeof result?.then !== 'function') {
        throw new Error('Streaming does not support non-async handlers.');
      }
      if ((await result) !== undefined) {
        console.warn('Streaming handlers ignore return values.');
      }
      await stream.done;
      sandbox.respond(invocation, '');
      setImmediate(this.take);
    } catch (e) {
      setImmediate(() => {
        sandbox.logError('Invoke Error', e);
        const { complete } = stream;
        stream.finish(() => {
          if (complete) {
            sandbox.respond(invocation, '');
          } else {
            sandbox.respondError(invocation, e);
          }
          setImmediate(this.take);
        });
      });
    }
  }
}

/** The answer's text. */
function stringified(value) {
  let text;
  try {
    text = JSON.stringify(value === undefined ? null : value);
  } catch {
    throw fault('JSONStringifyError', 'Unable to stringify response body', true);
  }
  if (text === undefined) {
    throw new TypeError('Wrong arguments'); // a function or a symbol: AWS's client does not get further either
  }
  return text;
}

module.exports = { Modern };

//# sourceURL=file:///var/runtime/modern.cjs
