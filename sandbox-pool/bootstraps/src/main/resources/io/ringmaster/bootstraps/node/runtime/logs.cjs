'use strict';
// The console, standard output and standard error as records on the log pipe.
//
// A record is one event of the log: what one call of the console gave, however many lines that has, or one line that was written
// to a standard stream. Output that does not end in a newline waits for its end: for more output, for the end of the invocation
// or of the process.

const fs = require('fs');
const util = require('util');
const { Writable } = require('stream');

const HEADER_BYTES = 16;
const TYPE_LITTLE_ENDIAN = 0x03005aa5; // AWS's frame type for text without a level: a5 5a 00 03
const TEXT_MAX = 65536;
const NEWLINE = 10;
const WORD = 0x100000000;
const RETRY_MS = 1;

// Where AWS's client keeps them; other people's libraries read them there.
const REQUEST_ID = Symbol.for('aws.lambda.runtime.requestId');
const TENANT_ID = Symbol.for('aws.lambda.runtime.tenantId');

/** Writes records. */
class LogPipe {
  constructor(descriptor) {
    this.descriptor = descriptor;
    this.mark = 0; // framed bytes so far
    this.loading = true; // what is written belongs to init
    this.pending = false; // a stream holds text without a newline
    this.batch = Buffer.allocUnsafeSlow(HEADER_BYTES + TEXT_MAX);
    this.streams = [];
    this.ending = false; // nothing waits for its newline any more
  }

  /** One event, given as text. */
  record(text) {
    if (this.pending) {
      this.flush();
    }
    if (text.length * 3 <= TEXT_MAX) {
      const length = this.batch.write(text, HEADER_BYTES);
      this.header(this.batch, 0, length);
      this.send(HEADER_BYTES + length);
    } else {
      this.pieces(Buffer.from(text));
    }
  }

  /** One event, given as bytes, in several records when it is long. */
  pieces(bytes) {
    for (let start = 0; start < bytes.length; start += TEXT_MAX) {
      const length = Math.min(TEXT_MAX, bytes.length - start);
      bytes.copy(this.batch, HEADER_BYTES, start, start + length);
      this.header(this.batch, 0, length);
      this.send(HEADER_BYTES + length);
    }
  }

  /** Whole lines, one event each; as many in one write as the batch holds. */
  lines(bytes) {
    let at = 0;
    let start = 0;
    while (start < bytes.length) {
      let end = bytes.indexOf(NEWLINE, start) + 1;
      if (end === 0) {
        end = bytes.length;
      }
      const length = Math.min(end - start, TEXT_MAX);
      if (at + HEADER_BYTES + length > this.batch.length) {
        this.send(at);
        at = 0;
      }
      this.header(this.batch, at, length);
      bytes.copy(this.batch, at + HEADER_BYTES, start, start + length);
      at += HEADER_BYTES + length;
      start += length;
    }
    this.send(at);
  }

  header(target, at, length) {
    const nowUs = Date.now() * 1000;
    target.writeUInt32LE(TYPE_LITTLE_ENDIAN, at);
    target.writeUInt32LE(length, at + 4);
    target.writeUInt32LE(nowUs % WORD, at + 8);
    target.writeUInt32LE(Math.floor(nowUs / WORD), at + 12);
  }

  /** Init is over; if it wrote anything, an empty record tells where that ends. */
  loaded() {
    this.flush();
    this.loading = false;
    if (this.mark > 0) {
      this.emptyRecord();
    }
  }

  emptyRecord() {
    const record = Buffer.alloc(HEADER_BYTES);
    this.header(record, 0, 0);
    this.write(record, HEADER_BYTES);
  }

  send(length) {
    if (this.loading && this.mark === 0) {
      this.emptyRecord(); // tells where output of init begins
    }
    this.write(this.batch, length);
  }

  write(data, length) {
    let written = 0;
    while (written < length) {
      try {
        written += fs.writeSync(this.descriptor, data, written, length - written);
      } catch (e) {
        if (e.code !== 'EAGAIN') {
          throw e;
        }
        // A child process shares the pipe and made it non-blocking; the log agent will make room.
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
      }
    }
    this.mark += length;
  }

  /** Sends text that still waits for its newline. */
  flush() {
    this.pending = false;
    for (const stream of this.streams) {
      stream.sendRest();
    }
  }

