package io.ringmaster.sandbox.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.sandbox.linux.Bench.Event;
import io.ringmaster.sandbox.spi.Fault;
import io.ringmaster.sandbox.spi.SandboxSpec;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Functions that hand each other what the engine gave them. */
class CollusionTest {
  private static final String HANDLER =
      """
      import fcntl, os, socket, struct, threading
      def pipes():
        for name in os.listdir('/proc/self/fd'):
          try:
            pipe = os.readlink('/proc/self/fd/' + name).startswith('pipe:')
            if pipe and int(name) > 2 and fcntl.fcntl(int(name), fcntl.F_GETFL) & 3 == os.O_WRONLY:
              yield int(name)
          except OSError: pass
      def flood(listener, sequence):
        giver, _ = listener.accept()
        _, fds, _, _ = socket.recv_fds(giver, 1, 8)
        frames = (struct.pack('<IBBHQ', 1008, 21, 0, 0, sequence) + b'x' * 1008) * 50
        def write(fd):
          while True: os.write(fd, frames)
        for fd in fds: threading.Thread(target=write, args=[fd], daemon=True).start()
        giver.send(b'k')
      def handler(event, context):
        place, sequence = event
        if sequence:
          listener = socket.socket(socket.AF_UNIX)
          listener.bind(place)
          listener.listen()
          threading.Thread(target=flood, args=[listener, sequence], daemon=True).start()
          return 'listening'
        taker = socket.socket(socket.AF_UNIX)
        taker.connect(place)
        socket.send_fds(taker, [b'x'], list(pipes()))
        taker.recv(1)
        os._exit(3)
      """;

  @TempDir Path folder;

  /** Its exit is told although its pipe never runs dry, and others are served meanwhile. */
  @Test
  void aDeadProcessesPipeThatAnotherFloodsHoldsNobody() throws Exception {
    try (Bench bench = new Bench(folder, 1)) {
      SandboxSpec function = bench.function(HANDLER);
      int flooding = bench.ready(function);
      int giving = bench.ready(function);
      int quiet = bench.ready(bench.function("def handler(e, c):\n  return e\n"));
      Path place = folder.resolve("place");
      assertEquals("\"listening\"", bench.invoke(flooding, "[\"" + place + "\", 2]"));
      OfferedInvocation given = bench.offer(giving, "[\"" + place + "\", 0]");
      given.windowBytes = 4096;
      assertEquals(2, given.sequence());
      long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
      Event event = bench.next();
      while (event.kind().equals("chunk")) {
        assertTrue(System.nanoTime() < deadlineNs, "the flood goes on");
        event = bench.next();
      }
      assertEquals("exited", event.kind());
      assertEquals(giving, event.sandbox());
      assertEquals(3 << 8, event.number());
      assertEquals("5", bench.invoke(quiet, "5"));
      bench.driver.discard(flooding, Fault.EVICTED);
      bench.driver.discard(giving, Fault.EVICTED);
    }
  }
}
