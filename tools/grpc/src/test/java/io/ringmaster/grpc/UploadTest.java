package io.ringmaster.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.stub.ServerCallStreamObserver;
import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an upload holds, it holds as long as its RPC at most. */
class UploadTest {
  private final EventExecutor loop = new DefaultEventExecutor();
  private final Upload.Budget budget = new Upload.Budget();

  /** An RPC, as far as its handlers go. */
  private static final class Rpc extends ServerCallStreamObserver<Object> {
    private Runnable cancelled;
    private Runnable closed;

    @Override
    public void setOnCancelHandler(Runnable handler) {
      cancelled = handler;
    }

    @Override
    public void setOnCloseHandler(Runnable handler) {
      closed = handler;
    }

    @Override
    public boolean isCancelled() {
      return false;
    }

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void setCompression(String compression) {}

    @Override
    public void setOnReadyHandler(Runnable handler) {}

    @Override
    public void disableAutoInboundFlowControl() {}

    @Override
    public void request(int count) {}

    @Override
    public void setMessageCompression(boolean enable) {}

    @Override
    public void onNext(Object message) {}

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onCompleted() {}
  }

  @AfterEach
  void close() {
    loop.shutdownGracefully(0, 0, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  private Rpc begun() {
    Rpc rpc = new Rpc();
    Upload<ByteString> upload =
        new Upload<>(budget, loop, rpc, part -> part, (first, archive) -> archive.release());
    upload.onNext(ByteString.copyFromUtf8("PK"));
    assertTrue(budget.held() > 0);
    return rpc;
  }

  @Test
  void whoGoesAwayLeavesItsRoom() {
    begun().cancelled.run();
    assertEquals(0, budget.held());
  }

  /** gRPC tells of a status of the server's own as of a good end. */
  @Test
  void soDoesWhatTheServerCloses() {
    Rpc rpc = begun();
    rpc.closed.run();
    assertEquals(0, budget.held());
    rpc.cancelled.run();
    assertEquals(0, budget.held());
  }
}
