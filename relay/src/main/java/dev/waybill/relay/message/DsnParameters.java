package dev.waybill.relay.message;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What a sender wants to hear of one delivery (delivery status notifications, RFC 3461 §4).
///
/// A value; any thread may use it. The texts are kept as they stand on the wire.
///
/// @param ret how much of the message comes back with a report; null when it was not said
/// @param envid the sender's name for the transaction, in xtext; null for none
/// @param notifyOn what to report; empty when it was not said
/// @param orcpt the recipient that the sender meant, such as `rfc822;bob@example.com`, in xtext;
///   null for none
public record DsnParameters(
    @Nullable Ret ret, @Nullable String envid, Set<Notify> notifyOn, @Nullable String orcpt) {
  /// How much of the message comes back (RFC 3461 §4.3).
  public enum Ret {
    FULL,
    HDRS
  }

  /// What is reported (RFC 3461 §4.1).
  public enum Notify {
    NEVER,
    SUCCESS,
    FAILURE,
    DELAY
  }

  /// Nothing was said.
  public static final DsnParameters NONE = new DsnParameters(null, null, Set.of(), null);

  private static final int MAX_ENVID = 100;
  private static final int MAX_ORCPT = 500;
  private static final int MAX_ADDRESS_TYPE = 64;
  private static final String UTF8_TYPE = "utf-8";

  public DsnParameters {
    notifyOn = Set.copyOf(notifyOn);
  }

  /// Reads the value of RET.
  public static Optional<Ret> readRet(String value) {
    return switch (value.toUpperCase(Locale.ROOT)) {
      case "FULL" -> Optional.of(Ret.FULL);
      case "HDRS" -> Optional.of(Ret.HDRS);
      default -> Optional.empty();
    };
  }

  /// Reads the value of NOTIFY: `NEVER`, or a list of the others.
  public static Optional<Set<Notify>> readNotify(String value) {
    Set<Notify> wanted = EnumSet.noneOf(Notify.class);
    for (String word : value.split(",", -1)) {
      switch (word.toUpperCase(Locale.ROOT)) {
        case "NEVER" -> wanted.add(Notify.NEVER);
        case "SUCCESS" -> wanted.add(Notify.SUCCESS);
        case "FAILURE" -> wanted.add(Notify.FAILURE);
        case "DELAY" -> wanted.add(Notify.DELAY);
        default -> {
          return Optional.empty();
        }
      }
    }
    boolean contradicts = wanted.contains(Notify.NEVER) && !value.equalsIgnoreCase("NEVER");
    return contradicts ? Optional.empty() : Optional.of(wanted);
  }

  /// Whether this may be the value of ENVID: 1 to 100 characters of xtext that stand for printable
  /// ASCII (RFC 3461 §4.4).
  public static boolean isEnvid(String value) {
    return !value.isEmpty() && value.length() <= MAX_ENVID && isXtext(value, c -> false);
  }

  /// Whether this may be the value of ORCPT: an address type and an address in xtext, at most 500
  /// characters (RFC 3461 §4.2); of the type `utf-8` also beyond ASCII (RFC 6533 §3).
  ///
  /// @param smtpUtf8 whether MAIL said SMTPUTF8
  public static boolean isOrcpt(String value, boolean smtpUtf8) {
    int semicolon = value.indexOf(';');
    if (semicolon < 1 || semicolon > MAX_ADDRESS_TYPE || value.length() > MAX_ORCPT) {
      return false;
    }
    String type = value.substring(0, semicolon);
    boolean beyondAscii = smtpUtf8 && type.equalsIgnoreCase(UTF8_TYPE);
    return type.chars().allMatch(c -> c == '-' || isAsciiLetterOrDigit(c))
        && semicolon + 1 < value.length()
        && isXtext(value.substring(semicolon + 1), c -> beyondAscii && c >= 0x80);
  }

  /// What xtext stands for; a text that is not xtext is returned as it is.
  public static String decoded(String xtext) {
    if (xtext.indexOf('+') < 0) {
      return xtext;
    }
    StringBuilder text = new StringBuilder(xtext.length());
    for (int i = 0; i < xtext.length(); i++) {
      char c = xtext.charAt(i);
      if (c == '+' && i + 2 < xtext.length() && isHex(xtext, i + 1)) {
        text.append((char) Integer.parseInt(xtext, i + 1, i + 3, 16));
        i += 2;
      } else {
        text.append(c);
      }
    }
    return text.toString();
  }

  /// The words to add to MAIL; empty when there are none.
  public List<String> ofMail() {
    List<String> words = new ArrayList<>(2);
    if (ret != null) {
      words.add("RET=" + ret);
    }
    if (envid != null) {
      words.add("ENVID=" + envid);
    }
    return words;
  }

  /// The words to add to RCPT; empty when there are none.
  public List<String> ofRcpt() {
    List<String> words = new ArrayList<>(2);
    if (!notifyOn.isEmpty()) {
      words.add("NOTIFY=" + notifyText());
    }
    if (orcpt != null) {
      words.add("ORCPT=" + orcpt);
    }
    return words;
  }

  /// The value of NOTIFY; empty when it was not said.
  public String notifyText() {
    return notifyOn.stream().sorted().map(Notify::name).collect(Collectors.joining(","));
  }

  /// All of it in one line, such as `RET=HDRS NOTIFY=NEVER`; empty when nothing was said.
  public String text() {
    if (equals(NONE)) {
      return "";
    }
    List<String> words = new ArrayList<>(ofMail());
    words.addAll(ofRcpt());
    return String.join(" ", words);
  }

  /// Reads what [#text] wrote.
  public static DsnParameters parse(String text) {
    Ret ret = null;
    String envid = null;
    Set<Notify> notify = Set.of();
    String orcpt = null;
    for (String word : text.split(" ", -1)) {
      String value = word.substring(word.indexOf('=') + 1);
      switch (word.substring(0, Math.max(0, word.indexOf('=')))) {
        case "RET" -> ret = readRet(value).orElse(null);
        case "ENVID" -> envid = value;
        case "NOTIFY" -> notify = readNotify(value).orElse(Set.of());
        case "ORCPT" -> orcpt = value;
        default -> {}
      }
    }
    return new DsnParameters(ret, envid, notify, orcpt);
  }

  /// RFC 3461 §4: printable ASCII but `+` and `=`, or `+` and two upper-case hexadecimal digits,
  /// which stand for printable ASCII here.
  private static boolean isXtext(String text, IntPredicate besides) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '+') {
        if (i + 2 >= text.length() || !isHex(text, i + 1) || !isPrintable(hexOf(text, i + 1))) {
          return false;
        }
        i += 2;
      } else if ((c <= ' ' || c > '~' || c == '=') && !besides.test(c)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isHex(String text, int at) {
    return isUpperHex(text.charAt(at)) && isUpperHex(text.charAt(at + 1));
  }

  private static boolean isUpperHex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F');
  }

  private static int hexOf(String text, int at) {
    return Integer.parseInt(text, at, at + 2, 16);
  }

  private static boolean isPrintable(int c) {
    return c >= ' ' && c <= '~';
  }

  private static boolean isAsciiLetterOrDigit(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }
}
