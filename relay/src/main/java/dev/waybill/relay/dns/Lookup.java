package dev.waybill.relay.dns;

import java.util.List;

/// What the DNS said about one name and type. "It said no" and "it did not say" are different
/// types.
///
/// @param <T> one record's data
public sealed interface Lookup<T> {
  /// At least one record, aliases followed.
  record Found<T>(List<T> records) implements Lookup<T> {
    public Found {
      records = List.copyOf(records);
    }
  }

  /// The name exists and has no record of that type.
  record NoRecord<T>() implements Lookup<T> {}

  /// The name does not exist (NXDOMAIN).
  record NoSuchName<T>() implements Lookup<T> {}

  /// No usable answer: time-out, SERVFAIL.
  record NoAnswer<T>(String reason) implements Lookup<T> {}

  /// There are answers, and they prove nothing: the zone's servers contradict each other, or the
  /// DNSSEC signature is not valid. Only [AuthoritativeRecords] finds that out.
  ///
  /// @param reason a whole sentence for the domain's owner
  record Unproven<T>(String reason) implements Lookup<T> {}
}
