package dev.waybill.relay.tracking;

import dev.waybill.relay.streams.Streams;
import dev.waybill.relay.suppression.Suppression;
import dev.waybill.relay.suppression.Suppressions;
import dev.waybill.relay.tokens.Tokens;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/// Who gets which mail, as far as recipients decide it; any thread may use it.
///
/// @param suppressing puts the recipient on the suppression list durably before it returns; gives
///   the entry that was there already, if any
/// @param takingBack takes an unsubscribing back durably; whether there was one
/// @param senders whose mail it is
/// @param lists what recipients know a stream by; empty for all lists of a domain together
public record Subscriptions(
    Function<Tokens.Unsubscribe, Suppression> suppressing,
    Predicate<Tokens.Unsubscribe> takingBack,
    Senders senders,
    UnaryOperator<String> lists) {

  /// Those of the suppression list.
  public static Subscriptions of(Suppressions suppressions, Streams streams, Senders senders) {
    return new Subscriptions(
        wish ->
            suppressions.add(
                wish.recipient(), wish.domainId(), wish.stream(), Suppression.Origin.UNSUBSCRIBE),
        wish -> suppressions.takeBack(wish.recipient(), wish.domainId(), wish.stream()),
        senders,
        streams::titleOf);
  }
}
