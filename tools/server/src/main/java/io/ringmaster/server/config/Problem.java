package io.ringmaster.server.config;

/**
 * One thing that is wrong with what a server was told.
 *
 * @param source where the value came from, such as {@code --http}, {@code RINGMASTER_HTTP} or
 *     {@code /etc/ringmaster.conf line 3}
 * @param text what is wrong
 */
public record Problem(String source, String text) {
  @Override
  public String toString() {
    return source + ": " + text;
  }
}
