package dev.waybill.relay.tls;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/// Shows the newest identity; a handshake that has chosen the one before gets its key too. Any
/// thread may use it.
final class ReplaceableKeys extends X509ExtendedKeyManager {
  /// The newest, and the one before it.
  private volatile List<X509ExtendedKeyManager> generations = List.of();

  private int number;

  /// Shows this one from the next handshake on.
  synchronized void show(Identity identity) throws GeneralSecurityException {
    // a name of its own for each: a handshake asks for certificates and key by name
    X509ExtendedKeyManager fresh = manager(identity, "waybill-" + ++number);
    generations = Stream.concat(Stream.of(fresh), generations.stream().limit(1)).toList();
  }

  private static X509ExtendedKeyManager manager(Identity identity, String alias)
      throws GeneralSecurityException {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry(
          alias, identity.key(), new char[0], identity.chain().toArray(X509Certificate[]::new));
      KeyManagerFactory factory =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      factory.init(store, new char[0]);
      for (KeyManager manager : factory.getKeyManagers()) {
        if (manager instanceof X509ExtendedKeyManager keys) {
          return keys;
        }
      }
    } catch (IOException impossible) {
      throw new GeneralSecurityException("an empty key store", impossible);
    }
    throw new GeneralSecurityException("this Java has no key manager for X.509");
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return newest().chooseServerAlias(keyType, issuers, socket);
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return newest().chooseEngineServerAlias(keyType, issuers, engine);
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return newest().getServerAliases(keyType, issuers);
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String alias) {
    return known(keys -> keys.getCertificateChain(alias));
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(String alias) {
    return known(keys -> keys.getPrivateKey(alias));
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

  private X509ExtendedKeyManager newest() {
    return generations.getFirst();
  }

  private <T> @Nullable T known(Function<X509ExtendedKeyManager, @Nullable T> asked) {
    return generations.stream().map(asked).filter(Objects::nonNull).findFirst().orElse(null);
  }
}
