package io.ringmaster.journeys;

import static io.ringmaster.journeys.Engines.invoke;
import static io.ringmaster.journeys.Engines.json;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.api.Call;
import io.ringmaster.api.Engine;
import io.ringmaster.api.EngineConfig;
import io.ringmaster.api.FunctionCode;
import io.ringmaster.api.FunctionSpec;
import io.ringmaster.api.InvocationCallback;
import io.ringmaster.api.InvocationResult;
import io.ringmaster.api.InvokeRequest;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Trusted handlers in the engine's own JVM, and the three ways to invoke. */
class InJvmJourneyTest {
  private Engine engine;

  @BeforeEach
  void open() {
    engine = Engine.open(EngineConfig.builder().sandboxProcesses(false).build());
  }

  @AfterEach
  void close() {
    engine.close();
  }

  private void create(String name, FunctionCode code) {
    engine.functions().create(FunctionSpec.named(name).code(code).timeoutSeconds(1).build());
  }

  @Test
  void aHandlerAnswersInChunks() {
    create(
        "chunks",
        FunctionCode.inJvm(
            (event, response) -> {
              response.write("[1,");
              response.endChunk();
              response.write(event.text());
              response.write("]");
            }));
    InvocationResult result = invoke(engine, "chunks", "2");
    assertEquals("[1,2]", result.payloadText());
    assertEquals(2, result.payloadChunks().size());
    assertTrue(result.coldStart());
  }

  /** No function's fault: nothing here serves its runtime. */
  @Test
  void aFunctionThatNeedsAProcessIsRefused() {
    engine
        .functions()
        .create(
            FunctionSpec.named("process")
                .runtime("python3.13")
                .handler("app.handler")
                .code(FunctionCode.files(java.util.Map.of("app.py", new byte[0])))
                .build());
    for (int i = 0; i < 2; i++) {
      InvocationResult result = invoke(engine, "process", "{}");
      assertEquals(502, result.statusCode());
      assertEquals("InvalidRuntimeException", result.refusal().code());
      assertTrue(result.refusal().message().contains("without sandbox processes"));
    }
  }

  @Test
  void anExceptionIsAFunctionError() {
    create(
        "throws",
        FunctionCode.inJvm(
            (event, response) -> {
              throw new IllegalArgumentException("say \"no\"\n");
            }));
    InvocationResult result = invoke(engine, "throws", "{}");
    assertEquals("Unhandled", result.functionError());
    assertEquals("say \"no\"\n", json(result).get("errorMessage").asText());
    assertEquals("java.lang.IllegalArgumentException", json(result).get("errorType").asText());
    assertTrue(json(result).get("stackTrace").size() > 0);
  }

  @Test
  void aStuckHandlerKeepsItsUnitChargedUntilItReturns() throws InterruptedException {
    CountDownLatch release = new CountDownLatch(1);
    AtomicInteger interrupts = new AtomicInteger();
    create(
        "stuck",
        FunctionCode.inJvm(
            (event, response) -> {
              if (!event.text().contains("hang")) {
                return;
              }
              while (release.getCount() > 0) {
                try {
                  release.await();
                } catch (InterruptedException e) {
                  interrupts.incrementAndGet();
                }
              }
            }));
    engine.functions().putConcurrency("stuck", 1);
    InvocationResult timedOut = invoke(engine, "stuck", "\"hang\"");
    assertEquals("Sandbox.Timedout", json(timedOut).get("errorType").asText());
    assertEquals(1L, engine.status().counters().get("handlerStuck"));
    await("the thread was interrupted")
        .atMost(5, TimeUnit.SECONDS)
        .until(() -> interrupts.get() == 1);
    InvocationResult refused = invoke(engine, "stuck", "{}");
    assertEquals(429, refused.statusCode());
    assertEquals("ReservedFunctionConcurrentInvocationLimitExceeded", refused.refusal().reason());
    release.countDown();
    await()
        .atMost(5, TimeUnit.SECONDS)
        .until(() -> engine.status().counters().get("handlerStuck") == 0L);
    assertEquals("null", invoke(engine, "stuck", "{}").payloadText());
  }

