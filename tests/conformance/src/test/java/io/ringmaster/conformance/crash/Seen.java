package io.ringmaster.conformance.crash;

/** A state of something that the server keeps. */
interface Seen {
  String ABSENT = "absent";

  /** In words, as far as it can be seen from outside: equal words, equal states. */
  String seen();

  static String of(Seen state) {
    return state == null ? ABSENT : state.seen();
  }
}
