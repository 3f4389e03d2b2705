package dev.waybill.relay.http;

/// Ends the handling of a request with a problem; the server turns it into the answer.
///
/// An exception although a client causes it: reading a request descends through parameters, JSON
/// and look-ups, and every step may find it wanting. It carries no stack trace.
public final class Refusal extends RuntimeException {
  private final transient Problem problem;

  public Refusal(Problem problem) {
    super(problem.message(), null, false, false);
    this.problem = problem;
  }

  public Problem problem() {
    return problem;
  }
}
