package io.ringmaster.sandbox.linux;

import io.ringmaster.sandbox.linux.channel.InlineChannel;
import io.ringmaster.sandbox.linux.channel.RuntimeApiChannel;
import io.ringmaster.sandbox.linux.channel.SegmentChannel;
import io.ringmaster.sandbox.system.Linux;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * The processes that are there: their places, what epoll watches of them, their descriptors, their
 * end. Dispatcher only.
 */
final class SandboxProcesses implements Iterable<SandboxProcess> {
  private static final int REQUEST = 1;

  private final Linux linux;
  private final EpollSleeper sleeper;
  private final KeeperClient client;
  private final FolderRemover remover;
  private final PolledChannels polled;

  private SandboxProcess[] table = new SandboxProcess[64];
  private int[] free = new int[64];
  private int freeCount;
  private int used;
  private int lastNumber;

  SandboxProcesses(
      Linux linux,
      EpollSleeper sleeper,
      KeeperClient client,
      FolderRemover remover,
      PolledChannels polled) {
    this.linux = linux;
    this.sleeper = sleeper;
    this.client = client;
    this.remover = remover;
    this.polled = polled;
  }

  /** That of the process that was asked for last. */
  int lastNumber() {
    return lastNumber;
  }

  /** Asks for one more of a pool. */
  void fork(GenericPool pool) {
    boolean awaited = pool.ask();
    client.command(new KeeperCommand.Fork(SandboxProcess.generic(++lastNumber, pool, awaited)));
  }

  /** Asks for one for an environment that waits for it. */
  void start(Environment environment, OwnStart start) {
    SandboxProcess process = SandboxProcess.own(++lastNumber, start, environment);
    environment.coming = process;
    client.command(new KeeperCommand.Start(process));
  }

  /** It is there: takes it in and listens to it. */
  void add(SandboxProcess process) {
    process.state = process.state.to(ProcessState.STARTING);
    process.startedNs = System.nanoTime();
    if (freeCount > 0) {
      process.index = free[--freeCount];
    } else {
      if (used == table.length) {
        table = Arrays.copyOf(table, used * 2);
        free = Arrays.copyOf(free, used * 2);
      }
      process.index = used++;
    }
    table[process.index] = process;
    open(process);
    watchResponse(process);
  }

  private static void open(SandboxProcess process) {
    int requestFd = process.requestFd;
    int responseFd = process.responseFd;
    if (process.segment != null) {
      process.shared = new SegmentChannel(requestFd, responseFd, data(process), process.segment);
      process.inline = process.shared.pipes();
      process.channel = process.shared;
    } else if (process.session == null) {
      process.inline = new InlineChannel(requestFd, responseFd, data(process));
      process.channel = process.inline;
    } else {
      process.channel = new RuntimeApiChannel(process.session);
    }
  }

  private static long data(SandboxProcess process) {
    return (long) process.number << 32 | (long) process.index << 1;
  }

  /** Whose event this is; null: of one that is gone. */
  SandboxProcess find(long data) {
    int index = (int) data >>> 1;
    SandboxProcess process = index < used ? table[index] : null;
    return process != null && process.number == (int) (data >>> 32) ? process : null;
  }

  /** Whether an event says that the request pipe takes more. */
  static boolean isRequest(long data) {
    return (data & REQUEST) != 0;
  }

  /** While the copier moves a part of a frame, the process is not listened to. */
  void watchMoving(SandboxProcess process) {
    if (process.channel.moving()) {
      unwatchResponse(process);
    } else {
      watchResponse(process);
    }
  }

  /** After each attempt to send: listens for room exactly as long as something waits for it. */
  void watchRequest(SandboxProcess process) {
    boolean wanted = process.channel.sending() && !process.channel.moving();
    if (wanted && !process.watchingRequest) {
      sleeper.watch(process.requestFd, Linux.EPOLLOUT, data(process) | REQUEST);
    } else if (!wanted && process.watchingRequest) {
      sleeper.unwatch(process.requestFd);
    }
    process.watchingRequest = wanted;
  }

  /** Listens to its answers, if there may be any. */
  private void watchResponse(SandboxProcess process) {
    if (!process.responseEnded
        && !process.watchingResponse
        && process.responseFd >= 0
        && !process.channel.moving()) {
      sleeper.watch(process.responseFd, Linux.EPOLLIN, data(process));
      process.watchingResponse = true;
    }
  }

  private void unwatchResponse(SandboxProcess process) {
    if (process.watchingResponse) {
      process.watchingResponse = false;
      sleeper.unwatch(process.responseFd);
    }
  }

  /** Nothing more is wanted of its answers, or nothing more will come. */
  void endResponse(SandboxProcess process) {
    process.responseEnded = true;
    unwatchResponse(process);
  }

  /**
   * Its invocation was told so many bytes of chunks, or they were credited (negative): while its
   * window is full nothing more is read, and the process's write comes to wait.
   */
  void uncredited(SandboxProcess process, int bytes, int windowBytes) {
    process.uncredited += bytes;
    if (process.uncredited >= windowBytes) {
      unwatchResponse(process);
    } else {
      watchResponse(process);
    }
  }

  private void unwatch(SandboxProcess process) {
    endResponse(process);
    if (process.watchingRequest) {
      process.watchingRequest = false;
      sleeper.unwatch(process.requestFd);
    }
  }

  /** Kills its tree; nothing that it still writes is read. */
  void kill(SandboxProcess process) {
    if (process.state == ProcessState.ENDING || process.state == ProcessState.GONE) {
      return;
    }
    process.state = process.state.to(ProcessState.ENDING);
    polled.leave(process);
    unwatch(process);
    process.channel.dropMoving();
    client.command(new KeeperCommand.Kill(process.number));
  }

  /** Nothing of it runs any more: gives its descriptors and its place back. */
  void gone(SandboxProcess process) {
    process.state = process.state.to(ProcessState.GONE);
    polled.leave(process);
    unwatch(process);
    process.channel.dropMoving();
    close(process);
    table[process.index] = null;
    free[freeCount++] = process.index;
    if (process.kit != null) {
      client.command(new KeeperCommand.Reuse(process.kit));
      process.kit = null;
    }
    if (process.abandoned != null) {
      remover.remove(process.abandoned.folder());
      process.abandoned = null;
    }
  }

  private void close(SandboxProcess process) {
    if (process.session == null) {
      linux.close(process.requestFd);
      linux.close(process.responseFd);
    } else {
      process.session.close();
    }
    if (process.segment != null) {
      process.segment.unmap(linux);
      process.segment = null;
    }
    if (process.statusFd >= 0) {
      linux.close(process.statusFd);
    }
    linux.close(process.pidfd);
  }

  /** As {@link #gone}, for a process that came while the driver closed. */
  void never(SandboxProcess process) {
    close(process);
    process.state = process.state.to(ProcessState.GONE);
  }

  @Override
  public Iterator<SandboxProcess> iterator() {
    return new Iterator<>() {
      private int at = -1;
      private SandboxProcess found = advance();

      private SandboxProcess advance() {
        while (++at < used) {
          if (table[at] != null) {
            return table[at];
          }
        }
        return null;
      }

      @Override
      public boolean hasNext() {
        return found != null;
      }

      @Override
      public SandboxProcess next() {
        if (found == null) {
          throw new NoSuchElementException();
        }
        SandboxProcess result = found;
        found = advance();
        return result;
      }
    };
  }
}
