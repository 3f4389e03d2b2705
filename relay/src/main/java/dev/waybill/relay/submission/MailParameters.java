package dev.waybill.relay.submission;

import dev.waybill.relay.message.DsnParameters;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The parameters of MAIL that are offered: SIZE (RFC 1870), BODY (RFC 6152), SMTPUTF8 (RFC 6531),
/// RET and ENVID (RFC 3461), REQUIRETLS (RFC 8689 §2) and AUTH (RFC 4954 §5, ignored: whoever
/// submits answers for the message).
///
/// @param size the announced octets, 0 when nothing was announced, `Long.MAX_VALUE` for more than
///   fits
/// @param ret how much of the message a report brings back; null when nothing was said
/// @param envid the client's name for the transaction; null for none
/// @param requireTls whether the message may only travel under TLS
record MailParameters(
    long size,
    boolean smtpUtf8,
    DsnParameters.@Nullable Ret ret,
    @Nullable String envid,
    boolean requireTls) {
  /// What came of reading them.
  sealed interface Reading {}

  /// They make sense.
  record Understood(MailParameters parameters) implements Reading {}

  /// They do not; the reply says why.
  record Wrong(String reply) implements Reading {}

  private static final int MAX_SIZE_DIGITS = 18;

  static Reading read(List<String> words) {
    long size = 0;
    boolean smtpUtf8 = false;
    DsnParameters.@Nullable Ret ret = null;
    @Nullable String envid = null;
    boolean requireTls = false;
    Optional<String> repeated = EnvelopePath.repeated(words);
    if (repeated.isPresent()) {
      return wrong(repeated.get(), "each parameter once");
    }
    for (String word : words) {
      EnvelopePath.Parameter parameter = EnvelopePath.Parameter.of(word);
      String value = parameter.value();
      switch (parameter.name()) {
        case "SIZE" -> {
          if (value.isEmpty() || !value.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return wrong(word, "SIZE=octets");
          }
          size = value.length() > MAX_SIZE_DIGITS ? Long.MAX_VALUE : Long.parseLong(value);
        }
        case "BODY" -> {
          if (!value.equalsIgnoreCase("7BIT") && !value.equalsIgnoreCase("8BITMIME")) {
            return wrong(word, "BODY=7BIT or BODY=8BITMIME");
          }
        }
        case "SMTPUTF8" -> {
          if (parameter.hasValue()) {
            return wrong(word, "SMTPUTF8 without a value");
          }
          smtpUtf8 = true;
        }
        case "REQUIRETLS" -> {
          if (parameter.hasValue()) {
            return wrong(word, "REQUIRETLS without a value");
          }
          requireTls = true;
        }
        case "RET" -> {
          ret = DsnParameters.readRet(value).orElse(null);
          if (ret == null) {
            return wrong(word, "RET=FULL or RET=HDRS");
          }
        }
        case "ENVID" -> {
          if (!DsnParameters.isEnvid(value)) {
            return wrong(word, "ENVID= and at most 100 characters of xtext");
          }
          envid = value;
        }
        case "AUTH" -> {
          if (value.isEmpty()) {
            return wrong(word, "AUTH=<>");
          }
        }
        default -> {
          return new Wrong(SubmissionReplies.unknownParameter(word));
        }
      }
    }
    return new Understood(new MailParameters(size, smtpUtf8, ret, envid, requireTls));
  }

  private static Reading wrong(String word, String expected) {
    return new Wrong(SubmissionReplies.badParameter(word, expected));
  }
}
