package dev.waybill.relay.access;

import dev.waybill.relay.clock.TimeOrderedIds;
import dev.waybill.relay.storage.Database;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/// The API keys of the relay. Any thread may call it.
///
/// A key is random to 190 bits, so its plain SHA-256 cannot be searched and a slow password hash
/// would only slow submission down. All keys are held in memory; whoever runs several nodes on one
/// database calls [#refresh] regularly so that each hears of the others' changes.
public final class ApiKeys {
  /// A key that was just made, with its secret for the only time.
  public record Created(ApiKey key, String token) {
    /// Never shows the secret.
    @Override
    public String toString() {
      return "Created[" + key + "]";
    }
  }

  private static final String PREFIX = "wb_";
  private static final String ALPHABET =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final int RANDOM_CHARACTERS = 32;
  private static final int MAX_TOKEN = 200;
  private static final int MAX_NAME = 200;

  private final ApiKeyStore store;
  private final TimeOrderedIds ids;
  private final InstantSource clock;
  private final RandomGenerator random;
  private volatile Map<String, ApiKey> byHash = Map.of();

  private ApiKeys(
      ApiKeyStore store, TimeOrderedIds ids, InstantSource clock, RandomGenerator random) {
    this.store = store;
    this.ids = ids;
    this.clock = clock;
    this.random = random;
  }

  /// Reads the keys there are.
  ///
  /// @param random an unpredictable source: the secrets come from it
  public static ApiKeys open(
      Database database, TimeOrderedIds ids, InstantSource clock, RandomGenerator random) {
    ApiKeys keys = new ApiKeys(new ApiKeyStore(database), ids, clock, random);
    keys.refresh();
    return keys;
  }

  /// The key whose secret token this is; constant-time, no database on the path.
  ///
  /// How long it takes depends on the token's hash alone, from which nothing about a stored one can
  /// be learnt.
  public Optional<ApiKey> authenticate(String token) {
    if (!token.startsWith(PREFIX) || token.length() > MAX_TOKEN) {
      return Optional.empty();
    }
    return Optional.ofNullable(byHash.get(hash(token)));
  }

  /// Makes a key; it is on stable storage and works on this node when this returns.
  ///
  /// @param name what the operator calls it: 1 to 200 characters
  /// @throws IllegalArgumentException when the name is empty or too long
  public Created create(String name, ApiKey.Permission permission, ApiKey.Sending sending) {
    if (name.isBlank() || name.length() > MAX_NAME) {
      throw new IllegalArgumentException(
          "name \"%s\" (expected: 1 to %d characters)".formatted(name, MAX_NAME));
    }
    String token = newToken();
    ApiKey key = new ApiKey(ids.next(), name, permission, sending, clock.instant());
    store.insert(key, hash(token));
    refresh();
    return new Created(key, token);
  }

  /// Oldest first.
  public List<ApiKey> list() {
    return store.all().stream().map(ApiKeyStore.Row::key).toList();
  }

  /// Whether there was such a key; it stops working at once.
  public boolean remove(UUID id) {
    boolean removed = store.delete(id);
    refresh();
    return removed;
  }

  /// Reads the keys again, so that a change made by another node takes effect here.
  public synchronized void refresh() {
    byHash =
        store.all().stream()
            .collect(Collectors.toUnmodifiableMap(ApiKeyStore.Row::hash, ApiKeyStore.Row::key));
  }

  private String newToken() {
    StringBuilder token = new StringBuilder(PREFIX);
    for (int i = 0; i < RANDOM_CHARACTERS; i++) {
      token.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return token.toString();
  }

  private static String hash(String token) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(token.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java platform has SHA-256", impossible);
    }
  }
}
