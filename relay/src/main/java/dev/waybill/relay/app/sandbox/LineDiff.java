package dev.waybill.relay.app.sandbox;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The lines by which two messages differ.
///
/// Memory and time are bounded: only the first mebibyte of each is compared, and where more than
/// some thousand lines differ in one stretch, the stretch is shown as removed and added as a whole.
final class LineDiff {
  private static final int MAX_OCTETS = 1024 * 1024;
  private static final int MAX_TABLE = 4_000_000;
  private static final int CONTEXT = 3;

  /// What became of a line.
  enum Kind {
    SAME,
    REMOVED,
    ADDED,
    /// Stands for unchanged lines that are left out; the text says how many.
    SKIPPED
  }

  record Line(Kind kind, String text) {}

  private LineDiff() {}

  /// The lines of both in order, unchanged stretches shortened to three lines around each change.
  static List<Line> between(byte[] before, byte[] after) {
    return shortened(whole(lines(before), lines(after)));
  }

  private static List<String> lines(byte[] message) {
    String text =
        new String(message, 0, Math.min(message.length, MAX_OCTETS), StandardCharsets.UTF_8);
    List<String> lines = new ArrayList<>(Arrays.asList(text.split("\r?\n", -1)));
    if (lines.getLast().isEmpty()) {
      lines.removeLast();
    }
    return lines;
  }

  private static List<Line> whole(List<String> before, List<String> after) {
    int head = 0;
    int shorter = Math.min(before.size(), after.size());
    while (head < shorter && before.get(head).equals(after.get(head))) {
      head++;
    }
    int tail = 0;
    while (tail < shorter - head
        && before.reversed().get(tail).equals(after.reversed().get(tail))) {
      tail++;
    }
    List<Line> result = new ArrayList<>();
    before.subList(0, head).forEach(line -> result.add(new Line(Kind.SAME, line)));
    result.addAll(
        middle(
            before.subList(head, before.size() - tail), after.subList(head, after.size() - tail)));
    before
        .subList(before.size() - tail, before.size())
        .forEach(line -> result.add(new Line(Kind.SAME, line)));
    return result;
  }

  /// By the longest common subsequence.
  private static List<Line> middle(List<String> before, List<String> after) {
    List<Line> result = new ArrayList<>();
    if ((long) (before.size() + 1) * (after.size() + 1) > MAX_TABLE) {
      before.forEach(line -> result.add(new Line(Kind.REMOVED, line)));
      after.forEach(line -> result.add(new Line(Kind.ADDED, line)));
      return result;
    }
    int[][] length = new int[before.size() + 1][after.size() + 1];
    for (int i = before.size() - 1; i >= 0; i--) {
      for (int j = after.size() - 1; j >= 0; j--) {
        length[i][j] =
            before.get(i).equals(after.get(j))
                ? length[i + 1][j + 1] + 1
                : Math.max(length[i + 1][j], length[i][j + 1]);
      }
    }
    int i = 0;
    int j = 0;
    while (i < before.size() || j < after.size()) {
      if (i < before.size() && j < after.size() && before.get(i).equals(after.get(j))) {
        result.add(new Line(Kind.SAME, before.get(i++)));
        j++;
      } else if (i < before.size() && (j == after.size() || length[i + 1][j] >= length[i][j + 1])) {
        result.add(new Line(Kind.REMOVED, before.get(i++)));
      } else {
        result.add(new Line(Kind.ADDED, after.get(j++)));
      }
    }
    return result;
  }

  private static List<Line> shortened(List<Line> lines) {
    boolean[] kept = new boolean[lines.size()];
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).kind() != Kind.SAME) {
        Arrays.fill(kept, Math.max(0, i - CONTEXT), Math.min(lines.size(), i + CONTEXT + 1), true);
      }
    }
    List<Line> result = new ArrayList<>();
    int skipped = 0;
    for (int i = 0; i < lines.size(); i++) {
      if (kept[i]) {
        skip(result, skipped);
        skipped = 0;
        result.add(lines.get(i));
      } else {
        skipped++;
      }
    }
    skip(result, skipped);
    return result;
  }

  private static void skip(List<Line> result, int count) {
    if (count > 0) {
      result.add(
          new Line(Kind.SKIPPED, count == 1 ? "1 unchanged line" : count + " unchanged lines"));
    }
  }
}
