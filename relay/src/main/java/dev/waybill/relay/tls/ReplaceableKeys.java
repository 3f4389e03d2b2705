package dev.waybill.relay.tls;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/// Shows the newest identity; a handshake that has chosen the one before gets its key too. Any
/// thread may use it.
///
/// The JDK's own manager keeps keys encrypted, which costs a start a fifth of a second.
final class ReplaceableKeys extends X509ExtendedKeyManager {
  /// @param alias a name of its own: a handshake asks for certificates and key by name
  private record Generation(String alias, Identity identity) {}

  /// The newest, and the one before it.
  private volatile List<Generation> generations = List.of();

  private int number;

  /// Shows this one from the next handshake on.
  synchronized void show(Identity identity) {
    Generation fresh = new Generation("waybill-" + ++number, identity);
    generations = Stream.concat(Stream.of(fresh), generations.stream().limit(1)).toList();
  }

  /// For servers that show these.
  SSLContext context() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(new KeyManager[] {this}, null, null);
      return context;
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("every Java platform has TLS", impossible);
    }
  }

  /// @param keyType such as `EC` or `RSA`
  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    Generation newest = generations.getFirst();
    return newest.identity().own().getPublicKey().getAlgorithm().equals(keyType)
        ? newest.alias()
        : null;
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return chooseServerAlias(keyType, issuers, null);
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    String alias = chooseServerAlias(keyType, issuers, null);
    return alias == null ? null : new String[] {alias};
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String alias) {
    return known(alias).map(it -> it.chain().toArray(X509Certificate[]::new)).orElse(null);
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(String alias) {
    return known(alias).map(Identity::key).orElse(null);
  }

  /// As a client we show no certificate.
  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return null;
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return null;
  }

  private Optional<Identity> known(String alias) {
    return generations.stream()
        .filter(each -> each.alias().equals(alias))
        .findFirst()
        .map(Generation::identity);
  }
}
