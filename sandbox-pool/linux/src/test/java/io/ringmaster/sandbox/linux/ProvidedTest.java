package io.ringmaster.sandbox.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.sandbox.linux.Bench.Event;
import io.ringmaster.sandbox.runtimeapi.NettyRuntimeApi;
import io.ringmaster.sandbox.spi.Fault;
import io.ringmaster.sandbox.spi.SandboxSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Functions that bring their own runtime: a bootstrap that speaks the Runtime API. */
class ProvidedTest {
  /** Obeys its events. */
  private static final String BOOTSTRAP =
      """
      #!/usr/bin/python3
      import http.client, json, os, signal, socket, subprocess, sys, time
      base = '/2018-06-01/runtime/'
      api = http.client.HTTPConnection(os.environ['AWS_LAMBDA_RUNTIME_API'])
      def call(method, path, body=None, headers={}):
        api.request(method, base + path, body, headers)
        answer = api.getresponse()
        return answer.headers, answer.read()
      if os.path.exists('exit-in-init'): sys.exit(5)
      if os.path.exists('init-error'):
        call('POST', 'init/error', json.dumps({'errorMessage': 'no', 'errorType': 'Init.No'}))
        sys.exit(1)
      print('started', flush=True)
      while True:
        headers, body = call('GET', 'invocation/next')
        own, event = headers['Lambda-Runtime-Aws-Request-Id'], json.loads(body)
        if event == 'exit': os._exit(3)
        if event == 'kill': os.kill(os.getpid(), signal.SIGKILL)
        if event == 'daemon':
          subprocess.Popen(['setsid', 'sleep', '8766'])
        if event == 'sleep': time.sleep(60)
        if event == 'print': print('printed', flush=True)
        if event in ('last', 'last-killed'):
          host, port = os.environ['AWS_LAMBDA_RUNTIME_API'].split(':')
          last = socket.create_connection((host, int(port)))
          last.sendall(('POST ' + base + 'invocation/' + own + '/response HTTP/1.1\\r\\n'
              'Host: h\\r\\nContent-Length: 100000\\r\\n\\r\\n' + 'x' * 100000).encode())
          if event == 'last-killed': os.kill(os.getpid(), signal.SIGKILL)
          os._exit(4)
        if event == 'error':
          call('POST', 'invocation/' + own + '/error',
              json.dumps({'errorMessage': 'bad', 'errorType': 'My.Error'}))
          continue
        if event == 'look':
          event = [dict(os.environ), os.getcwd(), sorted(os.listdir('/proc/self/fd'))]
        call('POST', 'invocation/' + own + '/response', json.dumps(event))
      """;

  @TempDir Path folder;
  private final NettyRuntimeApi api = new NettyRuntimeApi();
  private Bench bench;

  @BeforeEach
  void open() throws Exception {
    Path data = Files.createDirectories(folder.resolve("data"));
    ProcessPoolConfig config = new ProcessPoolConfig(data, 64, 0, 0, java.util.List.of());
    bench = new Bench(folder, config, KeeperMode.PID_NAMESPACE, api);
  }

  @AfterEach
  void nothingIsLeft() {
    bench.close();
    api.close();
    assertEquals(0, ProcessHandle.current().descendants().count());
  }

  @Test
  void answersErrorsAndVariables() throws Exception {
    SandboxSpec spec = bench.provided(BOOTSTRAP);
    int sandbox = bench.ready(spec);
    assertEquals("{\"a\": 1}", bench.invoke(sandbox, "{\"a\":1}"));
    OfferedInvocation bad = bench.offer(sandbox, "\"error\"");
    bench.expect("error", sandbox);
    assertTrue(bad.answer().contains("My.Error"), bad.answer());
    String seen = bench.invoke(sandbox, "\"look\"");
    assertTrue(seen.contains("\"AWS_LAMBDA_RUNTIME_API\": \"127.0.0.1:"), seen);
    assertTrue(seen.contains("\"_HANDLER\": \"app.handler\""), seen);
    assertTrue(seen.contains("}, \"" + spec.code() + "\", [\"0\", \"1\", \"2\", "), seen);
    assertFalse(seen.contains("AWS_EXECUTION_ENV"), seen);
    bench.until(() -> bench.output.containsKey(sandbox), "its output is lost");
    assertTrue(bench.output.get(sandbox).toString().contains("started"));
    int peakKb = bench.pool.status().sandboxes().get(0).maxMemoryKb();
    assertTrue(peakKb > 4_000 && peakKb < 100_000, peakKb + " KiB");
  }

