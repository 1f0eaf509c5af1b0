/** Tests of the HTTP ingress: raw sockets and clients against a real engine. */
package io.ringmaster.lambdahttp;
