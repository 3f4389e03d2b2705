package dev.waybill.relay.feedback;

import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.report.DeliveryReport;
import dev.waybill.relay.report.FeedbackReport;
import dev.waybill.relay.report.Report;
import dev.waybill.relay.report.ReportReader;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Decides which mail the feedback door accepts and hands it on. Any thread may call it.
final class FeedbackIntake implements Receiver {
  private static final Logger log = LoggerFactory.getLogger(FeedbackIntake.class);

  /// What an address asks for.
  private enum Purpose {
    BOUNCES("bounces+"),
    UNSUBSCRIBE("unsubscribe+");

    private final String prefix;

    Purpose(String prefix) {
      this.prefix = prefix;
    }
  }

  /// An address whose token is one of ours.
  private record Addressed(Purpose purpose, DeliveryKey delivery) {}

  private final Function<String, Optional<DeliveryKey>> readToken;
  private final LateNews news;

  FeedbackIntake(Function<String, Optional<DeliveryKey>> readToken, LateNews news) {
    this.readToken = readToken;
    this.news = news;
  }

  @Override
  public Answer recipient(String address) {
    return addressed(address).isPresent()
        ? Answer.ok("2.1.5 Ok")
        : new Answer(550, "5.1.1 No such mailbox here");
  }

  @Override
  public Answer message(Arrival arrival) {
    try {
      for (String recipient : arrival.recipients()) {
        Optional<Addressed> addressed = addressed(recipient);
        if (addressed.isPresent()) {
          take(addressed.get(), arrival);
        }
      }
      return Answer.ok("2.0.0 Noted");
    } catch (TimeoutException notDurable) {
      log.warn("News about a delivery is not durable in time; its sender is asked to come back");
      return new Answer(451, "4.3.0 Cannot store this now, try again later");
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      return new Answer(451, "4.3.2 Shutting down, try again later");
    }
  }

  private void take(Addressed addressed, Arrival arrival)
      throws TimeoutException, InterruptedException {
    DeliveryKey delivery = addressed.delivery();
    switch (addressed.purpose()) {
      case UNSUBSCRIBE -> news.unsubscribed(delivery);
      case BOUNCES -> {
        Report report = ReportReader.read(arrival.content());
        switch (report) {
          case DeliveryReport about -> news.delivery(delivery, about);
          case FeedbackReport about -> news.feedback(delivery, about);
          case Report.NoReport none ->
              log.debug("Mail about {} is no report: {}", delivery, none.reason());
        }
      }
    }
  }

  private Optional<Addressed> addressed(String address) {
    int at = address.lastIndexOf('@');
    if (at <= 0) {
      return Optional.empty();
    }
    for (Purpose purpose : Purpose.values()) {
      int length = purpose.prefix.length();
      if (at > length
          && address.substring(0, length).toLowerCase(Locale.ROOT).equals(purpose.prefix)) {
        return readToken
            .apply(address.substring(length, at))
            .map(delivery -> new Addressed(purpose, delivery));
      }
    }
    return Optional.empty();
  }
}
