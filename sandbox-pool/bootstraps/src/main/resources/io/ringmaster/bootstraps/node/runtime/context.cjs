'use strict';
// The context object that a handler gets, with the fields of AWS's in AWS's order.

const { fault } = require('./errors.cjs');

let environment = {};

/** Reads the environment once, when the function is known. */
function bind() {
  const { env } = process;
  environment = {
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
  };
}

/** Completes the context up to nodejs22.x. */
function fillClassic(context, invocation) {
  const { deadlineMs } = invocation;
  context.functionVersion = environment.functionVersion;
  context.functionName = environment.functionName;
  context.memoryLimitInMB = environment.memoryLimitInMB;
  context.logGroupName = environment.logGroupName;
  context.logStreamName = environment.logStreamName;
  context.clientContext = parsed(invocation.clientContext, 'ClientContext');
  context.identity = parsed(invocation.identity, 'CognitoIdentity');
  context.invokedFunctionArn = invocation.functionArn;
  context.awsRequestId = invocation.requestId;
  context.tenantId = invocation.tenantId;
  context.getRemainingTimeInMillis = function () {
    return deadlineMs - Date.now();
  };
  return context;
}

/** The context from nodejs24.x on. */
function modernContext(invocation) {
  const { deadlineMs } = invocation;
  return {
    clientContext: modernParsed(invocation.clientContext, 'lambda-runtime-client-context'),
    identity: modernParsed(invocation.identity, 'lambda-runtime-cognito-identity'),
    invokedFunctionArn: invocation.functionArn,
    awsRequestId: invocation.requestId,
    tenantId: invocation.tenantId,
    xRayTraceId: invocation.trace,
    getRemainingTimeInMillis: function () {
      return deadlineMs - Date.now();
    },
    functionName: environment.functionName,
    functionVersion: environment.functionVersion,
    memoryLimitInMB: environment.memoryLimitInMB,
    logGroupName: environment.logGroupName,
    logStreamName: environment.logStreamName,
  };
}

function parsed(text, name) {
  if (text === undefined) {
    return undefined;
  }
  try {
    return JSON.parse(text);
  } catch (e) {
    throw new Error(`Cannot parse ${name} as json: ${e.toString()}`);
  }
}

function modernParsed(text, name) {
  if (text === undefined) {
    return undefined;
  }
  try {
    return JSON.parse(text);
  } catch (e) {
    throw fault('PlatformError', `Failed to parse ${name} as JSON: ${e.message}`, true);
  }
}

module.exports = { bind, fillClassic, modernContext };

//# sourceURL=file:///var/runtime/context.cjs
