'use strict';
// The inline channel: frames between engine and sandbox process, as the channel's specification has them.
//
// Descriptors that the process inherited are close-on-exec: Node sees to that when it starts. All machines that the engine runs
// on are little-endian, so a frame's words are read and written through a Uint32Array.

const fs = require('fs');

const HEADER_BYTES = 16;
const ANSWER_BYTES = 32; // header and figures
const FIGURES_BYTES = ANSWER_BYTES - HEADER_BYTES;
const INVOCATION_BYTES = 72; // header and fixed fields
const BUFFER_BYTES = 65536; // a pipe holds no more
const WORD = 0x100000000;

const kinds = Object.freeze({
  BIND: 1,
  INVOKE: 2,
  SHUTDOWN: 3,
  STARTED: 16,
  READY: 17,
  INIT_ERROR: 18,
  RESPONSE: 19,
  ERROR: 20,
  CHUNK: 21,
});

// Set on the first CHUNK of an answer whose content type is that of an HTTP integration.
const FLAG_HTTP_INTEGRATION = 1;

/** Both pipes. Blocks while it reads and writes. */
class Channel {
  constructor(requests, responses) {
    this.requests = requests;
    this.responses = responses;
    this.small = Buffer.allocUnsafeSlow(BUFFER_BYTES);
    this.smallWords = new Uint32Array(this.small.buffer);
    this.out = Buffer.allocUnsafeSlow(BUFFER_BYTES);
    this.outWords = new Uint32Array(this.out.buffer);
    this.filled = 0; // bytes in the small buffer
    this.used = 0; // bytes of it that the frame in hand takes
    this.frame = this.small; // where the frame in hand begins, at 0
    this.words = this.smallWords;
    this.size = 0; // of the frame in hand, header included
  }

  /** Waits for the next frame; its kind, or 0 when the engine has closed its end. The frame stays until the next call. */
  receive() {
    const small = this.small;
    let filled = this.filled - this.used;
    if (filled > 0) {
      small.copyWithin(0, this.used, this.filled);
    }
    this.frame = small;
    this.words = this.smallWords;
    while (filled < HEADER_BYTES) {
      const n = this.read(small, filled, BUFFER_BYTES - filled);
      if (n === 0) {
        return 0;
      }
      filled += n;
    }
    const size = HEADER_BYTES + this.words[0];
    this.size = size;
    if (size > BUFFER_BYTES) {
      this.filled = this.used = 0;
      return this.receiveLarge(filled);
    }
    while (filled < size) {
      const n = this.read(small, filled, BUFFER_BYTES - filled);
      if (n === 0) {
        return 0;
      }
      filled += n;
    }
    this.filled = filled;
    this.used = size;
    return small[4];
  }

  receiveLarge(have) {
    const large = Buffer.allocUnsafeSlow(this.size);
    this.small.copy(large, 0, 0, have);
    while (have < this.size) {
      const n = this.read(large, have, this.size - have);
      if (n === 0) {
        return 0;
      }
      have += n;
    }
    this.frame = large;
    this.words = new Uint32Array(large.buffer, 0, INVOCATION_BYTES / 4);
    return large[4];
  }

  read(buffer, offset, length) {
    for (;;) {
      try {
        return fs.readSync(this.requests, buffer, offset, length, null);
      } catch (e) {
        if (e.code !== 'EINTR') {
          throw e;
        }
      }
    }
  }

  /** Sends a frame that belongs to no invocation. */
  send(kind, body) {
    const head = Buffer.alloc(HEADER_BYTES);
    head.writeUInt32LE(body.length, 0);
    head[4] = kind;
    this.write(Buffer.concat([head, body]));
  }

