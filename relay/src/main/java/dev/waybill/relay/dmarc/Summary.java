package dev.waybill.relay.dmarc;

import dev.waybill.relay.report.aggregate.PublishedPolicy;
import java.util.List;
import java.util.Optional;

/// What receivers say of a domain's mail on some days. A value.
///
/// @param policy what they found published on the last of the days, by most of them
/// @param extent how much there is to go by
/// @param figures of all mail
/// @param senders by address, the most frequent first, as many as were asked for
/// @param reporters by name, the most frequent first, some of them
/// @param advice what follows from it
public record Summary(
    Optional<PublishedPolicy> policy,
    Extent extent,
    Figures figures,
    List<Sender> senders,
    List<Reporting> reporters,
    Advice advice) {
  /// How much there is to go by.
  ///
  /// @param reports how many reports
  /// @param reporters how many organizations wrote them
  /// @param days how many days there are reports of
  /// @param senders how many addresses they name, counted up to 10,000
  /// @param relay of them, mail from this relay's addresses
  public record Extent(long reports, long reporters, long days, long senders, Figures relay) {}

  /// What one organization reported.
  public record Reporting(String organization, long reports, long messages, long passed) {}

  public Summary {
    senders = List.copyOf(senders);
    reporters = List.copyOf(reporters);
  }
}
