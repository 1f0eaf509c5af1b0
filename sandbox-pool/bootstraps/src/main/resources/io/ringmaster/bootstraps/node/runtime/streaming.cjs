'use strict';
// Answers in pieces.

const fs = require('fs');
const { Writable } = require('stream');
const { chunkHeader, HEADER_BYTES, FLAG_HTTP_INTEGRATION } = require('./frames.cjs');
const { fault } = require('./errors.cjs');

const HTTP_INTEGRATION = 'application/vnd.awslambda.http-integration-response';
const PRELUDE_DELIMITER_BYTES = 8;
const CHUNK_MAX = 65536;

// A pipe holds at least one page, and it is empty when an invocation begins: so much can be written without waiting.
const PIPE_MIN_BYTES = 4096;

const FOREVER_MS = 0x7fffffff;

/**
 * What a streaming handler writes to. After the first few bytes it is the thread pool that writes, so that timers and sockets of
 * the function go on while the engine does not read; the stream's own buffer makes the back-pressure.
 */
class ResponseStream extends Writable {
  #channel;
  #invocation;
  #modern;
  #flags = 0;
  #written = false; // by the function
  #sent = 0;
  #writing = false; // the thread pool has a frame in hand
  #whenQuiet = null;
  #alive = setInterval(() => {}, FOREVER_MS); // the loop is not empty while the stream is open

  constructor(channel, invocation, highWaterMark, modern) {
    super(highWaterMark === undefined ? {} : { highWaterMark });
    this.#channel = channel;
    this.#invocation = invocation;
    this.#modern = modern;
    /** Fulfilled when all is written, rejected when the stream broke. */
    this.done = new Promise((resolve, reject) => {
      this.once('finish', resolve);
      this.on('error', reject); // and those that come later, such as a write after the end
      this.once('close', () => {
        clearInterval(this.#alive);
        reject(Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }));
      });
    });
    this.done.catch(() => {}); // whoever waits for it gets the error
  }

  setContentType(contentType) {
    if (this.#written) {
      throw fault('InvalidStreamingOperation', 'Cannot set content-type, too late.', this.#modern);
    }
    this.#flags = contentType === HTTP_INTEGRATION ? FLAG_HTTP_INTEGRATION : 0;
  }

  write(chunk, encoding, callback) {
    const data = typeof chunk === 'string' || chunk instanceof Uint8Array ? chunk : JSON.stringify(chunk);
    if (!this.#written && typeof this._onBeforeFirstWrite === 'function') {
      this._onBeforeFirstWrite((prelude) => super.write(prelude));
    }
    const more = super.write(data, encoding, callback);
    this.#written = true;
    return more;
  }

  _write(chunk, encoding, callback) {
    this.#send(chunk, 0, callback);
  }

  _writev(chunks, callback) {
    this.#send(Buffer.concat(chunks.map(({ chunk }) => chunk)), 0, callback);
  }

  #send(data, start, callback) {
    if (start === data.length) {
      callback();
      return;
    }
    const piece = data.subarray(start, start + CHUNK_MAX);
    const header = chunkHeader(this.#invocation, piece.length, this.#flags);
    this.#flags = 0;
    this.#sent += HEADER_BYTES + piece.length;
    if (this.#sent <= PIPE_MIN_BYTES) {
      this.#channel.write(Buffer.concat([header, piece]));
      this.#send(data, start + piece.length, callback);
      return;
    }
    this.#writing = true;
    writeFully(this.#channel.responses, [header, piece], (error) => {
      this.#writing = false;
      if (this.#whenQuiet !== null) {
        this.#whenQuiet();
      } else if (error) {
        callback(error);
      } else {
        this.#send(data, start + piece.length, callback);
      }
    });
  }

  /** Whether the function has ended it: then its answer is complete, whatever the handler throws afterwards. */
  get complete() {
    return this.writableEnded && (this.writableFinished || !this.destroyed);
  }

  /** Calls back when everything that was written before has gone, or as much of it as can go. */
  finish(callback) {
    if (this.destroyed || this.writableFinished) {
      this.abandon(callback);
    } else {
      super.end(() => this.abandon(callback));
    }
  }

  /** Calls back when no frame is half written; nothing more is sent. */
  abandon(callback) {
    clearInterval(this.#alive);
    if (this.#writing) {
      this.#whenQuiet = callback;
    } else {
      callback();
    }
  }
}

/** A frame must not be cut, whatever becomes of the stream meanwhile. */
function writeFully(descriptor, buffers, callback) {
  const length = buffers.reduce((sum, buffer) => sum + buffer.length, 0);
  fs.writev(descriptor, buffers, (error, written) => {
    if (!error && written < length) {
      writeFully(descriptor, [Buffer.concat(buffers).subarray(written)], callback);
    } else {
      callback(error);
    }
  });
}

/** Puts an HTTP status, headers and cookies before the body of a streamed answer. */
class HttpResponseStream {
  static from(stream, prelude) {
    stream.setContentType(HTTP_INTEGRATION);
    const text = JSON.stringify(prelude);
    stream._onBeforeFirstWrite = (write) => {
      write(text);
      write(new Uint8Array(PRELUDE_DELIMITER_BYTES));
    };
    return stream;
  }
}

module.exports = { ResponseStream, HttpResponseStream };

//# sourceURL=file:///var/runtime/streaming.cjs
