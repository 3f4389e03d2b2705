package dev.waybill.cli.commands;

import dev.waybill.cli.client.ApiPath;
import dev.waybill.cli.output.Column;
import dev.waybill.cli.output.Failure;
import dev.waybill.cli.output.Json;
import dev.waybill.cli.transfer.Progress;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Changes waiting deliveries, some thousands at a time, and tells how far it is. One thread uses
/// it, once.
final class QueueChange {
  private static final List<Column> COLUMNS =
      List.of(Column.of("DELIVERIES", "deliveries"), Column.of("BEING SENT", "being_sent"));

  private final Waybillctl root;
  private final String verb;

  /// @param verb such as `hold`, the last part of the path
  QueueChange(Waybillctl root, String verb) {
    this.root = root;
    this.verb = verb;
  }

  /// How many it would be, without changing any.
  JsonNode count(ObjectNode body) throws Failure {
    return root.client().post(path(), body.deepCopy().put("dry_run", true));
  }

  /// Changes all of them.
  ///
  /// @param expected how many there are about
  JsonNode run(ObjectNode body, long expected) throws Failure {
    long deliveries = 0;
    long beingSent = 0;
    ObjectNode step = body.deepCopy();
    try (Progress progress = new Progress(root.terminal(), "deliveries", expected)) {
      while (true) {
        JsonNode answer = root.client().post(path(), step);
        long changed = answer.path("deliveries").asLong(0);
        deliveries += changed;
        beingSent += answer.path("being_sent").asLong(0);
        progress.add(changed + answer.path("being_sent").asLong(0));
        String next = Column.text(answer.path("next"));
        if (next.isEmpty()) {
          return Json.object()
              .put("object", "queue")
              .put("dry_run", false)
              .put("deliveries", deliveries)
              .put("being_sent", beingSent);
        }
        step.put("after", next);
      }
    }
  }

  /// What it came to.
  ///
  /// @param done such as `held`
  void tell(JsonNode answer, String done) {
    root.report().change(answer, COLUMNS);
    boolean dry = answer.path("dry_run").asBoolean(false);
    long beingSent = answer.path("being_sent").asLong(0);
    root.say(
        String.format(
            Locale.ROOT,
            "Deliveries %s: %,d.%s",
            dry ? "that would be " + done : done,
            answer.path("deliveries").asLong(0),
            beingSent == 0
                ? ""
                : String.format(
                    Locale.ROOT,
                    " %,d more %s being sent now; they follow when their attempt has ended.",
                    beingSent,
                    beingSent == 1 ? "is" : "are")));
  }

  private ApiPath path() {
    return ApiPath.of("queue").then(verb);
  }
}
