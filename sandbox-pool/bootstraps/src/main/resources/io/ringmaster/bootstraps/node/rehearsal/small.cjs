'use strict';
// Loaded once by each process that waits for a function, so that the loader is warm when one comes.
exports.handler = async (event) => event;
