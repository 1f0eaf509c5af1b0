package io.ringmaster.grpc;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.ringmaster.api.Call;
import io.ringmaster.api.InvocationCallback;
import io.ringmaster.api.Owner;
import io.ringmaster.grpc.v1.InvokeRequest;
import io.ringmaster.grpc.v1.InvokeResponse;

/** One invocation, one answer. The loop's thread, but for {@link #settled}. */
final class UnaryExchange extends SingleExchange<InvokeRequest, InvokeResponse>
    implements InvocationCallback {
  UnaryExchange(IngressLoop loop, Owner owner, ServerCall<InvokeRequest, InvokeResponse> rpc) {
    super(loop, owner, rpc);
  }

  @Override
  InvokeRequest invocation(InvokeRequest message) {
    return message;
  }

  @Override
  boolean takesEvents() {
    return true;
  }

  @Override
  void submit(Call taken) {
    taken.submit(this);
  }

  /** The dispatcher's thread, or the loop's own. */
  @Override
  public void settled(Call settled) {
    loop.turn().post(this);
  }

  @Override
  public boolean nonBlocking() {
    return true;
  }

  @Override
  protected void proceed() {
    finish();
  }

  @Override
  void send(InvokeResponse response) {
    rpc.sendHeaders(new Metadata());
    rpc.sendMessage(response);
    rpc.close(Status.OK, new Metadata());
  }
}
