package dev.waybill.relay.feedback;

import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.events.RawReport;
import dev.waybill.relay.report.DeliveryReport;
import dev.waybill.relay.report.FeedbackReport;
import dev.waybill.relay.report.Report;
import dev.waybill.relay.report.ReportExcerpt;
import dev.waybill.relay.report.ReportReader;
import dev.waybill.relay.report.WordedReport;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Decides which mail the feedback door accepts and hands it on. Any thread may call it.
///
/// Whom a report is about is told by the authenticated token in the address that it came to. Only a
/// complaint to a mailbox without token is looked through for the return path of the message that
/// it is about, and counts when exactly one authentic token is there.
final class FeedbackIntake implements Receiver {
  /// How much of a report is kept with its event, in octets.
  static final int MAX_RAW = 64 * 1024;

  private static final Logger log = LoggerFactory.getLogger(FeedbackIntake.class);

  /// A token has at most 50 characters of base32.
  private static final Pattern OWN_ADDRESS =
      Pattern.compile("(?i)(?:bounces|unsubscribe)\\+([a-z0-9]{1,60})@");

  /// What an address with a token asks for.
  private enum Purpose {
    BOUNCES("bounces+"),
    UNSUBSCRIBE("unsubscribe+");

    private final String prefix;

    Purpose(String prefix) {
      this.prefix = prefix;
    }
  }

  /// Where an address leads.
  private sealed interface Destination {
    /// An address whose token is one of ours.
    record Delivery(Purpose purpose, DeliveryKey key) implements Destination {}

    record Box(Letterbox box) implements Destination {}
  }

  private final Function<String, Optional<DeliveryKey>> readToken;
  private final LateNews news;
  private final Letterboxes letterboxes;
  private final ReportReader reader;

  FeedbackIntake(
      Function<String, Optional<DeliveryKey>> readToken,
      LateNews news,
      Letterboxes letterboxes,
      ReportReader reader) {
    this.readToken = readToken;
    this.news = news;
    this.letterboxes = letterboxes;
    this.reader = reader;
  }

  @Override
  public Answer recipient(String address) {
    return destination(address).isPresent()
        ? Answer.ok("2.1.5 Ok")
        : new Answer(550, "5.1.1 No such mailbox here");
  }

  /// Trouble of our own is thrown, and the client asked to come back: what was noted before is
  /// noted once all the same.
  @Override
  public Answer message(Arrival arrival) {
    for (String recipient : new LinkedHashSet<>(arrival.recipients())) {
      Optional<Destination> destination = destination(recipient);
      if (destination.isPresent()) {
        Answer answer = take(destination.get(), arrival);
        if (!answer.accepted()) {
          return answer;
        }
      }
    }
    return Answer.ok("2.0.0 Noted");
  }

  private Answer take(Destination destination, Arrival arrival) {
    return switch (destination) {
      case Destination.Delivery(Purpose purpose, DeliveryKey key) -> {
        switch (purpose) {
          case UNSUBSCRIBE -> news.unsubscribed(key);
          case BOUNCES -> report(key, arrival.content());
        }
        yield Answer.ok("2.0.0 Noted");
      }
      case Destination.Box(Letterbox box) -> letter(box, arrival);
    };
  }

  private void report(DeliveryKey key, byte[] content) {
    RawReport raw = raw(content);
    switch (reader.read(content)) {
      case DeliveryReport about -> news.delivery(key, about, raw);
      case WordedReport about -> news.words(key, about, raw);
      case FeedbackReport about -> news.feedback(key, about, raw);
      case Report.NoReport(Report.Nature nature, String reason) ->
          log.debug("Mail about {} is no report but {}: {}", key, nature.text(), reason);
    }
  }

  private Answer letter(Letterbox box, Arrival arrival) {
    if (reader.read(arrival.content()) instanceof FeedbackReport complaint
        && complaint.isComplaint()) {
      Set<DeliveryKey> about = authentic(complaint);
      if (about.size() == 1) {
        news.feedback(about.iterator().next(), complaint, raw(arrival.content()));
        return Answer.ok("2.0.0 Noted");
      }
    }
    return letterboxes.keep(box, arrival);
  }

  /// The deliveries whose tokens the complaint shows and that are ours.
  private Set<DeliveryKey> authentic(FeedbackReport complaint) {
    Set<DeliveryKey> found = new LinkedHashSet<>();
    for (String trace : complaint.traces()) {
      Matcher address = OWN_ADDRESS.matcher(trace);
      while (address.find()) {
        readToken.apply(String.valueOf(address.group(1))).ifPresent(found::add);
      }
    }
    return found;
  }

  private static RawReport raw(byte[] content) {
    return new RawReport(ReportExcerpt.of(content, MAX_RAW), content.length);
  }

  private Optional<Destination> destination(String address) {
    int at = address.lastIndexOf('@');
    for (Purpose purpose : Purpose.values()) {
      int length = purpose.prefix.length();
      if (at > length
          && address.substring(0, length).toLowerCase(Locale.ROOT).equals(purpose.prefix)) {
        return readToken
            .apply(address.substring(length, at))
            .map(key -> new Destination.Delivery(purpose, key));
      }
    }
    return letterboxes.find(address).map(Destination.Box::new);
  }
}
