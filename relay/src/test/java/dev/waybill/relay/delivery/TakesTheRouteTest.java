package dev.waybill.relay.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.message.TlsWish;
import dev.waybill.relay.queue.AttemptOutcome;
import dev.waybill.relay.routes.DomainPattern;
import dev.waybill.relay.routes.OperatorRoute;
import dev.waybill.relay.routes.OperatorRoute.Action;
import dev.waybill.relay.routes.RouteTable;
import dev.waybill.relay.routes.Smarthost;
import dev.waybill.relay.routes.Smarthost.Tls;
import dev.waybill.relay.smtp.Credentials;
import dev.waybill.relay.testing.DeliveryHarness;
import dev.waybill.relay.testing.DeliveryHarness.Options;
import dev.waybill.relay.testing.IssuedCertificate;
import dev.waybill.relay.testing.ScriptedMailHost;
import dev.waybill.relay.testing.SelfSignedCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Mail goes where the operator says: to a smarthost that is asked for no more than it may know,
/// nowhere, or nowhere yet.
class TakesTheRouteTest {
  private static final Credentials LOGIN = new Credentials("me@x.example", "s3cret", false);
  private static final String PLAIN =
      Base64.getEncoder()
          .encodeToString("\0me@x.example\0s3cret".getBytes(StandardCharsets.US_ASCII));

  @TempDir private Path folder;
  private IssuedCertificate certificate;
  private @Nullable DeliveryHarness harness;

  @BeforeEach
  void issue() throws Exception {
    certificate = IssuedCertificate.of(folder, "smart.example");
  }

  @AfterEach
  void stop() throws IOException {
    if (harness != null) {
      harness.close();
    }
  }

  private DeliveryHarness with(Tls tls, @Nullable Credentials credentials) throws IOException {
    return with(new Smarthost.Host.Named(DomainName.of("smart.example")), tls, credentials);
  }

  /// All mail to the smarthost on 127.0.0.2, but for what is to be discarded, held or sent by MX;
  /// private addresses are not allowed otherwise.
  private DeliveryHarness with(Smarthost.Host host, Tls tls, @Nullable Credentials credentials)
      throws IOException {
    DeliveryHarness made =
        new DeliveryHarness(
            Options.usual().withAllowed(List.of()).withTrusted(certificate.pem()),
            port ->
                new RouteTable(
                    List.of(
                        route(
                            "*",
                            "out",
                            new Action.Via(new Smarthost("out", host, port, tls, credentials))),
                        route("void.example", "void", new Action.Discard()),
                        route("*.later.example", "later", new Action.Hold()),
                        route("direct.example", "direct", new Action.Direct()))));
    made.dns.zone("smart.example. 60 IN A 127.0.0.2");
    made.host().startTls(certificate.context());
    harness = made;
    return made;
  }

  private static OperatorRoute route(String pattern, String name, Action action) {
    return new OperatorRoute(name, List.of(DomainPattern.parse(pattern).orElseThrow()), action);
  }

  private static AttemptOutcome.Security security(AttemptOutcome outcome) {
    assertThat(outcome).isInstanceOf(AttemptOutcome.Delivered.class);
    return Objects.requireNonNull(((AttemptOutcome.Delivered) outcome).peer().security());
  }

  private static String why(AttemptOutcome outcome) {
    assertThat(outcome).isInstanceOf(AttemptOutcome.Unreachable.class);
    return ((AttemptOutcome.Unreachable) outcome).reason();
  }

  @Test
  void goesToTheSmarthostAndLogsInUnderTls() throws IOException {
    DeliveryHarness made = with(Tls.REQUIRED, LOGIN);
    made.host().offers("PIPELINING", "AUTH LOGIN PLAIN").always("AUTH", "235 2.7.0 welcome");

    assertThat(security(made.deliver("you@nowhere.example")).policy()).isEqualTo("enforced");
    assertThat(made.deliver("you@elsewhere.example")).isInstanceOf(AttemptOutcome.Delivered.class);
    assertThat(made.host().received()).hasSize(2).allMatch(copy -> copy.tls());
    assertThat(made.host().commands()).contains("AUTH PLAIN " + PLAIN);
    assertThat(made.host().connections()).as("one site").isEqualTo(1);
  }

  @Test
  void passesRequireTlsOnToASmarthostThatKeepsToIt() throws IOException {
    DeliveryHarness made = with(Tls.OPPORTUNISTIC, null);
    made.host().offers("REQUIRETLS");
    DeliveryKey safe = made.accept("you@nowhere.example", "from test", TlsWish.REQUIRED);
    assertThat(security(made.outcome(safe)).policy()).isEqualTo("enforced");
    assertThat(made.host().received().getFirst().mail()).endsWith(" REQUIRETLS");
  }

