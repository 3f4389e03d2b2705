package dev.waybill.relay.admission;

import dev.waybill.relay.streams.Stream;
import dev.waybill.relay.streams.Streams;
import jakarta.mail.internet.MimeUtility;
import java.io.UnsupportedEncodingException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Gathers what control fields say, one field after the other. Confined to one thread; used once.
///
/// `set…` methods keep the first value, so the order of reading is the order of precedence.
final class ControlFieldReader {
  private static final String NATIVE = "x-waybill-";
  private static final String METADATA = "x-waybill-metadata-";
  private static final String POSTMARK_METADATA = "x-pm-metadata-";
  private static final String RESEND_KEY = "resend-idempotency-key";
  private static final int MAX_TAG = 1_000;
  private static final int MAX_KEY = 256;
  private static final Duration FURTHEST = Duration.ofDays(30);

  private final Instant now;
  private final Streams streams;
  private final Metadata metadata = new Metadata();
  private @Nullable Stream stream;
  private @Nullable String tag;
  private @Nullable Boolean trackOpens;
  private @Nullable Boolean trackClicks;
  private @Nullable Instant sendAt;
  private @Nullable String idempotencyKey;

  ControlFieldReader(Instant now, Streams streams) {
    this.now = now;
    this.streams = streams;
  }

  static boolean isNative(String name) {
    return name.regionMatches(true, 0, NATIVE, 0, NATIVE.length());
  }

  /// Whether the field may be one of another service: a quick look, [#read] knows the names.
  static boolean isForeign(String name) {
    return (name.regionMatches(true, 0, "x-", 0, 2) && !isNative(name))
        || name.equalsIgnoreCase(RESEND_KEY);
  }

  /// Takes one field; what is no control field means nothing here.
  void read(String name, String value) throws MalformedControl {
    String key = name.toLowerCase(Locale.ROOT);
    switch (key) {
      case "x-waybill-stream", "x-ses-configuration-set" -> setStream(named(name, value));
      case "x-pm-message-stream" -> setStream(postmarkStream(name, value));
      case "x-waybill-tag", "x-pm-tag", "x-mailgun-tag", "x-mt-category" -> setTag(name, value);
      case "x-waybill-track-opens",
          "x-pm-trackopens",
          "x-pm-track-opens",
          "x-mailgun-track-opens" ->
          setTrackOpens(yesOrNo(name, value));
      case "x-waybill-track-clicks" -> setTrackClicks(yesOrNo(name, value));
      case "x-mailgun-track-clicks" ->
          setTrackClicks("htmlonly".equalsIgnoreCase(value) || yesOrNo(name, value));
      case "x-pm-tracklinks", "x-pm-track-links" -> setTrackClicks(postmarkLinks(name, value));
      case "x-mailgun-track" -> {
        boolean track = yesOrNo(name, value);
        setTrackOpens(track);
        setTrackClicks(track);
      }
      case "x-waybill-send-at" -> setSendAt(name, value, rfc3339(name, value));
      case "x-waybill-idempotency-key", RESEND_KEY -> setIdempotencyKey(name, value);
      case "x-ses-message-tags" -> sesTags(name, value);
      case "x-mt-custom-variables" -> ServiceJson.mailtrap(this, name, value);
      case "x-smtpapi" -> ServiceJson.sendGrid(this, name, value);
      case "x-msys-api" -> ServiceJson.sparkPost(this, name, value);
      default -> {
        if (key.startsWith(METADATA)) {
          addMetadata(name, key.substring(METADATA.length()), decoded(name, value));
        } else if (key.startsWith(POSTMARK_METADATA)) {
          addMetadata(name, key.substring(POSTMARK_METADATA.length()), decoded(name, value));
        }
      }
    }
  }

  ControlHeaders.Wishes result() {
    return new ControlHeaders.Wishes(
        stream, tag, metadata.entries(), trackOpens, trackClicks, sendAt, idempotencyKey);
  }

