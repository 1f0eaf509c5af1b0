package io.ringmaster.engine;

import io.ringmaster.core.event.EventClock;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Keeps an {@link EventClock} in a file: {@code ahead=MS alive=MS} and a newline. It is written
 * beside and then renamed; one that is missing or damaged costs no more than what it is for. The
 * event agent's thread.
 */
final class EventClockFile implements EventClock.Storage {
  private static final System.Logger LOG = System.getLogger("io.ringmaster.engine");
  private static final Pattern FORM =
      Pattern.compile("ahead=(-?[0-9]{1,18}) alive=(-?[0-9]{1,18})\n");

  private final Path file;
  private boolean failed;

  EventClockFile(Path file) {
    this.file = file;
  }

  @Override
  public EventClock.Kept load() {
    try {
      Matcher form = FORM.matcher(Files.readString(file));
      if (form.matches()) {
        return new EventClock.Kept(Long.parseLong(form.group(1)), Long.parseLong(form.group(2)));
      }
      LOG.log(Level.WARNING, "the clock of events is damaged, and begins anew: {0}", file);
    } catch (NoSuchFileException first) {
      return null;
    } catch (IOException e) {
      LOG.log(Level.WARNING, "the clock of events cannot be read, and begins anew: " + e);
    }
    return null;
  }

  @Override
  public boolean save(EventClock.Kept kept) {
    Path beside = file.resolveSibling(file.getFileName() + ".new");
    String text = "ahead=" + kept.aheadMs() + " alive=" + kept.aliveMs() + "\n";
    try (FileChannel channel =
        FileChannel.open(
            beside,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
      channel.force(true); // else a power cut may leave an empty one
      Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      failed = false;
      return true;
    } catch (IOException e) {
      if (!failed) { // it is tried again and again
        LOG.log(Level.WARNING, "the clock of events cannot be kept: " + e);
      }
      failed = true;
      return false;
    }
  }
}
