// The conformance function for AWS's Node client.
if (process.env.INIT === 'exit') {
  process.exit(3);
}
if (process.env.INIT === 'error') {
  throw new RangeError('no init');
}

let calls = 0;

exports.handler = async (event, context) => {
  calls++;
  switch (event.do) {
    case 'error':
      throw new RangeError('no good');
    case 'exit':
      process.exit(7);
    case 'hang':
      await new Promise((resolve) => setTimeout(resolve, 3600_000));
      break;
    case 'large':
      return 'x'.repeat(7_000_000);
  }
  const custom = context.clientContext && context.clientContext.custom;
  return {
    echo: event.value,
    requestId: context.awsRequestId,
    arn: context.invokedFunctionArn,
    function: context.functionName,
    left: context.getRemainingTimeInMillis() > 0,
    calls,
    stage: process.env.STAGE || '',
    trace: process.env._X_AMZN_TRACE_ID || '',
    custom: (custom || {}).k || '',
  };
};

if (globalThis.awslambda) {
  exports.stream = awslambda.streamifyResponse(async (event, stream) => {
    for (let i = 0; i < 300; i++) {
      if (!stream.write('stream '.repeat(100))) {
        await new Promise((resolve) => stream.once('drain', resolve));
      }
    }
    if (event.do === 'late') {
      throw new RangeError('late');
    }
    stream.end();
  });
}
