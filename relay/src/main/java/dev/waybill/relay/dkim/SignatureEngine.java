package dev.waybill.relay.dkim;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Signature;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes raw signatures, with a native RSA where this machine has one.
///
/// Any thread may use it. RSA is nearly all of what a signature costs and Amazon's provider does it
/// three times as fast as the JDK; it is asked by name here and never becomes the JVM's own. Where
/// it is missing, cannot load its native code or fails a trial, the JDK signs: same bytes, more
/// time. The JDK signs as well until the provider is there.
final class SignatureEngine {
  private static final Logger LOG = LoggerFactory.getLogger(SignatureEngine.class);
  private static final String FAST_PROVIDER =
      "com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider";

  /// Short, because making a long key would take most of a second.
  private static final int TRIAL_RSA_BITS = 1024;

  private static final int ED25519_BITS = 255;

  /// Who signs what natively; null where the JDK does.
  private record Natives(@Nullable Provider rsa, @Nullable Provider ed25519) {}

  private static final Natives NONE = new Natives(null, null);

  /// Set once more at most, when the provider was found fit.
  private volatile Natives natives;

  private final Cache<PrivateKey, PrivateKey> translated =
      Caffeine.newBuilder().weakKeys().maximumSize(10_000).executor(Runnable::run).build();

  private SignatureEngine(Natives natives) {
    this.natives = natives;
  }

  /// The fastest engine that works here, once it was found; until then the JDK's own.
  ///
  /// One daemon thread looks for it, a second later: a start should not have to share the processor
  /// with it.
  static SignatureEngine fastestSoon() {
    SignatureEngine engine = plain();
    CompletableFuture.delayedExecutor(
            1, TimeUnit.SECONDS, Thread.ofPlatform().name("dkim-provider").daemon(true)::start)
        .execute(engine::quicken);
    return engine;
  }

  /// The fastest engine that works here.
  static SignatureEngine fastest() {
    SignatureEngine engine = plain();
    engine.quicken();
    return engine;
  }

  private void quicken() {
    Optional<Provider> provider = load();
    natives =
        new Natives(
            provider.filter(SignatureEngine::signsRsa).orElse(null),
            provider.filter(SignatureEngine::signsEd25519).orElse(null));
    LOG.info("DKIM signatures: {}", this);
  }

  /// The JDK's own.
  static SignatureEngine plain() {
    return new SignatureEngine(NONE);
  }

  /// Signs the octets, hashed as the algorithm says.
  ///
  /// @throws IllegalStateException when the key does not fit the algorithm
  byte[] sign(SigningKey key, byte[] octets) {
    try {
      return switch (key.algorithm()) {
        case RSA_SHA256 -> {
          Provider fast = natives.rsa();
          Signature signature = signature("SHA256withRSA", fast);
          signature.initSign(fast == null ? key.privateKey() : translate(key, fast));
          signature.update(octets);
          yield signature.sign();
        }
        case ED25519_SHA256 -> {
          // RFC 8463 §3: Ed25519 over the SHA-256 hash
          Signature signature = signature("Ed25519", natives.ed25519());
          signature.initSign(key.privateKey());
          signature.update(DkimSigner.sha256().digest(octets));
          yield signature.sign();
        }
      };
    } catch (GeneralSecurityException failure) {
      throw new IllegalStateException(key + " cannot sign", failure);
    }
  }

  @Override
  public String toString() {
    Natives now = natives;
    return "RSA by %s, Ed25519 by %s".formatted(name(now.rsa()), name(now.ed25519()));
  }

  private static String name(@Nullable Provider provider) {
    return provider == null ? "the JDK" : provider.getName();
  }

  private static Signature signature(String algorithm, @Nullable Provider provider)
      throws GeneralSecurityException {
    return provider == null
        ? Signature.getInstance(algorithm)
        : Signature.getInstance(algorithm, provider);
  }

  /// The provider's own form of the key, made once for each key rather than for each signature.
  private PrivateKey translate(SigningKey key, Provider provider) throws GeneralSecurityException {
    PrivateKey known = translated.getIfPresent(key.privateKey());
    if (known != null) {
      return known;
    }
    Key made = KeyFactory.getInstance("RSA", provider).translateKey(key.privateKey());
    translated.put(key.privateKey(), (PrivateKey) made);
    return (PrivateKey) made;
  }

  /// Makes the provider by its name: asked by way of its service entry, every other one would come
  /// up too.
  private static Optional<Provider> load() {
    try {
      return Optional.of(
          (Provider) Class.forName(FAST_PROVIDER).getDeclaredConstructor().newInstance());
    } catch (ReflectiveOperationException | LinkageError | RuntimeException unavailable) {
      LOG.debug("no native cryptography", unavailable);
      return Optional.empty();
    }
  }

  private static boolean signsRsa(Provider provider) {
    return new SignatureEngine(new Natives(provider, null))
        .trial("RSA", TRIAL_RSA_BITS, SigningKey.Algorithm.RSA_SHA256);
  }

  private static boolean signsEd25519(Provider provider) {
    return new SignatureEngine(new Natives(null, provider))
        .trial("Ed25519", ED25519_BITS, SigningKey.Algorithm.ED25519_SHA256);
  }

  /// Whether the engine gives the very bytes that the JDK gives; both algorithms are deterministic.
  private boolean trial(String keyType, int bits, SigningKey.Algorithm algorithm) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(keyType);
      generator.initialize(bits);
      SigningKey key = new SigningKey("trial", algorithm, generator.generateKeyPair().getPrivate());
      byte[] octets = {1, 2, 3};
      return Arrays.equals(sign(key, octets), plain().sign(key, octets));
    } catch (GeneralSecurityException | LinkageError | RuntimeException unusable) {
      LOG.debug("{} is not signed natively", keyType, unusable);
      return false;
    }
  }
}
