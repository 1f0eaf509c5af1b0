'use strict';
// The echo function of the benchmarks.

exports.handler = async (event) => event;
