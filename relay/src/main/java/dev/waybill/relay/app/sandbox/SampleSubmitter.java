package dev.waybill.relay.app.sandbox;

import dev.waybill.relay.app.sandbox.SampleMessages.Sample;
import jakarta.mail.Address;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Properties;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// Submits the samples as an application does: by SMTP with STARTTLS and AUTH.
///
/// It trusts exactly one certificate, the sandbox's own, and gives no password before it has seen
/// it.
public final class SampleSubmitter {
  private static final String TIMEOUT_MILLIS = "20000";

  private final Session session;
  private final InetSocketAddress server;
  private final String user;
  private final String password;

  /// @param certificate the submission door's
  public SampleSubmitter(
      InetSocketAddress server, String user, String password, X509Certificate certificate) {
    this.server = server;
    this.user = user;
    this.password = password;
    Properties properties = new Properties();
    properties.setProperty("mail.smtp.auth", "true");
    properties.setProperty("mail.smtp.starttls.enable", "true");
    properties.setProperty("mail.smtp.starttls.required", "true");
    // The one trusted certificate says more about the server than a name in it could.
    properties.setProperty("mail.smtp.ssl.checkserveridentity", "false");
    properties.put("mail.smtp.ssl.socketFactory", trusting(certificate).getSocketFactory());
    properties.setProperty("mail.smtp.localhost", "app.sandbox.test");
    properties.setProperty("mail.smtp.connectiontimeout", TIMEOUT_MILLIS);
    properties.setProperty("mail.smtp.timeout", TIMEOUT_MILLIS);
    properties.setProperty("mail.smtp.writetimeout", TIMEOUT_MILLIS);
    this.session = Session.getInstance(properties);
  }

  /// Submits the messages one after the other and returns when all were accepted.
  ///
  /// @throws MessagingException when one is refused or the server cannot be reached
  public void submit(List<Sample> samples) throws MessagingException {
    for (Sample sample : samples) {
      try (Transport transport = session.getTransport("smtp")) {
        transport.connect(server.getAddress().getHostAddress(), server.getPort(), user, password);
        transport.sendMessage(
            new FinishedMessage(session, sample.content()),
            new Address[] {new InternetAddress(sample.recipient().toString())});
      }
    }
  }

  private static SSLContext trusting(X509Certificate certificate) {
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      store.setCertificateEntry("sandbox", certificate);
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException missing) {
      throw new IllegalStateException("this Java runtime has no TLS", missing);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }
}
