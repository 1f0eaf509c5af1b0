package io.ringmaster.core.dispatch;

import io.ringmaster.api.Call;
import io.ringmaster.api.InvocationCallback;
import io.ringmaster.api.Owner;
import io.ringmaster.core.counter.Counters;
import io.ringmaster.core.model.InvocationRecorder;
import io.ringmaster.core.place.PlacementLimits;
import io.ringmaster.core.resolve.FunctionDefinition;
import io.ringmaster.core.resolve.VersionDefinition;
import io.ringmaster.core.settle.Completions;
import io.ringmaster.sandbox.spi.DriverEvents;
import io.ringmaster.sandbox.spi.Fault;
import io.ringmaster.sandbox.spi.Invocation;
import io.ringmaster.sandbox.spi.PoolKey;
import io.ringmaster.sandbox.spi.SandboxDriver;
import io.ringmaster.sandbox.spi.SandboxSpec;
import io.ringmaster.sandbox.spi.Sleeper;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** A dispatcher turned by hand, over a driver that does what a test says. */
final class HandTurned {
  static final String ACCOUNT = "123456789012";
  static final Owner OWNER = new Owner(ACCOUNT, "us-east-1");
  static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(1);
  static final long CAPACITY_WAIT_NS = TimeUnit.SECONDS.toNanos(30);

  final ScriptedDriver processes = new ScriptedDriver();
  final ScriptedDriver inJvm = new ScriptedDriver();
  final Bed sleeper = new Bed();
  final Counters counters = new Counters();
  final List<Throwable> callbackFailures = new ArrayList<>();
  final Dispatcher dispatcher;
  long nowNs = 1_000_000_000L;

  HandTurned() {
    this(StreamLimits.DEFAULT);
  }

  HandTurned(StreamLimits streams) {
    this(streams, 16);
  }

  HandTurned(StreamLimits streams, int environmentsMax) {
    dispatcher =
        new Dispatcher(
            new DispatcherConfig(
                ACCOUNT,
                "us-east-1",
                1000,
                1024,
                new PlacementLimits(
                    environmentsMax,
                    CAPACITY_WAIT_NS,
                    TimeUnit.MINUTES.toNanos(10),
                    TimeUnit.HOURS.toNanos(4),
                    TimeUnit.SECONDS.toNanos(10)),
                streams,
                1),
            processes,
            inJvm,
            sleeper,
            new Completions(counters, (thread, thrown) -> callbackFailures.add(thrown)),
            InvocationRecorder.NONE,
            counters,
            nowNs);
    publish("f", 1);
  }

  /** A function with a version of that number. */
  void publish(String function, long version) {
    dispatcher.publish(
        new FunctionDefinition(
            ACCOUNT,
            "us-east-1",
            function,
            -1,
            Map.of(),
            FunctionDefinition.SCALING_RATE,
            Map.of("$LATEST", version(function, version)),
            Map.of()));
  }

  private static VersionDefinition version(String function, long version) {
    SandboxSpec.Identity identity =
        new SandboxSpec.Identity(
            ACCOUNT,
            "us-east-1",
            function,
            "$LATEST",
            "arn:…:" + function,
            "/aws/lambda/" + function,
            "Text",
            "",
            "");
    SandboxSpec spec =
        new SandboxSpec(
            "python3.13",
            "app.handler",
            null,
            null,
            "x86_64",
            Map.of(),
            identity,
            128,
            TIMEOUT_NS,
            512,
            false);
    return new VersionDefinition(
        version, "$LATEST", new PoolKey(ACCOUNT, version, "", ""), spec, false);
  }

  void turn() {
    dispatcher.turn(nowNs, TimeUnit.NANOSECONDS.toMillis(nowNs));
  }

  /** A submitted call, and how it ended. */
  Submitted submit() {
    return submit("f");
  }

  Submitted submit(String function) {
    Submitted submitted = new Submitted(dispatcher.newCall());
    submitted.call.function(function).submit(submitted);
    return submitted;
  }

  /** Counts how often it is told. */
  static final class Submitted implements InvocationCallback {
    final Call call;
    int told;

    Submitted(Call call) {
      this.call = call;
    }

    @Override
    public void settled(Call settled) {
      told++;
    }

    @Override
    public boolean nonBlocking() {
      return true;
    }
  }

  /** Falls asleep never, and does something just before it would. */
  static final class Bed implements Sleeper {
    Runnable whileFallingAsleep = () -> {};
    boolean slept;

    @Override
    public void await(long now, long until, BooleanSupplier anythingArrived) {
      whileFallingAsleep.run();
      slept = !anythingArrived.getAsBoolean();
    }

    @Override
    public void wake() {}

    @Override
    public void close() {}
  }

  /** Remembers what it was asked for; tells what it is told to tell. */
  static final class ScriptedDriver implements SandboxDriver {
    final ArrayDeque<Consumer<DriverEvents>> events = new ArrayDeque<>();
    final List<Invocation> offered = new ArrayList<>();
    final List<Integer> slots = new ArrayList<>();
    Consumer<Integer> onPrepare = id -> {};
    Consumer<Integer> onOffer = slot -> {};
    final List<Long> revoked = new ArrayList<>();
    final List<Fault> resets = new ArrayList<>();
    Runnable whenReset = () -> {};
    int prepared;
    long credited;

    /** How many its sandboxes take behind what runs, by what they say. */
    int depth;

    /** Whether there is a place, and whether they give back what is there, but for what began. */
    boolean placeBehind = true;

    boolean givesBack = true;
    final Set<Long> begun = new HashSet<>();

    @Override
    public int prepare(PoolKey key, SandboxSpec spec) {
      onPrepare.accept(prepared);
      return prepared++;
    }

    @Override
    public int prefetches(int sandbox) {
      return depth;
    }

    @Override
    public boolean offer(int slot, Invocation invocation) {
      if (!placeBehind && slots.contains(slot)) {
        return false;
      }
      offered.add(invocation);
      slots.add(slot);
      onOffer.accept(slot);
      return true;
    }

    /** The answer to the invocation that was offered as number {@code index}. */
    void answer(int index) {
      int slot = slots.get(index);
      long sequence = offered.get(index).sequence();
      events.add(sink -> sink.response(slot, sequence, false, 0, 0));
    }

    @Override
    public boolean revoke(int slot, long sequence) {
      revoked.add(sequence);
      return givesBack && !begun.contains(sequence);
    }

    @Override
    public void reset(int sandbox, Fault reason) {
      resets.add(reason);
      whenReset.run();
    }

    @Override
    public void discard(int sandbox, Fault reason) {}

    @Override
    public int poll(DriverEvents sink, int limit) {
      int delivered = 0;
      Consumer<DriverEvents> event;
      while (delivered < limit && (event = events.poll()) != null) {
        event.accept(sink);
        delivered++;
      }
      return delivered;
    }

    @Override
    public boolean hasEvents() {
      return !events.isEmpty();
    }

    @Override
    public void credit(int slot, int bytes) {
      credited += bytes;
    }

    @Override
    public boolean killable() {
      return true;
    }

    @Override
    public void close() {}
  }
}
