package dev.waybill.relay.admission;

import dev.waybill.relay.streams.Stream;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads the control fields of other services that hold JSON. Stateless; any thread may call it.
///
/// What would change the recipients or the text of a message is refused rather than ignored: the
/// application would believe that it happened.
final class ServiceJson {
  private static final int MAX_LENGTH = 64 * 1024;
  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(16)
                          .maxStringLength(MAX_LENGTH)
                          .maxNumberLength(40)
                          .maxTokenCount(10_000)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .build();

  private ServiceJson() {}

  /// Mailtrap: one object, every member a piece of metadata.
  static void mailtrap(ControlFieldReader reader, String name, String value)
      throws MalformedControl {
    addAll(reader, name, object(name, value));
  }

  /// SendGrid: categories, unique arguments, tracking filters, send time.
  static void sendGrid(ControlFieldReader reader, String name, String value)
      throws MalformedControl {
    JsonNode json = object(name, value);
    refuse(name, json, List.of("to", "sub", "section", "send_each_at"));
    JsonNode category = json.path("category");
    setTag(reader, name, category.isArray() ? category.path(0) : category);
    addAll(reader, name, optionalObject(name, json, "unique_args"));
    JsonNode filters = optionalObject(name, json, "filters");
    JsonNode opens = filters.path("opentrack").path("settings").path("enable");
    if (!opens.isMissingNode()) {
      reader.setTrackOpens(flag(name, "opentrack", opens));
    }
    JsonNode clicks = filters.path("clicktrack").path("settings").path("enable");
    if (!clicks.isMissingNode()) {
      reader.setTrackClicks(flag(name, "clicktrack", clicks));
    }
    JsonNode sendAt = json.path("send_at");
    if (!sendAt.isMissingNode()) {
      reader.setSendAt(name, sendAt.toString(), epochSeconds(name, sendAt));
    }
  }

  /// SparkPost: campaign or tags, metadata, options.
  static void sparkPost(ControlFieldReader reader, String name, String value)
      throws MalformedControl {
    JsonNode json = object(name, value);
    refuse(name, json, List.of("cc", "bcc", "archive"));
    setTag(reader, name, json.path("campaign_id"));
    setTag(reader, name, json.path("tags").path(0));
    addAll(reader, name, optionalObject(name, json, "metadata"));
    JsonNode options = optionalObject(name, json, "options");
    JsonNode opens = options.path("open_tracking");
    if (!opens.isMissingNode()) {
      reader.setTrackOpens(flag(name, "open_tracking", opens));
    }
    JsonNode clicks = options.path("click_tracking");
    if (!clicks.isMissingNode()) {
      reader.setTrackClicks(flag(name, "click_tracking", clicks));
    }
    JsonNode transactional = options.path("transactional");
    if (!transactional.isMissingNode()) {
      boolean yes = flag(name, "transactional", transactional);
      reader.setStream(yes ? Stream.TRANSACTIONAL : Stream.MARKETING);
    }
  }

  private static JsonNode object(String name, String value) throws MalformedControl {
    if (value.length() > MAX_LENGTH) {
      throw ControlFieldReader.bad(
          name, value, "at most %d characters of JSON".formatted(MAX_LENGTH));
    }
    try {
      JsonNode json = JSON.readTree(value);
      if (json.isObject()) {
        return json;
      }
    } catch (JacksonException notJson) {
      throw ControlFieldReader.bad(name, value, "a JSON object with each name once");
    }
    throw ControlFieldReader.bad(name, value, "a JSON object");
  }

  private static void refuse(String name, JsonNode json, List<String> members)
      throws MalformedControl {
    for (String member : members) {
      if (json.has(member)) {
        throw ControlFieldReader.bad(
            name,
            member,
            "no \"%s\": recipients come from RCPT TO and text is sent as it is".formatted(member));
      }
    }
  }

  private static JsonNode optionalObject(String name, JsonNode json, String member)
      throws MalformedControl {
    JsonNode value = json.path(member);
    if (!value.isMissingNode() && !value.isObject()) {
      throw ControlFieldReader.bad(name, value.toString(), member + " as a JSON object");
    }
    return value;
  }

  private static void addAll(ControlFieldReader reader, String name, JsonNode object)
      throws MalformedControl {
    for (Map.Entry<String, JsonNode> member : object.properties()) {
      JsonNode value = member.getValue();
      reader.addMetadata(
          name, member.getKey(), value.isString() ? value.stringValue() : value.toString());
    }
  }

  private static void setTag(ControlFieldReader reader, String name, JsonNode tag)
      throws MalformedControl {
    if (tag.isMissingNode()) {
      return;
    }
    if (!tag.isString()) {
      throw ControlFieldReader.bad(name, tag.toString(), "a text as category, campaign or tag");
    }
    reader.setTag(name, tag.stringValue());
  }

  private static boolean flag(String name, String member, JsonNode value) throws MalformedControl {
    if (value.isBoolean()) {
      return value.booleanValue();
    }
    return switch (value.isString() ? value.stringValue() : value.toString()) {
      case "1" -> true;
      case "0" -> false;
      default -> throw ControlFieldReader.bad(name, value.toString(), member + " as 1 or 0");
    };
  }

  private static Instant epochSeconds(String name, JsonNode value) throws MalformedControl {
    if (value.canConvertToLong() && value.isIntegralNumber()) {
      try {
        return Instant.ofEpochSecond(value.longValue());
      } catch (DateTimeException beyond) {
        throw ControlFieldReader.bad(name, value.toString(), "send_at in seconds since 1970");
      }
    }
    throw ControlFieldReader.bad(name, value.toString(), "send_at in seconds since 1970");
  }
}
