package dev.waybill.relay.dns;

import java.util.List;

/// What a receiver makes of an SPF policy for one client (RFC 7208 §2.6), with the reasons that its
/// owner needs. A value.
public sealed interface SpfResult {
  /// The client may send.
  ///
  /// @param path the terms that lead there, the policy's own first
  record Pass(List<String> path) implements SpfResult {
    public Pass {
      path = List.copyOf(path);
    }
  }

  /// The client is not allowed: fail, softfail or neutral.
  ///
  /// @param name the result's name in the standard
  /// @param reason which term says so, in words
  record NotPass(String name, String reason) implements SpfResult {}

  /// There is no policy.
  record None() implements SpfResult {}

  /// Receivers cannot use the policy, whoever sends.
  ///
  /// @param problem in words, with the term or the name it is about
  record PermError(String problem) implements SpfResult {}

  /// The DNS did not answer, or in a way that proves nothing.
  ///
  /// @param reason a whole sentence
  record TempError(String reason) implements SpfResult {}

  /// It depends on a term with a macro, whose meaning is known only for one message.
  ///
  /// @param term as published
  record Untold(String term) implements SpfResult {}
}
