'use strict';
// The echo function of the channel's benchmarks: in raw mode a handler takes and returns bytes.

exports.handler = (event) => event;
