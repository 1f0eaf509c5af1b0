/** Tests of the Runtime API: sockets on one side, the test's thread as dispatcher on the other. */
package io.ringmaster.sandbox.runtimeapi;
