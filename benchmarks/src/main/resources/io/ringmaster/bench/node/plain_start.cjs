'use strict';
// The other side of cold.process.node: what somebody does who has no engine. The event comes on standard input.

const { readFileSync } = require('fs');
const { handler } = require('./app.js');

handler(JSON.parse(readFileSync(0, 'utf8')), null).then((result) => console.log(JSON.stringify(result)));