  @Test
  void futuresAndReusedCallsSettleOnceEach() throws InterruptedException {
    create(
        "echo",
        FunctionCode.inJvmNonBlocking((e, r) -> r.write(e.bytes(), e.offset(), e.length())));
    List<CompletableFuture<InvocationResult>> futures =
        IntStream.range(0, 500)
            .mapToObj(i -> engine.invokeAsync(InvokeRequest.of("echo", "" + i)))
            .toList();
    for (int i = 0; i < futures.size(); i++) {
      assertEquals("" + i, futures.get(i).join().payloadText());
    }

    int rounds = 10_000;
    CountDownLatch left = new CountDownLatch(rounds);
    Call call = engine.newCall().function("echo").payload(new byte[] {'7'}, 0, 1);
    AtomicInteger wrong = new AtomicInteger();
    call.submit(
        new InvocationCallback() {
          @Override
          public void settled(Call settled) {
            if (settled.statusCode() != 200 || settled.response()[0] != '7') {
              wrong.incrementAndGet();
            }
            left.countDown();
            if (left.getCount() > 0) {
              settled.submit(this);
            }
          }

          @Override
          public boolean nonBlocking() {
            return true;
          }
        });
    assertTrue(left.await(60, TimeUnit.SECONDS), () -> "left " + left.getCount());
    assertEquals(0, wrong.get());
  }

  @Test
  void aThrowingCallbackHurtsNobodyElse() {
    create("fine", FunctionCode.inJvm((event, response) -> response.write("1")));
    engine
        .newCall()
        .function("fine")
        .payload(new byte[] {'1'}, 0, 1)
        .submit(
            call -> {
              throw new IllegalStateException("a callback that throws on purpose");
            });
    assertEquals("1", invoke(engine, "fine", "1").payloadText());
    await()
        .atMost(5, TimeUnit.SECONDS)
        .until(() -> engine.status().counters().get("callbackFailures") == 1L);
  }

  @Test
  void anExceptionThatCannotTellWhatItIsIsAFunctionErrorToo() {
    create(
        "mute",
        FunctionCode.inJvm(
            (event, response) -> {
              if (event.text().contains("throw")) {
                throw new MuteException();
              }
              response.write("1");
            }));
    InvocationResult result = invoke(engine, "mute", "\"throw\"");
    assertEquals(MuteException.class.getName(), json(result).get("errorType").asText());
    assertEquals("1", invoke(engine, "mute", "{}").payloadText());
    assertEquals(0L, engine.status().counters().get("handlerStuck"));
  }

  private static final class MuteException extends RuntimeException {
    @Override
    public String getMessage() {
      throw new IllegalStateException("on purpose");
    }
  }

  @Test
  void aCallbackOnTheDispatcherIsToldThatItMustNotWait() throws InterruptedException {
    create("fine", FunctionCode.inJvm((event, response) -> response.write("1")));
    List<Runnable> waits =
        List.of(
            engine::close,
            engine::status,
            engine::functions,
            () -> engine.recentLogs("fine"),
            () -> invoke(engine, "fine", "1"));
    AtomicInteger refused = new AtomicInteger();
    CountDownLatch told = new CountDownLatch(1);
    engine
        .newCall()
        .function("fine")
        .payload(new byte[] {'1'}, 0, 1)
        .submit(
            new InvocationCallback() {
              @Override
              public void settled(Call call) {
                for (Runnable wait : waits) {
                  try {
                    wait.run();
                  } catch (IllegalStateException expected) {
                    refused.incrementAndGet();
                  }
                }
                told.countDown();
              }

              @Override
              public boolean nonBlocking() {
                return true;
              }
            });
    assertTrue(told.await(20, TimeUnit.SECONDS), "the dispatcher waits for itself");
    assertEquals(waits.size(), refused.get());
    assertEquals("1", invoke(engine, "fine", "1").payloadText());
  }

  @Test
  void closingDrainsAndRefusesWhatComesLater() throws InterruptedException {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    create(
        "slow",
        FunctionCode.inJvm(
            (event, response) -> {
              running.countDown();
              go.await();
              response.write("\"done\"");
            }));
    CompletableFuture<InvocationResult> inFlight =
        engine.invokeAsync(InvokeRequest.of("slow", "{}"));
    assertTrue(running.await(5, TimeUnit.SECONDS));
    Thread closer = Thread.ofPlatform().start(engine::close);
    await()
        .atMost(5, TimeUnit.SECONDS)
        .until(() -> engine.invoke(InvokeRequest.of("slow", "{}")).statusCode() == 500);
    go.countDown();
    assertEquals("\"done\"", inFlight.join().payloadText());
    closer.join();
    assertNotEquals(200, engine.invoke(InvokeRequest.of("slow", "{}")).statusCode());
  }
}