  @Test
  void endsAreTold() throws Exception {
    int sandbox = bench.ready(bench.provided(BOOTSTRAP));
    bench.offer(sandbox, "\"exit\"");
    Event exited = bench.expect("exited", sandbox);
    assertEquals(3 << 8, exited.number());
    int peakKb = Integer.parseInt(exited.text()); // it never answered
    assertTrue(peakKb > 4_000 && peakKb < 100_000, peakKb + " KiB");
    bench.offer(sandbox, "\"kill\"");
    bench.expect("ready", sandbox);
    assertEquals(9, bench.expect("exited", sandbox).number());
    bench.offer(sandbox, "\"sleep\"");
    bench.expect("ready", sandbox);
    bench.driver.reset(sandbox, Fault.TIMEOUT);
    assertEquals(9, bench.expect("exited", sandbox).number());
    bench.offer(sandbox, "\"daemon\"");
    bench.expect("ready", sandbox);
    bench.expect("response", sandbox);
    bench.driver.discard(sandbox, Fault.EVICTED);
    bench.until(
        () ->
            ProcessHandle.current()
                .descendants()
                .noneMatch(p -> p.info().commandLine().orElse("").contains("8766")),
        "what it detached lives on");
  }

  /** What it printed before its answer is counted, whether the log agent has read it or not. */
  @Test
  void anAnswerSaysHowMuchWasPrintedBeforeIt() throws Exception {
    int sandbox = bench.ready(bench.provided(BOOTSTRAP));
    int printed = "started\n".length();
    for (int i = 0; i < 20; i++) {
      OfferedInvocation invocation = bench.offer(sandbox, "\"print\"");
      printed += "printed\n".length();
      bench.readsLogs = i % 2 == 0;
      bench.expect("response", sandbox);
      assertEquals(printed, invocation.responseBuffer().logPosition());
    }
    bench.readsLogs = true;
    int all = printed;
    bench.until(() -> bench.positions.getOrDefault(sandbox, 0L) == all, "its output is lost");
  }

  /** Whoever looks at the exit first would lose these. */
  @Test
  void anAnswerJustBeforeTheExitCounts() throws Exception {
    int sandbox = bench.ready(bench.provided(BOOTSTRAP));
    for (int i = 0; i < 30; i++) {
      OfferedInvocation last = bench.offer(sandbox, i % 2 == 0 ? "\"last\"" : "\"last-killed\"");
      if (i > 0) {
        bench.expect("ready", sandbox);
      }
      bench.expect("response", sandbox);
      assertEquals(100_000, last.answer().length());
      assertEquals(i % 2 == 0 ? 4 << 8 : 9, bench.expect("exited", sandbox).number());
    }
  }

  @Test
  void failuresOfInitAreTold() throws Exception {
    SandboxSpec exits = bench.provided(BOOTSTRAP);
    Files.writeString(exits.code().resolve("exit-in-init"), "");
    int exiting = bench.prepare(exits);
    Event exited = bench.expect("exited", exiting);
    assertEquals(5 << 8, exited.number());
    assertTrue(Integer.parseInt(exited.text()) > 0, "memory of a process that ended in init");
    SandboxSpec fails = bench.provided(BOOTSTRAP);
    Files.writeString(fails.code().resolve("init-error"), "");
    int failing = bench.prepare(fails);
    assertTrue(bench.expect("initFailed", failing).text().contains("Init.No"));
    assertEquals(1 << 8, bench.expect("exited", failing).number());
    bench.offer(failing, "1");
    bench.expect("initFailed", failing);
    bench.expect("exited", failing);
  }

  @Test
  void aBootstrapThatCannotRunIsTheFunctionsFault() throws Exception {
    String none = "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]";
    assertEquals(none, refusal(bench.provided(null)));
    SandboxSpec notExecutable = bench.provided("#!/bin/sh\n");
    Files.setPosixFilePermissions(
        notExecutable.code().resolve("bootstrap"), PosixFilePermissions.fromString("rw-r--r--"));
    assertEquals("fork/exec /var/task/bootstrap: permission denied", refusal(notExecutable));
    assertEquals(
        "fork/exec /var/task/bootstrap: exec format error", refusal(bench.provided("text")));
    assertEquals(
        "fork/exec /var/task/bootstrap: no such file or directory",
        refusal(bench.provided("#!/no/such/interpreter\n")));
  }

  private String refusal(SandboxSpec spec) throws Exception {
    int sandbox = bench.prepare(spec);
    Event refused = bench.expect("initRefused", sandbox);
    bench.expect("exited", sandbox);
    bench.offer(sandbox, "1"); // tried again inside the invocation
    assertEquals(refused.text(), bench.expect("initRefused", sandbox).text());
    bench.expect("exited", sandbox);
    bench.driver.discard(sandbox, Fault.EVICTED);
    return refused.text().replaceFirst("^Runtime.InvalidEntrypoint ", "");
  }
}
