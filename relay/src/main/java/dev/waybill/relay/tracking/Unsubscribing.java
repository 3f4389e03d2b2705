package dev.waybill.relay.tracking;

import dev.waybill.relay.http.Parameters;
import dev.waybill.relay.http.Refusal;
import dev.waybill.relay.http.Request;
import dev.waybill.relay.http.Response;
import dev.waybill.relay.suppression.Suppression;
import dev.waybill.relay.tokens.Tokens;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The page behind an unsubscribe link. Any thread may use it.
final class Unsubscribing {
  private static final Logger LOG = LoggerFactory.getLogger(Unsubscribing.class);

  private final Subscriptions subscriptions;
  private final BiConsumer<Request, Tokens.Unsubscribe> recording;

  /// @param recording told once of each who is unsubscribed now and was not
  Unsubscribing(Subscriptions subscriptions, BiConsumer<Request, Tokens.Unsubscribe> recording) {
    this.subscriptions = subscriptions;
    this.recording = recording;
  }

  /// Asks, and changes nothing.
  Response ask(Request request, Tokens.Unsubscribe wish) {
    return Pages.ask(texts(request), subject(wish));
  }

  /// The button and a mailbox provider's one-click post (RFC 8058 §3.2) alike. The body is asked
  /// for one thing only, whether the recipient takes it back on our own page: whoever else posts to
  /// an authentic link wants exactly this, and some providers' bodies differ.
  Response answer(Request request, Tokens.Unsubscribe wish, Instant now) {
    boolean subscribe = takesBack(request);
    PageTexts texts = texts(request);
    try {
      if (subscribe) {
        boolean wasUnsubscribed = subscriptions.takingBack().test(wish);
        LOG.info("{} is taken back: {}", wish.delivery(), wasUnsubscribed);
        return Pages.back(texts, subject(wish));
      }
      Suppression entry = subscriptions.suppressing().apply(wish);
      boolean before =
          entry.origin() == Suppression.Origin.UNSUBSCRIBE && entry.createdAt().isBefore(now);
      if (!before) {
        recording.accept(request, wish);
      }
      return Pages.done(texts, subject(wish));
    } catch (RuntimeException storageTrouble) {
      LOG.error("A wish of {} could not be kept", wish.delivery(), storageTrouble);
      return Pages.tryAgain(texts, subscribe);
    }
  }

  private Pages.Subject subject(Tokens.Unsubscribe wish) {
    Sender sender =
        subscriptions
            .senders()
            .domains()
            .apply(wish.domainId())
            .map(Sender::of)
            .orElse(Sender.UNKNOWN);
    return new Pages.Subject(
        wish.recipient().toString(), sender, subscriptions.lists().apply(wish.stream()));
  }

  private static boolean takesBack(Request request) {
    String body = new String(request.body(), StandardCharsets.ISO_8859_1);
    try {
      return Parameters.parse(body).text(Pages.CHANGE).filter(Pages.SUBSCRIBE::equals).isPresent();
    } catch (Refusal noForm) {
      return false;
    }
  }

  private static PageTexts texts(Request request) {
    return PageTexts.of(request.header("Accept-Language").orElse(""));
  }
}
