package io.ringmaster.bootstraps;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A template process with the bootstrap preloaded, which forks sandboxes as the zygote does,
 * without isolation. Channels are named pipes in the template's folder. One thread.
 */
final class PythonTemplate implements AutoCloseable {
  private static final String PROGRAM =
      """
      import gc, os, sys
      sys.path.insert(0, sys.argv[1])
      import bootstrap
      bootstrap.preload()
      del sys.path[0]
      gc.freeze()
      while True:
          command, _, argument = os.read(0, 4096).decode().strip().partition(" ")
          if command == "fork":
              pipes = [os.path.join(argument, name) for name in ("requests", "responses", "log")]
              for pipe in pipes:
                  os.mkfifo(pipe)
              pid = os.fork()
              if pid == 0:
                  os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
                  fds = [os.open(p, os.O_WRONLY if i else os.O_RDONLY) for i, p in enumerate(pipes)]
                  for fd, target in zip(fds, (60, 61, 62)):
                      os.dup2(fd, target)
                  for fd, target in ((60, 3), (61, 4), (62, 1), (62, 2)):
                      os.dup2(fd, target)
                  os.closerange(5, 100)
                  bootstrap.run()
              os.write(1, b"%d\\n" % pid)
          elif command == "poll":
              os.write(1, b"%d %d\\n" % os.waitpid(int(argument), os.WNOHANG))
          else:
              break
      """;

  private final Process process;
  private final Path folder;
  private final BufferedReader answers;
  private int sandboxes;

  PythonTemplate(Path interpreter, Path bootstraps, Path folder) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            interpreter.toString(), "-c", PROGRAM, bootstraps.resolve("python").toString());
    builder.environment().clear();
    builder.environment().put("ENGINES_OWN", "secret");
    builder.environment().put("PATH", "/usr/bin:/bin");
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    this.process = builder.start();
    this.folder = folder;
    this.answers =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /** Forks a sandbox; the function's files are put into {@code code}. */
  PythonSandbox fork(Path code, Map<String, String> files) throws IOException {
    PythonSandbox.write(code, files);
    Path pipes = Files.createDirectory(folder.resolve("sandbox" + sandboxes++));
    long pid = Long.parseLong(ask("fork " + pipes));
    OutputStream requests = Files.newOutputStream(pipes.resolve("requests"));
    InputStream responses = Files.newInputStream(pipes.resolve("responses"));
    InputStream log = Files.newInputStream(pipes.resolve("log"));
    return new PythonSandbox(new Forked(pid), requests, responses, log, code)
        .environment("PYTHONDONTWRITEBYTECODE", "1");
  }

  private String ask(String command) throws IOException {
    process.getOutputStream().write(command.getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().flush();
    String answer = answers.readLine();
    if (answer == null) {
      throw new IOException("the template ended after " + command);
    }
    return answer;
  }

  @Override
  public void close() throws IOException {
    process.getOutputStream().close();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("the template does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private final class Forked implements PythonSandbox.Life {
    private final long pid;
    private int status = -1;

    Forked(long pid) {
      this.pid = pid;
    }

    @Override
    public long pid() {
      return pid;
    }

    @Override
    public int poll() {
      if (status >= 0) {
        return status;
      }
      try {
        String[] answer = ask("poll " + pid).split(" ");
        if (Long.parseLong(answer[0]) == pid) {
          int raw = Integer.parseInt(answer[1]);
          status = (raw & 0x7f) != 0 ? 128 + (raw & 0x7f) : raw >> 8;
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return status;
    }

    @Override
    public void kill() {
      if (poll() < 0) { // not reaped: the number is still its own
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
      }
    }
  }
}
