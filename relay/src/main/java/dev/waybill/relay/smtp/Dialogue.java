package dev.waybill.relay.smtp;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.LongSupplier;

/// What was said at the opening of a connection, or in one transaction on it, for people to read.
///
/// One thread writes it, and whoever is handed it safely when it is done may read. Writing costs an
/// entry of a list: it keeps the commands and replies as they are at hand, and makes lines of them
/// when it is asked to. What is said in an AUTH exchange (RFC 4954 §4) is not kept at all, nor is
/// it where the host repeats it. Of a long reply the beginning is kept, and of a message its length
/// only.
public final class Dialogue {
  /// Of one reply so many characters are kept.
  static final int MAX_REPLY = 2_000;

  /// Of all of it so many characters are kept, about.
  public static final int MAX_LENGTH = 6_000;

  private static final String HIDDEN = "<hidden>";
  private static final String CUT = "[%,d more characters are not kept]";
  private static final int CHALLENGE = 334;

  /// A shorter word of an AUTH exchange would be found in every other reply.
  private static final int SHORTEST_SECRET = 4;

  /// Whose words a line has.
  public enum Speaker {
    CLIENT,
    SERVER,
    /// A remark of ours, which was not said to anybody.
    RELAY;

    /// As the admin API names it.
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// A line of it.
  ///
  /// @param millis since the dialogue began
  /// @param text without control characters and others that a terminal would act on
  public record Line(int millis, Speaker speaker, String text) {
    public Line {
      Objects.requireNonNull(speaker, "speaker");
      if (millis < 0) {
        throw new IllegalArgumentException("%d ms (expected: 0 or more)".formatted(millis));
      }
    }
  }

  /// @param content a text of one or more lines, a [Reply], or a message's length
  private record Step(long at, Speaker speaker, Object content) {}

  private final LongSupplier nanos;
  private final long began;
  private final List<Step> steps = new ArrayList<>(8);
  private List<String> secrets = List.of();
  private boolean authenticating;
  private int length;
  private boolean full;

  /// @param nanos a monotonic clock in nanoseconds
  public Dialogue(LongSupplier nanos) {
    this.nanos = nanos;
    this.began = nanos.getAsLong();
  }

  /// When it began, by the clock that it was made with.
  public long began() {
    return began;
  }

  /// How many characters it holds, about.
  public int length() {
    return length;
  }

  /// A remark of ours.
  public void note(String text) {
    add(Speaker.RELAY, text, text.length());
  }

  /// Commands were written.
  ///
  /// @param commands one or more lines
  void said(String commands) {
    String shown = commands;
    if (authenticating) {
      hide(commands.strip());
      shown = HIDDEN;
    } else if (commands.regionMatches(true, 0, "AUTH ", 0, 5)) {
      authenticating = true;
      String[] words = commands.strip().split(" +", 3);
      shown = words.length == 1 ? words[0] : words[0] + " " + words[1];
      if (words.length == 3) {
        hide(words[2]);
        shown += " " + HIDDEN;
      }
    }
    add(Speaker.CLIENT, shown, shown.length());
  }

  /// A message was written, or as much of it as the host let us.
  void saidMessage(int octets) {
    add(Speaker.CLIENT, octets, 20);
  }

  /// A reply was read.
  void heard(Reply reply) {
    int size = 0;
    for (String line : reply.lines()) {
      size += line.length() + 4;
    }
    Reply shown = size > MAX_REPLY ? cut(reply, size) : reply;
    if (authenticating) {
      shown = reply.code() == CHALLENGE ? Reply.of(CHALLENGE, HIDDEN) : withoutSecrets(shown);
      authenticating = reply.code() == CHALLENGE;
      secrets = authenticating ? secrets : List.of();
    }
    add(Speaker.SERVER, shown, Math.min(size, MAX_REPLY));
  }

  /// What was said, in its order.
  public List<Line> lines() {
    List<Line> lines = new ArrayList<>();
    for (Step step : steps) {
      int millis = (int) Math.clamp((step.at() - began) / 1_000_000, 0, Integer.MAX_VALUE);
      switch (step.content()) {
        case Reply(int code, List<String> texts) -> {
          for (int i = 0; i < texts.size(); i++) {
            char mark = i < texts.size() - 1 ? '-' : ' ';
            String line = (Integer.toString(code) + mark + texts.get(i)).stripTrailing();
            lines.add(new Line(millis, step.speaker(), harmless(line)));
          }
        }
        case Integer octets ->
            lines.add(new Line(millis, step.speaker(), "<%,d octets>".formatted(octets)));
        case Object text ->
            text.toString()
                .lines()
                .forEach(line -> lines.add(new Line(millis, step.speaker(), harmless(line))));
      }
    }
    return lines;
  }

  private void add(Speaker speaker, Object content, int size) {
    long now = nanos.getAsLong();
    if (length + size <= MAX_LENGTH) {
      length += size;
      steps.add(new Step(now, speaker, content));
    } else if (!full) {
      full = true;
      steps.add(new Step(now, Speaker.RELAY, "[what follows is not kept]"));
    }
  }

  private static Reply cut(Reply reply, int size) {
    List<String> kept = new ArrayList<>();
    int left = MAX_REPLY;
    for (String line : reply.lines()) {
      if (line.length() + 4 > left) {
        kept.add(line.substring(0, Math.clamp(left - 4L, 0, line.length())));
        break;
      }
      kept.add(line);
      left -= line.length() + 4;
    }
    kept.add(CUT.formatted(size - MAX_REPLY));
    return new Reply(reply.code(), kept);
  }

  /// Remembers what must not come back in a reply: the words as sent, and what they stand for.
  private void hide(String words) {
    List<String> all = new ArrayList<>(secrets);
    all.add(words);
    try {
      String decoded = new String(Base64.getDecoder().decode(words), StandardCharsets.UTF_8);
      all.addAll(List.of(decoded.split("\0")));
    } catch (IllegalArgumentException notBase64) {
      // the words themselves are all there is to hide
    }
    all.removeIf(word -> word.length() < SHORTEST_SECRET);
    secrets = List.copyOf(all);
  }

  private Reply withoutSecrets(Reply reply) {
    List<String> lines = new ArrayList<>();
    for (String line : reply.lines()) {
      String shown = line;
      for (String secret : secrets) {
        shown = shown.replace(secret, HIDDEN);
      }
      lines.add(shown);
    }
    return new Reply(reply.code(), lines);
  }

  /// Without what a terminal would act on, or what would change the order in which the rest is
  /// read.
  private static String harmless(String text) {
    if (text.chars().allMatch(c -> c >= ' ' && c < 0x7F)) {
      return text;
    }
    StringBuilder clean = new StringBuilder(text.length());
    text.codePoints().forEach(c -> clean.appendCodePoint(isHarmless(c) ? c : '?'));
    return clean.toString();
  }

  private static boolean isHarmless(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.PRIVATE_USE,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }
}