  /** Replaces the standard streams, each when it is first looked at. */
  replaceStreams() {
    for (const [name, descriptor] of [['stdout', 1], ['stderr', 2]]) {
      let stream = null;
      Object.defineProperty(process, name, {
        configurable: true,
        enumerable: true,
        get: () => {
          if (stream === null) {
            stream = new LineStream(this, descriptor);
            this.streams.push(stream);
          }
          return stream;
        },
      });
    }
    process.on('exit', () => {
      this.flush();
      this.ending = true;
    });
  }
}

/** A standard stream: sends every line at once and keeps a part of one. */
class LineStream extends Writable {
  constructor(pipe, descriptor) {
    super({ decodeStrings: true, emitClose: false, autoDestroy: false });
    this.pipe = pipe;
    this.fd = descriptor;
    this._type = 'pipe';
    this._isStdio = true;
    this.rest = null;
  }

  _write(chunk, encoding, callback) {
    const end = this.pipe.ending ? chunk.length : chunk.lastIndexOf(NEWLINE) + 1;
    if (end > 0) {
      const whole = end === chunk.length ? chunk : chunk.subarray(0, end);
      const lines = this.rest === null ? whole : Buffer.concat([this.rest, whole]);
      this.rest = null;
      this.pipe.lines(lines);
    }
    if (end < chunk.length) {
      const part = chunk.subarray(end);
      this.rest = this.rest === null ? Buffer.from(part) : Buffer.concat([this.rest, part]);
      this.pipe.pending = true;
      if (this.rest.length > TEXT_MAX) {
        this.sendRest();
      }
    }
    callback();
  }

  sendRest() {
    if (this.rest !== null) {
      const rest = this.rest;
      this.rest = null;
      this.pipe.lines(rest);
    }
  }

  /** A process cannot close its standard streams. */
  _destroy(error, callback) {
    callback(error);
  }

  destroySoon() {
    this.destroy();
  }
}

const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];

/**
 * Gives the console AWS's format.
 *
 * @param modern as from nodejs24.x on: "-" where there is no request yet, and FATAL can be turned off like the others
 */
function patchConsole(pipe, asJson, level, modern) {
  const lowest = Math.max(LEVELS.indexOf(level.toUpperCase()), 0);
  const write = asJson
    ? (name, values) => pipe.record(jsonLine(name, values, modern) + '\n')
    : (name, values) => {
        const requestId = modern ? (globalThis[REQUEST_ID] ?? '-') : globalThis[REQUEST_ID];
        pipe.record(`${new Date().toISOString()}\t${requestId}\t${name}\t${util.format(...values)}\n`);
      };
  LEVELS.forEach((name, priority) => {
    const off = priority < lowest && (modern || name !== 'FATAL');
    console[name.toLowerCase()] = off ? () => {} : (message, ...more) => write(name, [message, ...more]);
  });
  console.log = console.info;
}

function jsonLine(level, values, modern) {
  const line = { timestamp: new Date().toISOString(), level, requestId: globalThis[REQUEST_ID] ?? (modern ? '-' : undefined) };
  const tenantId = globalThis[TENANT_ID];
  if (tenantId !== undefined) {
    line.tenantId = tenantId;
  }
  if (values.length === 1) {
    line.message = values[0];
    try {
      return JSON.stringify(line, withErrorFields);
    } catch {
      line.message = util.format(values[0]); // circular, a BigInt, or a toJSON that throws
      return JSON.stringify(line);
    }
  }
  line.message = util.format(...values);
  const error = values.find((value) => value instanceof Error);
  if (error !== undefined) {
    line.errorType = error.constructor?.name ?? 'UnknownError';
    line.errorMessage = error.message;
    line.stackTrace = typeof error.stack === 'string' ? error.stack.split('\n') : [];
  }
  return JSON.stringify(line);
}

function withErrorFields(_, value) {
  if (!(value instanceof Error)) {
    return value;
  }
  return {
    errorType: value.constructor?.name ?? 'UnknownError',
    errorMessage: value.message,
    stackTrace: typeof value.stack === 'string' ? value.stack.split('\n') : value.stack,
    ...value,
  };
}

module.exports = { LogPipe, patchConsole, REQUEST_ID, TENANT_ID };

//# sourceURL=file:///var/runtime/logs.cjs
