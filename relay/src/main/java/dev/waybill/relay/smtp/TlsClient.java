package dev.waybill.relay.smtp;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// Wraps connections into TLS. Any thread may call it.
///
/// Two contexts, one per policy, so that a session agreed without a valid certificate is never
/// resumed where one is required. Both check the chain and the host's name (RFC 9525) in the same
/// way; the opportunistic one only remembers what was wrong.
final class TlsClient {
  private static final String VERDICT = "waybill.certificate-verdict";
  private static final String VALID = "";

  private final SSLContext opportunistic;
  private final SSLContext required;

  /// @param trusted a PEM file of certificate authorities; empty for those of the Java runtime
  TlsClient(Optional<Path> trusted) {
    try {
      X509ExtendedTrustManager strict = trustManager(authorities(trusted));
      this.required = context(strict);
      this.opportunistic = context(new Noting(strict));
    } catch (GeneralSecurityException | IOException unusable) {
      throw new IllegalArgumentException(
          "trusted certificates %s (expected: a readable PEM file)"
              .formatted(trusted.map(Path::toString).orElse("of the Java runtime")),
          unusable);
    }
  }

  /// A socket on top of the given one, not yet shaken hands.
  SSLSocket wrap(Socket socket, String host, TlsPolicy policy) throws IOException {
    SSLContext context = policy == TlsPolicy.REQUIRED ? required : opportunistic;
    SSLSocket wrapped =
        (SSLSocket) context.getSocketFactory().createSocket(socket, host, socket.getPort(), true);
    SSLParameters parameters = wrapped.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    wrapped.setSSLParameters(parameters);
    return wrapped;
  }

  /// What was wrong with the certificate of an opportunistic session; empty when it was valid for
  /// the host's name. A session that carries no verdict counts as not verified.
  static Optional<String> problem(SSLSession session) {
    Object verdict = session.getValue(VERDICT);
    return VALID.equals(verdict)
        ? Optional.empty()
        : Optional.of(verdict == null ? "the certificate was not checked" : verdict.toString());
  }

  private static SSLContext context(TrustManager trust) throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {trust}, null);
    return context;
  }

  private static @Nullable KeyStore authorities(Optional<Path> trusted)
      throws GeneralSecurityException, IOException {
    if (trusted.isEmpty()) {
      return null;
    }
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (InputStream pem = Files.newInputStream(trusted.get())) {
      int count = 0;
      for (Certificate authority :
          CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
        store.setCertificateEntry("authority-" + count++, authority);
      }
      if (count == 0) {
        throw new CertificateException("no certificate in " + trusted.get());
      }
    }
    return store;
  }

  private static X509ExtendedTrustManager trustManager(@Nullable KeyStore authorities)
      throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(authorities);
    for (TrustManager manager : factory.getTrustManagers()) {
      if (manager instanceof X509ExtendedTrustManager extended) {
        return extended;
      }
    }
    throw new GeneralSecurityException("no X.509 trust manager");
  }

  /// Lets every certificate through and notes in the TLS session what a strict reader would have
  /// said.
  private static final class Noting extends X509ExtendedTrustManager {
    private final X509ExtendedTrustManager strict;

    Noting(X509ExtendedTrustManager strict) {
      this.strict = strict;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {
      if (!(socket instanceof SSLSocket tls) || tls.getHandshakeSession() == null) {
        throw new IllegalStateException("a certificate was checked outside of a handshake");
      }
      String verdict = VALID;
      try {
        strict.checkServerTrusted(chain, authType, socket);
      } catch (CertificateException | RuntimeException problem) {
        verdict = "certificate problem: " + problem.getMessage();
      }
      tls.getHandshakeSession().putValue(VERDICT, verdict);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
        throws CertificateException {
      strict.checkServerTrusted(chain, authType, engine);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType)
        throws CertificateException {
      strict.checkServerTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
        throws CertificateException {
      strict.checkClientTrusted(chain, authType, socket);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
        throws CertificateException {
      strict.checkClientTrusted(chain, authType, engine);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType)
        throws CertificateException {
      strict.checkClientTrusted(chain, authType);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return strict.getAcceptedIssuers();
    }
  }
}
