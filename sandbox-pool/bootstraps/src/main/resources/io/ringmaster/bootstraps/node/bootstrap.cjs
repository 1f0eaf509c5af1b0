'use strict';
// Runs one Lambda function version inside a sandbox process. Descriptors and frames: the channel's specification.
//
// CommonJS, because that starts sooner; functions may be of either kind.

const { main } = require('./runtime/serving.cjs');

main(3, 4, 1);

//# sourceURL=file:///var/runtime/index.cjs
