package dev.waybill.relay.idempotency;

import dev.waybill.relay.storage.Database;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/// Lets a message with a key be accepted once. Any thread may use it; it blocks on the database.
public final class Idempotency {
  /// A message that is being accepted.
  private record Underway(UUID content, UUID message, CompletableFuture<Void> done) {}

  private final Database database;
  private final IdempotencyStore store;
  private final InstantSource clock;
  private final Map<UUID, Underway> underway = new ConcurrentHashMap<>();

  public Idempotency(Database database, InstantSource clock) {
    this.database = database;
    this.store = new IdempotencyStore(database);
    this.clock = clock;
  }

  /// Accepts the message unless its key stands for one already. Who comes while the first is being
  /// accepted waits for what becomes of it.
  ///
  /// @param id the message's own
  /// @param accept stores the message and its key; called at most once
  public CompletableFuture<Receipt> once(
      IdempotencyKey key, UUID id, Supplier<CompletableFuture<Void>> accept) {
    Underway mine = new Underway(key.content(), id, new CompletableFuture<>());
    Underway first = underway.putIfAbsent(key.key(), mine);
    if (first != null) {
      return first
          .done()
          .handle((_, failure) -> failure == null)
          .thenCompose(stored ->
              stored
                  ? CompletableFuture.completedFuture(
                      receipt(first.content(), first.message(), key))
                  : once(key, id, accept));
    }
    CompletableFuture<Receipt> receipt;
    try {
      receipt =
          earlier(key)
              .map(CompletableFuture::completedFuture)
              .orElseGet(() -> accept(key, id, accept));
    } catch (RuntimeException failure) {
      receipt = CompletableFuture.failedFuture(failure);
    }
    return receipt.whenComplete((outcome, _) -> {
      underway.remove(key.key(), mine);
      if (outcome instanceof Receipt.Queued(UUID queued) && queued.equals(id)) {
        mine.done().complete(null);
      } else {
        // whoever waits asks again, and finds what is stored
        mine.done().completeExceptionally(new IllegalStateException("not accepted"));
      }
    });
  }

  private CompletableFuture<Receipt> accept(
      IdempotencyKey key, UUID id, Supplier<CompletableFuture<Void>> accept) {
    return accept
        .get()
        .<Receipt>thenApply(_ -> new Receipt.Queued(id))
        .exceptionallyCompose(failure ->
            // another node may have been first; of our own nobody knows whether it is durable
            earlier(key)
                .filter(other -> !other.equals(new Receipt.Queued(id)))
                .map(CompletableFuture::completedFuture)
                .orElseGet(() -> CompletableFuture.failedFuture(failure)));
  }

  /// What the key stands for; a 250 may be said to it.
  private Optional<Receipt> earlier(IdempotencyKey key) {
    Optional<Receipt> found =
        store
            .find(key.key(), clock.instant())
            .map(earlier -> receipt(earlier.content(), earlier.message(), key));
    if (found.isPresent()) {
      // it can be there without being on the disk, when that failed the first time
      database.sync();
    }
    return found;
  }

  private static Receipt receipt(UUID content, UUID message, IdempotencyKey key) {
    return content.equals(key.content()) ? new Receipt.Queued(message) : new Receipt.KeyTaken();
  }
}
