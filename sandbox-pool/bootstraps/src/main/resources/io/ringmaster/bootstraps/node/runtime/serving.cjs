'use strict';
// The life of a sandbox process: started, bound, ready, then one invocation after the other.
//
// While the process waits for a frame nothing else of it runs: no timer, no signal handler. AWS freezes an environment that has
// nothing to do; here it blocks in a read. Between two invocations the event loop gets a whole turn. What runs an invocation is in
// classic.cjs (up to nodejs22.x) and modern.cjs (from nodejs24.x on): AWS's clients for them behave differently.

const fs = require('fs');
const { Channel, Invocation, kinds, INVOCATION_BYTES } = require('./frames.cjs');
const { LogPipe, patchConsole, REQUEST_ID, TENANT_ID } = require('./logs.cjs');
const { documentOf, logError } = require('./errors.cjs');
const loading = require('./loading.cjs');
const context = require('./context.cjs');
const { Classic } = require('./classic.cjs');
const { Modern } = require('./modern.cjs');

/** Bit 1 of a frame's flags, beside its kind: nobody is to be sent here any more. */
const FLAG_PROCESS_ENDS = 2 << 8;
const RESPONSE_MAX = 6291556;
const TOO_LARGE = JSON.stringify({
  errorMessage: `Response payload size exceeded maximum allowed payload size (${RESPONSE_MAX} bytes).`,
  errorType: 'Function.ResponseSizeTooLarge',
});
const POST_FAILED = 'LAMBDA_RUNTIME Failed to post handler success response. Http response code: 413.';

const MODERN_FROM = 24;
const MEMORY_INTERVAL_MS = 100;
const PEAK_SLACK_KB = 512;
const TRACE_VARIABLE = '_X_AMZN_TRACE_ID';
const PROTOCOL_STATUS = 70; // EX_SOFTWARE: the engine broke the channel's protocol

/** Starts to serve. What needs no function is done before the process says that it waits for one. */
async function main(requests, responses, log) {
  const sandbox = new Sandbox(new Channel(requests, responses), new LogPipe(log));
  sandbox.pipe.replaceStreams();
  await loading.rehearse();
  sandbox.rehearse();
  sandbox.inherited = loading.clearEnvironment();
  const { channel } = sandbox;
  channel.send(kinds.STARTED, Buffer.from(JSON.stringify({ pid: process.pid, version: process.versions.node })));
  const kind = channel.receive();
  if (kind === kinds.BIND) {
    await sandbox.bind(JSON.parse(channel.frame.utf8Slice(16, channel.size)));
  } else {
    process.exit(kind === 0 || kind === kinds.SHUTDOWN ? 0 : PROTOCOL_STATUS);
  }
}

/** One function version in this process. */
class Sandbox {
  constructor(channel, pipe) {
    this.channel = channel;
    this.pipe = pipe;
    this.inherited = {}; // the variables that the process was started with
    this.jsonLogs = false;
    this.modern = false;
    this.current = null; // the invocation that has no answer yet
    this.trace = '';
    this.measuredAtMs = 0;
    this.memoryKb = 0;
    this.peakKb = peakSource();
  }

  /** Does once what a first invocation does, without one. */
  rehearse() {
    const { channel } = this;
    channel.small.fill(0, 0, INVOCATION_BYTES);
    const invocation = new Invocation(channel);
    invocation.event(channel);
    JSON.parse(JSON.stringify(context.fillClassic({}, invocation)));
    this.peakKb();
  }

  async bind(binding) {
    const started = process.hrtime.bigint();
    const major = majorVersion(binding.runtime);
    const shared = loading.sharedFolders(binding.layers, binding.sdk, major);
    loading.enter(binding.code, binding.environment ?? this.inherited, shared);
    const { env } = process;
    this.modern = major >= MODERN_FROM;
    this.jsonLogs = (env.AWS_LAMBDA_LOG_FORMAT || binding.logFormat || '').toUpperCase() === 'JSON';
    patchConsole(this.pipe, this.jsonLogs, env.AWS_LAMBDA_LOG_LEVEL || binding.logLevel || '', this.modern);
    context.bind();
    const style = new (this.modern ? Modern : Classic)(this);
    style.initializing();
    let handler;
    try {
      handler = await loading.load(binding.code, binding.handler, this.modern, shared);
    } catch (e) {
      style.initFailed(e);
      return;
    }
    this.pipe.loaded();
    const ready = Buffer.alloc(8);
    ready.writeBigUInt64LE(process.hrtime.bigint() - started);
    this.channel.send(kinds.READY, ready);
    const take = binding.raw ? () => this.serveRaw(handler.call) : style.serve(handler);
    setImmediate(take);
  }

