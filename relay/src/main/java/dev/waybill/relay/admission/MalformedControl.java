package dev.waybill.relay.admission;

/// Ends the reading of control fields; never leaves this package and has no stack trace.
final class MalformedControl extends Exception {
  private final String name;
  private final String value;
  private final String expected;

  MalformedControl(String name, String value, String expected) {
    super(name, null, false, false);
    this.name = name;
    this.value = value;
    this.expected = expected;
  }

  String name() {
    return name;
  }

  String value() {
    return value;
  }

  String expected() {
    return expected;
  }
}
