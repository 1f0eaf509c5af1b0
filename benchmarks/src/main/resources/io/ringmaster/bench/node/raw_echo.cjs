'use strict';
// The floor of channel.node.*: a blocking echo over two pipes, nothing else.

const { readSync, writeSync } = require('fs');

const buffer = Buffer.allocUnsafeSlow(65536);
for (;;) {
  const bytes = readSync(0, buffer, 0, 65536, null);
  if (bytes === 0) {
    break;
  }
  writeSync(1, buffer, 0, bytes, null);
}
