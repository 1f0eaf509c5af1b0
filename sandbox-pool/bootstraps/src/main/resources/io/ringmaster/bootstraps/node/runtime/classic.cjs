'use strict';
// Invocations as up to nodejs22.x: callbacks, the empty event loop, and errors that nobody caught.

const { fillClassic } = require('./context.cjs');
const { fault } = require('./errors.cjs');
const { ResponseStream } = require('./streaming.cjs');

const UNCAUGHT_STATUS = 129;
const UNHANDLED_STATUS = 128;
const UNSETTLED_STATUS = 13; // Node's own for a module that waits for what never comes
const TWICE =
  'Invocation has already been reported as done. Cannot call complete more than once per invocation.';

/** Where a context keeps whether its callback waits for the empty event loop. */
const STATE = Symbol('state');

// The same two functions for every context: with functions of its own each would be an object of a shape of its own, and slow.
const WAITING = {
  get() {
    return this[STATE].waits;
  },
  set(value) {
    this[STATE].waits = value;
  },
  enumerable: true,
  configurable: true,
};

function newContext(state) {
  const context = Object.defineProperty({}, STATE, { value: state });
  return Object.defineProperty(context, 'callbackWaitsForEmptyEventLoop', WAITING);
}

/** What the handler is called on: shows in its stack. */
class Runtime {
  constructor(handler) {
    this.handler = handler;
  }
}

class Classic {
  constructor(sandbox) {
    this.sandbox = sandbox;
    this.atEmptyLoop = () => {};
    this.stream = null; // of the running invocation
    this.take = null;
  }

  initializing() {
    let fail = (error, status) => this.giveUpInit(error, status);
    this.bound = () => {
      fail = (error, status) => this.giveUp(error, status);
    };
    process.on('uncaughtException', (error) => {
      this.sandbox.logError('Uncaught Exception', error);
      fail(error, UNCAUGHT_STATUS);
    });
    process.on('unhandledRejection', (reason, promise) => {
      const error = fault('UnhandledPromiseRejection', reason, false);
      error.reason = reason;
      error.promise = promise;
      this.sandbox.logError('Unhandled Promise Rejection', error);
      fail(error, UNHANDLED_STATUS);
    });
    this.atEmptyLoop = () => process.exit(UNSETTLED_STATUS);
    process.on('beforeExit', () => this.atEmptyLoop());
  }

  initFailed(error) {
    this.sandbox.logError('Uncaught Exception', error);
    this.giveUpInit(error, UNCAUGHT_STATUS);
  }

  giveUpInit(error, status) {
    this.sandbox.respondInitError(error);
    process.exit(status);
  }

  /** Ends the process; the running invocation, if there is one, gets the error, unless its answer is complete. */
  giveUp(error, status) {
    const { sandbox, stream } = this;
    const invocation = sandbox.current;
    const leave = () => {
      sandbox.respondError(invocation, error, true);
      process.exit(status);
    };
    if (invocation === null) {
      process.exit(status);
    } else if (stream === null) {
      leave();
    } else if (stream.complete) {
      stream.finish(() => {
        sandbox.respondLast(invocation);
        process.exit(status);
      });
    } else {
      stream.abandon(leave);
    }
  }

  /** The function that takes one invocation. */
  serve(handler) {
    this.bound();
    this.runtime = new Runtime(handler.call);
    this.highWaterMark = handler.highWaterMark;
    this.take = handler.streams ? () => this.takeStreaming() : () => this.takeBuffered();
    return this.take;
  }

  next() {
    this.atEmptyLoop = () => {};
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
    const { callback, context } = this.contextOf(invocation);
    try {
      this.atEmptyLoop = () => {
        invocation.completed = true;
        this.succeed(invocation, 'null');
      };
      const event = JSON.parse(invocation.event(this.sandbox.channel));
      const result = this.runtime.handler(event, fillClassic(context, invocation), callback);
      if (typeof result?.then === 'function') {
        result.then(context.succeed, context.fail).catch(context.fail);
      }
    } catch (e) {
      callback(e);
    }
  }

  /** The four ways to answer; the first of them that is used counts. */
  contextOf(invocation) {
    const state = { waits: true };
    let finished = false;
    const once = (answer) =>
      function (...values) {
        if (!finished) {
          answer(...values);
          finished = true; // not when the answer could not be made: then another may be given
        }
      };
    const done = (error, result) => {
      this.atEmptyLoop = () => {};
      if (error !== undefined && error !== null) {
        this.fail(invocation, error);
      } else {
        this.complete(invocation, result);
      }
    };
    const callback = (error, result) => {
      if ((error !== undefined && error !== null) || !state.waits) {
        done(error, result);
      } else {
        this.atEmptyLoop = () => setImmediate(() => this.complete(invocation, result));
      }
    };
    const context = newContext(state);
    context.succeed = once((result) => done(null, result));
    context.fail = once((error) => done(error === undefined || error === null ? 'handled' : error));
    context.done = once(done);
    return { callback: once(callback), context };
  }

  complete(invocation, result) {
    if (invocation.completed) {
      console.error(TWICE);
      return;
    }
    invocation.completed = true;
    this.succeed(invocation, stringified(result));
  }

  succeed(invocation, text) {
    if (this.sandbox.current === invocation) {
      this.sandbox.respond(invocation, text);
      setImmediate(this.take);
    }
  }

  fail(invocation, error) {
    this.sandbox.logError('Invoke Error', error);
    if (this.sandbox.current === invocation) {
      this.sandbox.respondError(invocation, error);
      setImmediate(this.take);
    }
  }

  async takeStreaming() {
    const invocation = this.next();
    if (invocation === null) {
      return;
    }
    const { sandbox } = this;
    const stream = new ResponseStream(sandbox.channel, invocation, this.highWaterMark, false);
    this.stream = stream;
    try {
      await this.runStreaming(invocation, stream);
      sandbox.respond(invocation, '');
      this.streamEnded();
    } catch (e) {
      sandbox.logError('Invoke Error', e);
      const { complete } = stream;
      stream.finish(() => {
        if (complete) {
          sandbox.respond(invocation, '');
        } else {
          sandbox.respondError(invocation, e);
        }
        this.streamEnded();
      });
    }
  }

  async runStreaming(invocation, stream) {
    const context = fillClassic(newContext({ waits: true }), invocation);
    const event = JSON.parse(invocation.event(this.sandbox.channel));
    const result = this.runtime.handler(event, stream, context);
    if (typeof result?.then !== 'function') {
      throw 'Streaming does not support non-async handlers.'; // a string is what the caller is told about
    }
    if ((await result) !== undefined) {
      console.warn('Streaming handlers ignore return values.');
    }
    await stream.done;
  }

  streamEnded() {
    this.stream = null;
    setImmediate(this.take);
  }
}

/** The answer's text. */
function stringified(result) {
  let text;
  try {
    text = JSON.stringify(result === undefined ? null : result);
  } catch {
    throw new Error('Unable to stringify response body');
  }
  if (text === undefined) {
    throw new TypeError('Wrong arguments'); // a function or a symbol: AWS's client does not get further either
  }
  return text;
}

module.exports = { Classic };

//# sourceURL=file:///var/runtime/classic.cjs