  /** Waits for the next invocation; null when there will be none: the process then ends as its own code lets it. */
  next() {
    const kind = this.channel.receive();
    if (kind === kinds.INVOKE) {
      return new Invocation(this.channel);
    }
    if (kind !== kinds.SHUTDOWN) {
      process.exit(kind === 0 ? 0 : PROTOCOL_STATUS);
    }
    if (process.listenerCount('SIGTERM') === 0) {
      process.exit(0);
    }
    process.emit('SIGTERM', 'SIGTERM', 15);
    return null;
  }

  /** Makes an invocation the one that runs. */
  begin(invocation) {
    this.current = invocation;
    globalThis[REQUEST_ID] = invocation.requestId;
    globalThis[TENANT_ID] = invocation.tenantId;
    if (invocation.trace !== this.trace) {
      this.trace = invocation.trace;
      if (this.trace === '') {
        delete process.env[TRACE_VARIABLE];
      } else {
        process.env[TRACE_VARIABLE] = this.trace;
      }
    }
  }

  /** Answers the running invocation with JSON text. */
  respond(invocation, text) {
    this.flush();
    this.current = null;
    const length = this.channel.answer(kinds.RESPONSE, invocation, this.pipe.mark, this.memory(), text, RESPONSE_MAX);
    if (length < 0) {
      this.pipe.record(`[ERROR] [${Date.now()}] ${POST_FAILED}\n`);
      this.channel.answer(kinds.ERROR, invocation, this.pipe.mark, this.memory(), TOO_LARGE, RESPONSE_MAX);
    }
  }

  /** Says that a streamed answer is complete, unless that was said, and that the process ends. */
  respondLast(invocation) {
    if (this.current === invocation) {
      this.flush();
      this.current = null;
      const kind = kinds.RESPONSE | FLAG_PROCESS_ENDS;
      this.channel.answer(kind, invocation, this.pipe.mark, this.memory(), '', RESPONSE_MAX);
    }
  }

  /** Answers an invocation with an error, unless it has been answered; says nothing in the log. Leaving: the process ends then. */
  respondError(invocation, error, leaving = false) {
    if (this.current !== invocation) {
      return;
    }
    this.flush();
    this.current = null;
    const text = JSON.stringify(documentOf(error, this.modern));
    const kind = leaving ? kinds.ERROR | FLAG_PROCESS_ENDS : kinds.ERROR;
    const sent = this.channel.answer(kind, invocation, this.pipe.mark, this.memory(), text, RESPONSE_MAX);
    if (sent < 0) {
      this.channel.answer(kind, invocation, this.pipe.mark, 0, TOO_LARGE, RESPONSE_MAX);
    }
  }

  respondInitError(error) {
    this.flush();
    const document = Buffer.from(JSON.stringify(documentOf(error, this.modern)));
    this.channel.send(kinds.INIT_ERROR, document.length > RESPONSE_MAX ? Buffer.from(TOO_LARGE) : document);
  }

  logError(title, error) {
    logError(title, error, this.jsonLogs, this.modern);
  }

  /** For benchmarks of the channel: bytes in, bytes out, and nothing of the event loop. */
  serveRaw(handler) {
    for (let invocation = this.next(); invocation !== null; invocation = this.next()) {
      const answer = handler(invocation.eventBytes(this.channel));
      this.channel.answerBytes(kinds.RESPONSE, invocation, this.pipe.mark, 0, answer);
    }
  }

  flush() {
    if (this.pipe.pending) {
      this.pipe.flush();
    }
  }

  /** Peak resident memory in KiB if it has grown since it was last told, else 0; measured now and then only. */
  memory() {
    const nowMs = Date.now();
    if (nowMs - this.measuredAtMs < MEMORY_INTERVAL_MS && nowMs >= this.measuredAtMs) {
      return 0;
    }
    this.measuredAtMs = nowMs;
    const peakKb = this.peakKb();
    if (peakKb === this.memoryKb) {
      return 0;
    }
    this.memoryKb = peakKb;
    return peakKb;
  }
}

function peakByUsage() {
  return process.resourceUsage().maxRSS;
}

function peakByStatus() {
  const status = fs.readFileSync('/proc/self/status', 'latin1');
  return Number.parseInt(status.substring(status.indexOf('VmHWM:') + 6));
}

/**
 * How this process can know its peak memory: resource usage is cheaper, but of a process that was spawned and not forked it may be
 * the peak of who spawned it.
 */
function peakSource() {
  try {
    return peakByUsage() <= peakByStatus() + PEAK_SLACK_KB ? peakByUsage : peakByStatus;
  } catch {
    return peakByUsage; // no /proc here
  }
}

/** The version in a runtime identifier such as nodejs22.x. */
function majorVersion(runtime) {
  return Number.parseInt(runtime.substring('nodejs'.length)) || Number.parseInt(process.versions.node);
}

module.exports = { main };

//# sourceURL=file:///var/runtime/serving.cjs
