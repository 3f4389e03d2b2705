package dev.waybill.relay.testing;

import dev.waybill.relay.dkim.DkimKeys;
import dev.waybill.relay.dkim.SigningKey;
import dev.waybill.relay.domains.SendingDomain;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.message.MimeOutline;
import dev.waybill.relay.rendering.RenderedCopy;
import dev.waybill.relay.rendering.Renderer;
import dev.waybill.relay.rendering.RenderingSettings;
import dev.waybill.relay.storage.Database;
import dev.waybill.relay.storage.DatabaseSettings;
import dev.waybill.relay.storage.Sealing;
import dev.waybill.relay.tokens.Tokens;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.util.List;
import java.util.SplittableRandom;

/// A real renderer with real keys and tokens over an in-memory database, and its output as text.
public final class RenderingBench implements AutoCloseable {
  public static final KeyPair RSA = DkimKeys.generateRsa();
  public static final KeyPair ED25519 = DkimKeys.generateEd25519();
  public static final String BASE = "https://track.relay.example";

  private final Database database;
  private final Tokens tokens;
  private final MeterRegistry meters = new SimpleMeterRegistry();
  private final Renderer renderer;

  public RenderingBench() {
    this.database =
        Database.open(new DatabaseSettings("jdbc:h2:mem:rendering;DB_CLOSE_DELAY=0", "sa", "", 2));
    this.tokens =
        Tokens.open(
            database,
            new Sealing(new byte[32]),
            () -> SubmittedMail.ACCEPTED,
            new SplittableRandom(1));
    this.renderer =
        new Renderer(
            new RenderingSettings(
                DomainName.of("relay.example"), URI.create(BASE + "/"), MimeOutline.DEPTH),
            tokens,
            () -> SubmittedMail.ACCEPTED.plusSeconds(5),
            meters);
  }

  public static SigningKey rsaKey() {
    return new SigningKey("wb1", SigningKey.Algorithm.RSA_SHA256, RSA.getPrivate());
  }

  public static SigningKey ed25519Key() {
    return new SigningKey("wbe1", SigningKey.Algorithm.ED25519_SHA256, ED25519.getPrivate());
  }

  public Renderer renderer() {
    return renderer;
  }

  public Tokens tokens() {
    return tokens;
  }

  public MeterRegistry meters() {
    return meters;
  }

  public RenderedCopy render(SubmittedMail mail, SendingDomain domain) {
    return renderer.render(mail.to("ann@rcpt.example"), domain, List.of(rsaKey()));
  }

  /// The copy for a domain without tracking.
  public String copy(SubmittedMail mail) {
    return copy(mail, SubmittedMail.domain());
  }

  /// One character for each octet.
  public String copy(SubmittedMail mail, SendingDomain domain) {
    return new String(render(mail, domain).bytes(), StandardCharsets.ISO_8859_1);
  }

  /// What stands behind the header.
  public static String body(String message) {
    return message.substring(message.indexOf("\r\n\r\n") + 4);
  }

  @Override
  public void close() {
    database.close();
  }
}
