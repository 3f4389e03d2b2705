package dev.waybill.relay.smtp;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.waybill.relay.message.DomainName;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/// Wraps connections into TLS. Any thread may call it.
///
/// A context for each policy, and one for each set of TLSA records: a session agreed under one
/// policy is never resumed under another, which would skip what the other one checks. The
/// opportunistic context checks the chain and the host's name (RFC 9525) as the strict one does and
/// only remembers what was wrong.
final class TlsClient {
  private static final String VERDICT = "waybill.certificate-verdict";
  private static final String VALID = "";

  /// How long a session may be resumed, and with it a certificate stand unchecked.
  private static final Duration RESUMED = Duration.ofHours(1);

  private final SSLContext opportunistic;
  private final SSLContext required;
  private final Cache<TlsPolicy.Dane, SSLContext> dane =
      Caffeine.newBuilder().maximumSize(1_000).expireAfterAccess(RESUMED).build();

  /// @param trusted a PEM file of certificate authorities; empty for those of the Java runtime
  TlsClient(Optional<Path> trusted) {
    X509ExtendedTrustManager strict = TrustedAuthorities.of(trusted);
    this.required = context(strict);
    this.opportunistic = context(new Noting(strict));
  }

  /// A socket on top of the given one, not yet shaken hands.
  SSLSocket wrap(Socket socket, String host, TlsPolicy policy) throws IOException {
    String name = policy.serverName().map(DomainName::value).orElse(host);
    SSLSocket wrapped =
        (SSLSocket)
            context(policy).getSocketFactory().createSocket(socket, name, socket.getPort(), true);
    if (!(policy instanceof TlsPolicy.Dane)) {
      SSLParameters parameters = wrapped.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      wrapped.setSSLParameters(parameters);
    }
    return wrapped;
  }

  /// What was wrong with the certificate of a session that does not authenticate; empty when it was
  /// valid for the host's name. A session that carries no verdict counts as not verified.
  static Optional<String> problem(SSLSession session) {
    Object verdict = session.getValue(VERDICT);
    return VALID.equals(verdict)
        ? Optional.empty()
        : Optional.of(verdict == null ? "the certificate was not checked" : verdict.toString());
  }

  private SSLContext context(TlsPolicy policy) {
    return switch (policy) {
      case TlsPolicy.Clear _ -> throw new IllegalArgumentException("TLS in clear");
      case TlsPolicy.Opportunistic _, TlsPolicy.Encrypted _ -> opportunistic;
      case TlsPolicy.Required _, TlsPolicy.Implicit _ -> required;
      case TlsPolicy.Dane records -> dane.get(records, key -> context(new DaneTrust(key)));
    };
  }

  private static SSLContext context(TrustManager trust) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {trust}, null);
      context.getClientSessionContext().setSessionTimeout(Math.toIntExact(RESUMED.toSeconds()));
      return context;
    } catch (GeneralSecurityException missing) {
      throw new IllegalStateException(missing);
    }
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
        verdict = "certificate problem: " + words(problem);
      }
      tls.getHandshakeSession().putValue(VERDICT, verdict);
    }

    /// The library's words name its own classes, which mean nothing to an operator.
    private static String words(Exception problem) {
      String message = String.valueOf(problem.getMessage());
      if (message.startsWith("PKIX path building failed")) {
        return "no trusted authority vouches for it";
      }
      return message.contains("validity check failed") ? "it is not valid at this time" : message;
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