  @Test
  void tellsTwoSmarthostsOfOneNameApart() throws IOException {
    try (ScriptedMailHost other = new ScriptedMailHost("127.0.0.2", 0);
        DeliveryHarness made =
            new DeliveryHarness(
                Options.usual().withTrusted(certificate.pem()),
                port ->
                    new RouteTable(
                        List.of(
                            route("a.example", "a", new Action.Via(smart("a", port))),
                            route("b.example", "b", new Action.Via(smart("b", other.port()))))))) {
      made.dns.zone("smart.example. 60 IN A 127.0.0.2");
      made.host().startTls(certificate.context());
      other.startTls(certificate.context()).offers("REQUIRETLS");
      DeliveryKey first = made.accept("you@a.example", "from test", TlsWish.REQUIRED);
      assertThat(made.outcome(first)).isInstanceOf(AttemptOutcome.Rejected.class);
      DeliveryKey second = made.accept("you@b.example", "from test", TlsWish.REQUIRED);
      assertThat(made.outcome(second)).isInstanceOf(AttemptOutcome.Delivered.class);
    }
  }

  private static Smarthost smart(String route, int port) {
    return new Smarthost(
        route, new Smarthost.Host.Named(DomainName.of("smart.example")), port, Tls.REQUIRED, null);
  }

  @Test
  void sendsNothingThatRequiresTlsToASmarthostWithoutIt() throws IOException {
    DeliveryHarness made = with(Tls.NONE, null);
    DeliveryKey safe = made.accept("you@nowhere.example", "from test", TlsWish.REQUIRED);
    assertThat(why(made.outcome(safe))).contains("route out does not use TLS");
  }

  @Test
  void logsInByLoginWhereThatIsAllThereIs() throws IOException {
    DeliveryHarness made = with(Tls.REQUIRED, LOGIN);
    String user =
        Base64.getEncoder().encodeToString("me@x.example".getBytes(StandardCharsets.US_ASCII));
    String password =
        Base64.getEncoder().encodeToString("s3cret".getBytes(StandardCharsets.US_ASCII));
    made.host()
        .offers("AUTH=LOGIN", "auth login xoauth2")
        .always("AUTH", "334 VXNlcm5hbWU6")
        .always(user.toUpperCase(Locale.ROOT), "334 UGFzc3dvcmQ6")
        .always(password.toUpperCase(Locale.ROOT), "235 2.7.0 welcome");

    assertThat(made.deliver("you@nowhere.example")).isInstanceOf(AttemptOutcome.Delivered.class);
    assertThat(made.host().commands()).containsSubsequence("AUTH LOGIN", user, password);
  }

  @Test
  void speaksTlsFromTheFirstOctet() throws IOException {
    DeliveryHarness made = with(Tls.IMPLICIT, LOGIN);
    made.host().implicitTls().offers("AUTH PLAIN").always("AUTH", "235 2.7.0 welcome");

    assertThat(security(made.deliver("you@nowhere.example")).policy()).isEqualTo("enforced");
    assertThat(made.host().commands()).doesNotContain("STARTTLS");
    assertThat(made.host().received().getFirst().tls()).isTrue();
  }

  @Test
  void saysNothingToAHostThatIsSomebodyElse() throws Exception {
    DeliveryHarness made = with(Tls.REQUIRED, LOGIN);
    made.host()
        .offers("AUTH PLAIN")
        .startTls(SelfSignedCertificate.of("smart.example", folder).context());

    assertThat(why(made.deliver("you@nowhere.example"))).contains("smart.example [127.0.0.2]");
    assertThat(made.host().commands()).noneMatch(line -> line.startsWith("AUTH"));
    assertThat(made.host().received()).isEmpty();
  }

  @Test
  void saysThePasswordInClearOnlyWhereItMay() throws IOException {
    DeliveryHarness made =
        with(
            new Smarthost.Host.Literal(InetAddress.getByName("127.0.0.2")),
            Tls.NONE,
            new Credentials("me@x.example", "s3cret", true));
    made.host().offers("AUTH PLAIN").always("AUTH", "235 2.7.0 welcome");

    AttemptOutcome.Security how = security(made.deliver("you@nowhere.example"));
    assertThat(how.policy()).isEqualTo("none");
    assertThat(how.reason()).isEqualTo("route out does not use TLS");
    assertThat(made.host().commands()).contains("AUTH PLAIN " + PLAIN).doesNotContain("STARTTLS");
  }

