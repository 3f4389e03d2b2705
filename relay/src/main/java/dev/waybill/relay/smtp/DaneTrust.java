package dev.waybill.relay.smtp;

import dev.waybill.relay.message.DomainName;
import java.io.ByteArrayInputStream;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509ExtendedTrustManager;

/// Trusts what TLSA records vouch for and nothing else (RFC 7672 §3). Any thread may use it.
///
/// A certificate of usage 3 is right when it matches, whatever names and dates it has. One of usage
/// 2 is right when it leads by valid signatures and within its dates to an authority that matches,
/// and names the host. Public authorities do not count.
final class DaneTrust extends X509ExtendedTrustManager {
  private static final String ONLY_FOR = "waybill.certificate-only-for";
  private static final int DNS_NAME = 2;
  private static final int MAX_CHAIN = 10;

  private final TlsPolicy.Dane policy;

  DaneTrust(TlsPolicy.Dane policy) {
    this.policy = policy;
  }

  /// The only domain that an authenticated session is for; empty when it is for all that the host
  /// takes mail for.
  static Optional<DomainName> onlyFor(SSLSession session) {
    return session.getValue(ONLY_FOR) instanceof DomainName domain
        ? Optional.of(domain)
        : Optional.empty();
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    if (!(socket instanceof SSLSocket tls) || tls.getHandshakeSession() == null) {
      throw new IllegalStateException("a certificate was checked outside of a handshake");
    }
    if (judge(chain)) {
      tls.getHandshakeSession().putValue(ONLY_FOR, policy.nextHop());
    }
  }

  /// @return whether it is right for the next hop's name only
  private boolean judge(X509Certificate[] chain) throws CertificateException {
    X509Certificate own = chain[0];
    for (CertificateAssociation association : policy.associations()) {
      if (association.usage() == CertificateAssociation.Usage.HOST && association.matches(own)) {
        return false;
      }
    }
    if (!hasValidPath(chain)) {
      throw new CertificateException("no TLSA record matches the certificate");
    }
    Set<String> names = names(own);
    if (policy.names().stream().anyMatch(name -> isNamed(name, names))) {
      return false;
    }
    if (isNamed(policy.nextHop(), names)) {
      return true;
    }
    throw new CertificateException(
        "a TLSA record matches, and the certificate is for %s (expected: one of %s)"
            .formatted(names, policy.names()));
  }

  private boolean hasValidPath(X509Certificate[] chain) throws CertificateException {
    if (chain.length > MAX_CHAIN) {
      return false;
    }
    Set<TrustAnchor> anchors = anchors(chain);
    if (anchors.isEmpty()) {
      return false;
    }
    X509CertSelector own = new X509CertSelector();
    own.setCertificate(chain[0]);
    try {
      PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors, own);
      parameters.setRevocationEnabled(false);
      parameters.addCertStore(
          CertStore.getInstance(
              "Collection", new CollectionCertStoreParameters(Arrays.asList(chain))));
      CertPathBuilder.getInstance("PKIX").build(parameters);
      return true;
    } catch (CertPathBuilderException noPath) {
      throw new CertificateException(
          "a TLSA record names an authority, and the certificate is not a valid one of it: "
              + noPath.getMessage(),
          noPath);
    } catch (GeneralSecurityException missing) {
      throw new IllegalStateException(missing);
    }
  }

  /// The authorities that match: those that the host sent, and those that a record holds whole (RFC
  /// 7672 §3.1.2).
  private Set<TrustAnchor> anchors(X509Certificate[] chain) throws CertificateException {
    Set<TrustAnchor> anchors = new HashSet<>();
    for (CertificateAssociation association : policy.associations()) {
      if (association.usage() == CertificateAssociation.Usage.AUTHORITY) {
        for (int i = 1; i < chain.length; i++) {
          if (association.matches(chain[i])) {
            chain[i].checkValidity();
            anchors.add(new TrustAnchor(chain[i], null));
          }
        }
        if (association.matching() == CertificateAssociation.Matching.EXACT) {
          published(association, chain).ifPresent(anchors::add);
        }
      }
    }
    return anchors;
  }

  private static Optional<TrustAnchor> published(
      CertificateAssociation association, X509Certificate[] chain) {
    try {
      return switch (association.selector()) {
        case WHOLE -> {
          X509Certificate authority =
              (X509Certificate)
                  CertificateFactory.getInstance("X.509")
                      .generateCertificate(new ByteArrayInputStream(association.octets()));
          authority.checkValidity();
          yield Optional.of(new TrustAnchor(authority, null));
        }
        case PUBLIC_KEY -> {
          X509Certificate last = chain[chain.length - 1];
          yield Optional.of(
              new TrustAnchor(
                  last.getIssuerX500Principal(),
                  KeyFactory.getInstance(algorithmOf(last))
                      .generatePublic(new X509EncodedKeySpec(association.octets())),
                  null));
        }
      };
    } catch (GeneralSecurityException unreadable) {
      return Optional.empty();
    }
  }

  /// The kind of key that signed the certificate: `SHA256withECDSA` was made with an EC key.
  private static String algorithmOf(X509Certificate signed) {
    String name = signed.getSigAlgName().toUpperCase(Locale.ROOT);
    if (name.endsWith("ECDSA")) {
      return "EC";
    }
    return name.startsWith("ED") ? "EdDSA" : "RSA";
  }

  private static Set<String> names(X509Certificate certificate) throws CertificateParsingException {
    Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
    Set<String> names = new HashSet<>();
    if (alternatives != null) {
      for (List<?> alternative : alternatives) {
        if (Integer.valueOf(DNS_NAME).equals(alternative.get(0))) {
          names.add(String.valueOf(alternative.get(1)).toLowerCase(Locale.ROOT));
        }
      }
    }
    return names;
  }

  /// A wildcard stands for the whole first label (RFC 9525 §6.3).
  private static boolean isNamed(DomainName name, Set<String> presented) {
    return presented.contains(name.value())
        || name.parent().filter(parent -> presented.contains("*." + parent)).isPresent();
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    throw new CertificateException("TLSA records are judged on sockets only");
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("TLSA records are judged on sockets only");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    throw new CertificateException("no client is trusted here");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    throw new CertificateException("no client is trusted here");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("no client is trusted here");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
