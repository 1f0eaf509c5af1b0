package io.ringmaster.runtime;

/** Carries a fault out of the search for the handler. */
final class FaultException extends Exception {
  private static final long serialVersionUID = 1L;

  final transient Fault fault;

  FaultException(Fault fault) {
    super(fault.message());
    this.fault = fault;
  }
}
