package dev.waybill.relay.submission;

import dev.waybill.relay.access.KeyAllowance;
import dev.waybill.relay.access.KeyGuard;
import dev.waybill.relay.admission.Submission;
import dev.waybill.relay.admission.Verdict;
import dev.waybill.relay.idempotency.Receipt;
import dev.waybill.relay.queue.Acceptance;
import dev.waybill.relay.queue.HealthGate;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/// What stands behind the door. All of it is called from many threads at once.
///
/// @param keys asked at AUTH, and for a key that was right again at each MAIL
/// @param allowance asked at each RCPT whether the key may name one more
/// @param judge whether a message may be sent; its exceptions count as our fault
/// @param accept takes responsibility; completes once the message is on stable storage
/// @param health whether new mail may be taken at all
public record Intake(
    KeyGuard keys,
    KeyAllowance allowance,
    Function<Submission, Verdict> judge,
    Function<Acceptance, CompletableFuture<Receipt>> accept,
    Supplier<HealthGate.State> health) {
  public Intake {
    Objects.requireNonNull(keys, "keys");
    Objects.requireNonNull(allowance, "allowance");
    Objects.requireNonNull(judge, "judge");
    Objects.requireNonNull(accept, "accept");
    Objects.requireNonNull(health, "health");
  }
}
