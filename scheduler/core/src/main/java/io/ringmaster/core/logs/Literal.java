package io.ringmaster.core.logs;

import java.util.ArrayList;
import java.util.List;

/**
 * A text to be found in lines, in time in proportion to the line alone: a longer one as Knuth,
 * Morris and Pratt do it. Immutable; any thread.
 */
final class Literal {
  /** Shorter ones are found sooner by comparing them everywhere. */
  private static final int SHORT = 16;

  private final String text;

  /** For each length the longest end of that much of the text that it also begins with. */
  private final int[] border;

  Literal(String text) {
    this.text = text;
    this.border = text.length() <= SHORT ? null : borders(text);
  }

  private static int[] borders(String text) {
    int[] border = new int[text.length() + 1];
    for (int i = 1; i < text.length(); i++) {
      int k = border[i];
      while (k > 0 && text.charAt(i) != text.charAt(k)) {
        k = border[k];
      }
      border[i + 1] = text.charAt(i) == text.charAt(k) ? k + 1 : 0;
    }
    return border;
  }

  boolean isIn(String line) {
    return indexIn(line, 0, line.length()) >= 0;
  }

  /** Where it begins first between two places of a line; −1: nowhere. */
  int indexIn(String line, int from, int to) {
    if (border == null) {
      return line.indexOf(text, from, to);
    }
    int same = 0;
    for (int i = from; i < to; i++) {
      char c = line.charAt(i);
      while (same > 0 && c != text.charAt(same)) {
        same = border[same];
      }
      same += c == text.charAt(same) ? 1 : 0;
      if (same == text.length()) {
        return i + 1 - same;
      }
    }
    return -1;
  }

  /** A text with asterisks, each of which is anything. Immutable; any thread. */
  static final class Form {
    private final String begin;
    private final String end;
    private final List<Literal> between = new ArrayList<>();
    private final boolean exact;

    Form(String form) {
      int first = form.indexOf('*');
      int last = form.lastIndexOf('*');
      exact = first < 0;
      begin = exact ? form : form.substring(0, first);
      end = form.substring(last + 1);
      for (String piece : exact ? new String[0] : form.substring(first, last).split("\\*")) {
        if (!piece.isEmpty()) {
          between.add(new Literal(piece));
        }
      }
    }

    boolean isOf(String line) {
      if (exact) {
        return line.equals(begin);
      }
      int at = begin.length();
      int to = line.length() - end.length();
      if (at > to || !line.startsWith(begin) || !line.endsWith(end)) {
        return false;
      }
      for (Literal piece : between) {
        int found = piece.indexIn(line, at, to);
        if (found < 0) {
          return false;
        }
        at = found + piece.text.length();
      }
      return true;
    }
  }
}
