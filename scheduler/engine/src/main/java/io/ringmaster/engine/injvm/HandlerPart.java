package io.ringmaster.engine.injvm;

/** A part of a handler's streamed answer, on its way to the dispatcher. */
record HandlerPart(HandlerSlot slot, long sequence, String contentType, byte[] bytes) {}