  /** Answers an invocation with text; the length of the text in bytes, or -1 and nothing sent when that is above the limit. */
  answer(kind, invocation, mark, memoryKb, text, limit) {
    let out = this.out;
    let words = this.outWords;
    let length;
    if (text.length * 3 <= BUFFER_BYTES - ANSWER_BYTES) {
      length = out.write(text, ANSWER_BYTES);
    } else {
      length = Buffer.byteLength(text);
      if (length > limit) {
        return -1;
      }
      if (length > BUFFER_BYTES - ANSWER_BYTES) {
        out = Buffer.allocUnsafeSlow(ANSWER_BYTES + length);
        words = new Uint32Array(out.buffer, 0, ANSWER_BYTES / 4);
      }
      out.write(text, ANSWER_BYTES);
    }
    this.fill(words, kind, invocation, mark, memoryKb, length);
    this.writePart(out, ANSWER_BYTES + length);
    return length;
  }

  /** Answers an invocation with bytes. */
  answerBytes(kind, invocation, mark, memoryKb, bytes) {
    const length = bytes.length;
    const fits = length <= BUFFER_BYTES - ANSWER_BYTES;
    const out = fits ? this.out : Buffer.allocUnsafeSlow(ANSWER_BYTES + length);
    this.fill(fits ? this.outWords : new Uint32Array(out.buffer, 0, ANSWER_BYTES / 4), kind, invocation, mark, memoryKb, length);
    out.set(bytes, ANSWER_BYTES);
    this.writePart(out, ANSWER_BYTES + length);
  }

  fill(words, kind, invocation, mark, memoryKb, length) {
    words[0] = FIGURES_BYTES + length;
    words[1] = kind;
    words[2] = invocation.sequenceLow;
    words[3] = invocation.sequenceHigh;
    words[4] = mark % WORD;
    words[5] = mark / WORD;
    words[6] = memoryKb;
    words[7] = 0;
  }

  write(data) {
    this.writePart(data, data.length);
  }

  writePart(data, end) {
    let written = fs.writeSync(this.responses, data, 0, end);
    while (written < end) {
      written += fs.writeSync(this.responses, data, written, end - written);
    }
  }
}

/** The header of a CHUNK. */
function chunkHeader(invocation, length, flags) {
  const head = Buffer.allocUnsafe(HEADER_BYTES);
  head.writeUInt32LE(length, 0);
  head.writeUInt32LE(kinds.CHUNK | (flags << 8), 4);
  head.writeUInt32LE(invocation.sequenceLow, 8);
  head.writeUInt32LE(invocation.sequenceHigh, 12);
  return head;
}

/** What an INVOKE frame says, but for the event: the frame may be overwritten while the invocation runs. */
class Invocation {
  constructor(channel) {
    const { frame, words } = channel;
    this.sequenceLow = words[2];
    this.sequenceHigh = words[3];
    this.deadlineMs = words[4] + words[5] * WORD;
    this.requestId = frame.latin1Slice(24, 60);
    const arn = INVOCATION_BYTES + (words[15] & 0xffff);
    const trace = arn + (words[15] >>> 16);
    const client = trace + words[16];
    const identity = client + (words[17] & 0xffff);
    const tenant = identity + (words[17] >>> 16);
    this.functionArn = frame.utf8Slice(INVOCATION_BYTES, arn);
    this.trace = trace === arn ? '' : frame.utf8Slice(arn, trace);
    this.clientContext = client === trace ? undefined : frame.utf8Slice(trace, client);
    this.identity = identity === client ? undefined : frame.utf8Slice(client, identity);
    this.tenantId = tenant === identity ? undefined : frame.utf8Slice(identity, tenant);
    this.eventStart = tenant;
    this.completed = false;
  }

  event(channel) {
    return channel.frame.utf8Slice(this.eventStart, channel.size);
  }

  eventBytes(channel) {
    return channel.frame.subarray(this.eventStart, channel.size);
  }
}

module.exports = { Channel, Invocation, chunkHeader, kinds, HEADER_BYTES, INVOCATION_BYTES, FLAG_HTTP_INTEGRATION };

//# sourceURL=file:///var/runtime/frames.cjs
