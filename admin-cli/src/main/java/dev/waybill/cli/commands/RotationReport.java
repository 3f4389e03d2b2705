package dev.waybill.cli.commands;

import dev.waybill.cli.client.ApiPath;
import dev.waybill.cli.output.Column;
import dev.waybill.cli.output.Failure;
import dev.waybill.cli.output.Format;
import dev.waybill.cli.output.Json;
import dev.waybill.cli.output.Text;
import dev.waybill.cli.records.RecordFormat;
import dev.waybill.cli.records.RecordWriter;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Says how far a change of a DKIM key is and what is to be done about it: which record to publish,
/// which one must stay and until when. One thread uses it.
final class RotationReport {
  private static final List<Column> COLUMNS =
      List.of(
          Column.of("DOMAIN", "domain"),
          Column.of("STATE", "state"),
          Column.of("ACTIVE", "active"),
          Column.of("NEXT", "next"),
          Column.prose("EXPLANATION", "explanation"),
          Column.of("ID", "id"));

  private final Waybillctl root;
  private final ApiPath domain;

  RotationReport(Waybillctl root, ApiPath domain) {
    this.root = root;
    this.domain = domain;
  }

  /// Whether the next key waits for its record.
  static boolean waiting(JsonNode rotation) {
    return Column.text(rotation.path("state")).equals("waiting");
  }

  /// Whether the next key signs.
  static boolean switched(JsonNode rotation) {
    return Column.text(rotation.path("state")).equals("switched");
  }

  /// Tells what the relay answered: the data in the format that was asked for, and on the talk
  /// stream what happens next.
  void tell(JsonNode rotation) throws Failure {
    if (root.output != Format.TABLE) {
      root.report().object(rotation, COLUMNS);
    } else if (waiting(rotation)) {
      tellWaiting(rotation);
    } else {
      tellSettled(rotation);
    }
  }

  /// Tells that the relay has given up waiting.
  void cancelled(JsonNode rotation) {
    root.report().change(rotation, COLUMNS);
    String active = Column.text(rotation.path("active"));
    root.say(
        "Gave up the change of key of "
            + Column.text(rotation.path("domain"))
            + (active.isEmpty() ? "." : "; " + active + " goes on signing."));
  }

  private void tellWaiting(JsonNode rotation) throws Failure {
    String name = Column.text(rotation.path("domain"));
    String active = Column.text(rotation.path("active"));
    String next = Column.text(rotation.path("next"));
    root.terminal()
        .explain(
            "Not switched yet: %s is not in the DNS, so %s goes on signing the mail of %s."
                .formatted(next, active, name));
    String explanation = Column.text(rotation.path("explanation"));
    if (!explanation.isEmpty()) {
      root.terminal().explain(explanation);
    }
    root.terminal().explain("Publish this record and leave the others as they are:");
    root.say("");
    new RecordWriter(root.terminal()).write(name, List.of(record(next)), RecordFormat.TABLE);
    root.say("");
    root.terminal()
        .explain(
            "Then nothing more is to be done: the relay looks for it and switches by itself. The record of "
                + active
                + " must stay for some days after that; until when is told by");
    root.say("  waybillctl domains keys " + name);
    root.terminal().explain("Wait for it, get the record in another form, or give the change up:");
    root.say("  waybillctl domains rotate-key " + name + " --status --wait");
    root.say("  waybillctl domains records " + name + " --missing --format bind");
    root.say("  waybillctl domains rotate-key " + name + " --cancel");
  }

  private void tellSettled(JsonNode rotation) throws Failure {
    JsonNode keys = root.client().get(domain.then("keys")).path("data");
    String name = Column.text(rotation.path("domain"));
    root.report().table(keys, DomainsCommand.KEYS);
    root.terminal()
        .explain(
            switched(rotation)
                ? "Switched: the mail of "
                    + name
                    + " is signed with "
                    + signing(keys)
                    + " from now on."
                : "No change of key is under way; the mail of "
                    + name
                    + " is signed with "
                    + signing(keys)
                    + ".");
    for (JsonNode key : keys) {
      String selector = Column.text(key.path("selector"));
      String until = Text.time(Column.text(key.path("removable_at")));
      switch (Column.text(key.path("role"))) {
        case "retiring" ->
            root.terminal()
                .explain(
                    "Leave %s in the DNS%s: mail that is under way is checked with it."
                        .formatted(
                            Column.text(key.path("fqdn")),
                            until.isEmpty() ? "" : " until " + until));
        case "standby" -> tellStandby(selector, name);
        default -> {}
      }
    }
  }

  private static String signing(JsonNode keys) {
    StringBuilder selectors = new StringBuilder();
    for (JsonNode key : keys) {
      if (Column.text(key.path("role")).equals("active")) {
        selectors
            .append(selectors.isEmpty() ? "" : " and ")
            .append(Column.text(key.path("selector")));
      }
    }
    return selectors.isEmpty() ? "no key" : selectors.toString();
  }

  private void tellStandby(String selector, String name) throws Failure {
    if (Column.text(record(selector).path("status")).equals("verified")) {
      root.terminal().explain(selector + " is the next key, and its record is in the DNS already.");
    } else {
      root.terminal()
          .explain(
              selector
                  + " is the next key. Publish its record now, and the next change needs no waiting:");
      root.say("  waybillctl domains records " + name + " --missing");
    }
  }

  /// The record of a key: with what was seen of it where the domain lists it, and from the key
  /// itself elsewhere.
  private JsonNode record(String selector) throws Failure {
    JsonNode view = root.client().get(domain);
    for (JsonNode record : view.path("records")) {
      if (Column.text(record.path("name")).startsWith(selector + "._domainkey")) {
        return record;
      }
    }
    ObjectNode record = Json.object();
    for (JsonNode key : root.client().get(domain.then("keys")).path("data")) {
      if (Column.text(key.path("selector")).equals(selector)) {
        record
            .put("record", "DKIM")
            .put("type", "TXT")
            .put("name", selector + "._domainkey")
            .put("fqdn", Column.text(key.path("fqdn")))
            .put("value", Column.text(key.path("published")))
            .put("required", true)
            .put("status", "not_started");
      }
    }
    return record;
  }
}
