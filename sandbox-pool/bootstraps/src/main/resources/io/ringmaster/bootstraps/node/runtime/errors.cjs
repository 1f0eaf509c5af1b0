'use strict';
// Error documents and their log lines, in AWS's shapes.
//
// The last line of each of these files gives it the name that stacks show: AWS's client lies in that folder.

const util = require('util');

// The class of a fault shows in JSON logs. From nodejs24.x on AWS's client names most of them with "Error" at the end.
const UNSUFFIXED = new Set(['UserCodeSyntaxError', 'JSONStringifyError', 'ImportModuleError', 'MalformedStreamingHandler']
  .concat('InvalidStreamingOperation', 'UnhandledPromiseRejection'));
const classes = new Map();

function classOf(type, modern) {
  let found = classes.get(type + modern);
  if (found === undefined) {
    const name = modern && !UNSUFFIXED.has(type) ? type + 'Error' : type;
    found = { [name]: class extends Error {} }[name];
    if (!modern) {
      found.prototype.name = 'Runtime.' + type;
    }
    classes.set(type + modern, found);
  }
  return found;
}

/** An error for what the runtime itself finds wrong. */
function fault(type, message, modern) {
  const error = new (classOf(type, modern))(message);
  if (modern) {
    error.name = 'Runtime.' + type; // an own field, and after the stack was taken, as AWS's client has it
  }
  return error;
}

function escaped(text) {
  return text?.replaceAll('\x7f', '%7F');
}

function looksLikeError(value) {
  return typeof value?.name === 'string' && typeof value.message === 'string' && typeof value.stack === 'string'
    && value.name !== '' && value.message !== '' && value.stack !== '';
}

/** The error document for anything that can be thrown. */
function documentOf(error, modern) {
  try {
    const isError = modern ? error instanceof Error : util.types.isNativeError(error) || looksLikeError(error);
    if (isError) {
      return {
        errorType: escaped(error.name),
        errorMessage: escaped(error.message),
        trace: modern && error.stack === undefined ? [] : escaped(error.stack).split('\n'),
      };
    }
    return { errorType: typeof error, errorMessage: modern ? String(error) : error.toString(), trace: [] };
  } catch {
    const document = {
      errorType: 'handled',
      errorMessage:
        'callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack',
    };
    return modern ? { ...document, trace: [] } : document;
  }
}

function asError(error, modern) {
  return error instanceof Error ? error : new Error(modern ? String(error) : error);
}

/** Logs an error as the runtime does: through the console, so that its format and level hold. */
function logError(title, error, asJson, modern) {
  const shown = asError(error, modern);
  if (asJson) {
    console.error(shown);
  } else {
    console.error(title, '\t' + fieldsOf(shown, modern));
  }
}

function fieldsOf(error, modern) {
  try {
    return JSON.stringify(error, withFields);
  } catch {
    return JSON.stringify(documentOf(error, modern));
  }
}

function withFields(_, value) {
  if (!(value instanceof Error)) {
    return value;
  }
  const fields = { errorType: value.name, errorMessage: value.message, code: value.code, ...value };
  if (typeof value.stack === 'string') {
    fields.stack = value.stack.split('\n');
  }
  return fields;
}

module.exports = { fault, documentOf, logError };

//# sourceURL=file:///var/runtime/errors.cjs
