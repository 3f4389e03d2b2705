package dev.waybill.relay.domains;

/// What became of a registration.
public sealed interface AddOutcome {
  /// Registered and durable.
  record Added(SendingDomain domain) implements AddOutcome {}

  /// The name is registered already.
  record AlreadyRegistered(SendingDomain domain) implements AddOutcome {}

  /// Something in the request is wrong.
  ///
  /// @param problem names the field, the value and what was expected
  record Invalid(String problem) implements AddOutcome {}
}
