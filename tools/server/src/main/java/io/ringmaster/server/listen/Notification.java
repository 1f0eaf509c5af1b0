package io.ringmaster.server.listen;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.ringmaster.sandbox.system.Linux;
import io.ringmaster.sandbox.system.LinuxException;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Tells systemd how the server is, as {@code sd_notify(3)} describes it. Any thread. */
public final class Notification {
  /** Null: nobody wants to know. */
  private final String socket;

  /** For the process with these variables. */
  public Notification(Map<String, String> environment) {
    this.socket = environment.get("NOTIFY_SOCKET");
  }

  /** It serves. */
  public void ready() {
    send("READY=1\nMAINPID=" + ProcessHandle.current().pid());
  }

  /** It is about to end. */
  public void stopping() {
    send("STOPPING=1");
  }

  private void send(String text) {
    if (socket == null || !(socket.startsWith("/") || socket.startsWith("@"))) {
      return;
    }
    Linux linux = new Linux();
    int fd = (int) LinuxException.check("socket", linux.localSocket(true));
    try {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      MemorySegment memory = linux.allocate(bytes.length);
      MemorySegment.copy(bytes, 0, memory, JAVA_BYTE, 0, bytes.length);
      LinuxException.check("connect", linux.connectLocal(fd, socket));
      LinuxException.check("write", linux.write(fd, memory.address(), bytes.length));
      Reference.reachabilityFence(memory);
    } finally {
      linux.close(fd);
    }
  }
}