  @Test
  void aLoginThatFailsKeepsTheMailAndTellsNoPassword() throws IOException {
    DeliveryHarness made = with(Tls.REQUIRED, LOGIN);
    made.host()
        .offers("AUTH PLAIN")
        .always("AUTH", "535 5.7.8 bad credentials: " + PLAIN + " s3cret");

    String reason = why(made.deliver("you@nowhere.example"));
    assertThat(reason).contains("AUTH: 535 5.7.8 bad credentials").doesNotContain("s3cret", PLAIN);
    // it is not asked again and again, which would lock us out
    assertThat(made.deliver("me@elsewhere.example"))
        .isInstanceOfSatisfying(
            AttemptOutcome.Postponed.class,
            postponed -> assertThat(postponed.reason()).isEqualTo(reason));
    assertThat(made.host().commands().stream().filter(line -> line.startsWith("AUTH"))).hasSize(1);
  }

  @Test
  void aHostWithoutAuthKeepsTheMail() throws IOException {
    assertThat(why(with(Tls.REQUIRED, LOGIN).deliver("you@nowhere.example")))
        .contains("the host offers no AUTH (expected: PLAIN or LOGIN)");
  }

  @Test
  void aHostThatDoesNotCarryOurMailOnKeepsIt() throws IOException {
    DeliveryHarness made = with(Tls.OPPORTUNISTIC, null);
    made.host().once("RCPT", "554 5.7.1 <you@nowhere.example>: Relay access denied");
    assertThat(made.deliver("you@nowhere.example"))
        .isInstanceOfSatisfying(
            AttemptOutcome.Deferred.class,
            deferred -> assertThat(deferred.reply()).contains("Relay access denied"));
    // what it says of a recipient is the recipient's word all the same
    made.host().once("RCPT", "550 5.1.1 no such user");
    assertThat(made.deliver("you@nowhere.example")).isInstanceOf(AttemptOutcome.Rejected.class);

    made.host().once("MAIL", "530 5.7.0 Authentication required");
    assertThat(made.deliver("you@nowhere.example")).isInstanceOf(AttemptOutcome.Deferred.class);
  }

  @Test
  void aHostByMxMayStillRefuseForGood() throws IOException {
    harness = new DeliveryHarness().receives("a.example");
    harness.host().always("RCPT", "554 5.7.1 Relay access denied");
    assertThat(harness.deliver("you@a.example")).isInstanceOf(AttemptOutcome.Rejected.class);
  }

  @Test
  void discardsAndHoldsAndTellsByWhichRoute() throws IOException {
    DeliveryHarness made = with(Tls.NONE, null);

    assertThat(made.deliver("you@void.example")).isEqualTo(new AttemptOutcome.Discarded("void"));
    assertThat(made.deliver("you@much.later.example")).isEqualTo(new AttemptOutcome.Held("later"));
    assertThat(made.deliver("you@later.example")).isInstanceOf(AttemptOutcome.Delivered.class);
    assertThat(
            made.meters
                .get("waybill.delivery.attempts")
                .tags("result", "discarded")
                .counter()
                .count())
        .isEqualTo(1);
  }

  @Test
  void whatWasReleasedTakesTheNextRoute() throws IOException {
    DeliveryHarness made = with(Tls.NONE, null);

    assertThat(made.outcome(made.released("you@much.later.example", "later")))
        .isInstanceOf(AttemptOutcome.Delivered.class);
    assertThat(made.deliver("you@much.later.example")).isEqualTo(new AttemptOutcome.Held("later"));
  }

  @Test
  void anExceptionGoesByMx() throws IOException {
    DeliveryHarness made = with(Tls.NONE, null);
    made.receives("direct.example");

    // 127.0.0.2 is an address that the operator did not name
    assertThat(why(made.deliver("you@direct.example"))).contains("not a public address");
  }

  @Test
  void aSendingDomainThatDemandsTlsGetsIt() throws IOException {
    DeliveryHarness made = with(Tls.OPPORTUNISTIC, null);
    made.rendersWith(delivery -> DeliveryHarness.copy(delivery, true));

    assertThat(security(made.deliver("you@nowhere.example")).policy()).isEqualTo("enforced");
    made.host().startTls(null);
    harness = null;
    made.close();

    DeliveryHarness clear = with(Tls.NONE, null);
    clear.rendersWith(delivery -> DeliveryHarness.copy(delivery, true));
    assertThat(why(clear.deliver("you@nowhere.example")))
        .isEqualTo("TLS is required; smart.example: route out does not use TLS");
  }
}
