/** The gRPC ingress over a real engine with in-JVM handlers, on loopback. */
package io.ringmaster.grpc;
