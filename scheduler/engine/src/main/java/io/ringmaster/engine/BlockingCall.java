package io.ringmaster.engine;

import io.ringmaster.api.Call;
import io.ringmaster.api.InvocationCallback;
import io.ringmaster.api.InvocationResult;
import io.ringmaster.api.InvokeRequest;
import java.util.concurrent.locks.LockSupport;

/** A call whose caller waits for it. Used by one thread at a time. */
final class BlockingCall implements InvocationCallback {
  private final Call call;
  private Thread waiter;

  /** Volatile: its store by the dispatcher publishes the answer. */
  private volatile boolean done;

  BlockingCall(Call call) {
    this.call = call;
  }

  InvocationResult invoke(InvokeRequest request) {
    Calls.fill(call, request);
    waiter = Thread.currentThread();
    done = false;
    call.submit(this);
    boolean interrupted = false;
    while (!done) {
      LockSupport.park(this);
      interrupted |= Thread.interrupted();
    }
    InvocationResult result = call.toResult();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return result;
  }

  int responseLength() {
    return call.responseLength();
  }

  @Override
  public void settled(Call settled) {
    Thread thread = waiter;
    done = true;
    LockSupport.unpark(thread);
  }

  @Override
  public boolean nonBlocking() {
    return true;
  }
}