  void setStream(Stream wanted) {
    stream = stream == null ? wanted : stream;
  }

  void setTag(String name, String value) throws MalformedControl {
    String text = decoded(name, value);
    if (text.length() > MAX_TAG || Metadata.hasControl(text)) {
      throw bad(name, value, "a tag of at most %d characters".formatted(MAX_TAG));
    }
    tag = tag == null && !text.isEmpty() ? text : tag;
  }

  void setTrackOpens(boolean wanted) {
    trackOpens = trackOpens == null ? (Boolean) wanted : trackOpens;
  }

  void setTrackClicks(boolean wanted) {
    trackClicks = trackClicks == null ? (Boolean) wanted : trackClicks;
  }

  void setSendAt(String name, String value, Instant wanted) throws MalformedControl {
    if (wanted.isAfter(now.plus(FURTHEST))) {
      throw bad(name, value, "a time at most %d days ahead".formatted(FURTHEST.toDays()));
    }
    if (sendAt == null && wanted.isAfter(now)) {
      sendAt = wanted.truncatedTo(ChronoUnit.MICROS);
    }
  }

  private void setIdempotencyKey(String name, String value) throws MalformedControl {
    if (value.isEmpty()
        || value.length() > MAX_KEY
        || !value.chars().allMatch(c -> c >= ' ' && c <= '~')) {
      throw bad(name, value, "1 to %d printable ASCII characters".formatted(MAX_KEY));
    }
    idempotencyKey = idempotencyKey == null ? value : idempotencyKey;
  }

  void addMetadata(String name, String key, String value) throws MalformedControl {
    metadata.add(name, key, value);
  }

  static MalformedControl bad(String name, String value, String expected) {
    return new MalformedControl(name, value, expected);
  }

  private Stream named(String name, String value) throws MalformedControl {
    return streams.find(value).orElseThrow(() -> bad(name, value, streams.names()));
  }

  /// Postmark's built-in streams are ours under other names.
  private Stream postmarkStream(String name, String value) throws MalformedControl {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "outbound" -> Stream.TRANSACTIONAL;
      case "broadcast" -> Stream.MARKETING;
      default ->
          streams
              .find(value)
              .orElseThrow(() -> bad(name, value, "outbound, broadcast, " + streams.names()));
    };
  }

  /// Links in plain text are never rewritten here, so `TextOnly` asks for nothing.
  private static boolean postmarkLinks(String name, String value) throws MalformedControl {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "none", "textonly" -> false;
      case "htmlandtext", "htmlonly" -> true;
      default -> throw bad(name, value, "None, HtmlAndText, HtmlOnly or TextOnly");
    };
  }

  private static boolean yesOrNo(String name, String value) throws MalformedControl {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "yes", "true" -> true;
      case "no", "false" -> false;
      default -> throw bad(name, value, "yes or no");
    };
  }

  private static Instant rfc3339(String name, String value) throws MalformedControl {
    try {
      return OffsetDateTime.parse(value).toInstant();
    } catch (DateTimeException notATime) {
      throw bad(name, value, "a time such as 2026-12-24T18:00:00Z");
    }
  }

  /// `name=value` pairs separated by commas, as Amazon SES writes them.
  private void sesTags(String name, String value) throws MalformedControl {
    for (String pair : value.split(",", -1)) {
      int equals = pair.indexOf('=');
      if (equals <= 0) {
        throw bad(name, value, "pairs such as campaign=spring, region=eu");
      }
      addMetadata(name, pair.substring(0, equals).strip(), pair.substring(equals + 1).strip());
    }
  }

  /// Applications' mail libraries encode what is not ASCII (RFC 2047).
  private static String decoded(String name, String value) throws MalformedControl {
    if (!value.contains("=?")) {
      return value;
    }
    try {
      return MimeUtility.decodeText(value);
    } catch (UnsupportedEncodingException unknownCharset) {
      throw bad(name, value, "a known charset in the encoded word");
    }
  }
}
