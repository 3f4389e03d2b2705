package dev.waybill.relay.breakers;

/// What became of copies.
///
/// @param delivered taken by the recipient's host
/// @param refused refused for good at once
/// @param hard refused, at once or by a later report, because the mailbox or its domain is none
/// @param complained reported as spam by their recipients
public record Figures(long delivered, long refused, long hard, long complained) {
  /// Nothing yet.
  public static final Figures NONE = new Figures(0, 0, 0, 0);

  static final Figures DELIVERED = new Figures(1, 0, 0, 0);
  static final Figures REFUSED = new Figures(0, 1, 0, 0);
  static final Figures REFUSED_HARD = new Figures(0, 1, 1, 0);
  static final Figures BOUNCED_LATE = new Figures(0, 0, 1, 0);
  static final Figures COMPLAINED = new Figures(0, 0, 0, 1);

  public Figures plus(Figures more) {
    return new Figures(
        delivered + more.delivered,
        refused + more.refused,
        hard + more.hard,
        complained + more.complained);
  }

  /// Copies whose host said yes or no.
  public long settled() {
    return delivered + refused;
  }

  /// Hard bounces in percent of what was settled; 0 where nothing was.
  public double bounceRate() {
    return percent(hard, settled());
  }

  /// Complaints in percent of what was delivered; 0 where nothing was.
  public double complaintRate() {
    return percent(complained, delivered);
  }

  private static double percent(long part, long of) {
    return of == 0 ? 0 : 100.0 * part / of;
  }
}
