package dev.waybill.relay.app;

import dev.waybill.relay.access.ApiKey;
import dev.waybill.relay.app.sandbox.ArfSender;
import dev.waybill.relay.app.sandbox.InboxRoutes;
import dev.waybill.relay.app.sandbox.LinkRun;
import dev.waybill.relay.app.sandbox.Mailroom;
import dev.waybill.relay.app.sandbox.ReceiverChecks;
import dev.waybill.relay.app.sandbox.SampleMessages;
import dev.waybill.relay.app.sandbox.SampleRun;
import dev.waybill.relay.app.sandbox.SampleSubmitter;
import dev.waybill.relay.app.sandbox.SandboxAccess;
import dev.waybill.relay.app.sandbox.SandboxBanner;
import dev.waybill.relay.app.sandbox.SandboxDns;
import dev.waybill.relay.app.sandbox.SandboxFile;
import dev.waybill.relay.app.sandbox.SandboxMailHost;
import dev.waybill.relay.app.sandbox.SandboxZone;
import dev.waybill.relay.clock.SystemClock;
import dev.waybill.relay.clock.TimeOrderedIds;
import dev.waybill.relay.config.Configuration;
import dev.waybill.relay.config.Problem;
import dev.waybill.relay.config.RelaySettings;
import dev.waybill.relay.config.SettingsReader;
import dev.waybill.relay.domains.AddOutcome;
import dev.waybill.relay.domains.DomainStatus;
import dev.waybill.relay.domains.NewDomain;
import dev.waybill.relay.domains.SendingDomain;
import dev.waybill.relay.events.Journal;
import dev.waybill.relay.http.Request;
import dev.waybill.relay.http.Response;
import dev.waybill.relay.http.Route;
import dev.waybill.relay.keyring.KeyWish;
import dev.waybill.relay.message.DomainName;
import jakarta.mail.MessagingException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// The real relay in a small world of its own: a DNS that knows one sending domain, a mail host
/// behind every MX, and an inbox that shows what arrived. Built, started and stopped by one thread.
public final class Sandbox {
  private static final DomainName HOST = DomainName.of("relay.sandbox.test");
  private static final Set<String> LOOPBACK_NAMES = Set.of("127.0.0.1", "localhost", "[::1]");
  private static final String KEY_NAME = "sandbox";
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration GLANCE = Duration.ofMillis(20);

  private final Path folder;
  private final SandboxPorts ports;
  private final SandboxZone zone;
  private final SandboxDns dns;
  private final Mailroom mailroom;
  private final SandboxMailHost mailHost;
  private final Relay relay;
  private final AtomicReference<@Nullable InboxRoutes> inbox = new AtomicReference<>();
  private @Nullable SandboxAccess access;

  private Sandbox(Path folder, SandboxPorts ports, Map<String, String> wishes) throws IOException {
    this.folder = folder;
    this.ports = ports;
    zone = new SandboxZone();
    zone.publishHost(HOST);
    dns = SandboxDns.start(zone, ports.dns());
    mailroom =
        new Mailroom(
            new TimeOrderedIds(SystemClock.instants(), SystemClock.random()),
            SystemClock.instants());
    mailHost =
        new SandboxMailHost(
            loopback(ports.mx()),
            SandboxMailHost.certificate(folder).context(),
            new ReceiverChecks(dns.address()),
            mailroom,
            new ArfSender(dns.address(), ports.feedback(), SystemClock.instants()),
            SystemClock.nanos());
    relay = new Relay(settings(wishes), inboxPages());
  }

  /// Opens everything in the folder; what an earlier run left there is used again.
  public static Sandbox open(Path folder, SandboxPorts ports) throws IOException {
    return new Sandbox(folder, ports, Map.of());
  }

  /// As [#open], with settings of the relay's own under the names of their environment variables,
  /// such as another database.
  public static Sandbox open(Path folder, SandboxPorts ports, Map<String, String> wishes)
      throws IOException {
    return new Sandbox(folder, ports, wishes);
  }

  /// Starts, verifies the domain, sends the samples and waits until they have arrived.
  ///
  /// @return what to tell the person in front of the terminal
  public String start() throws IOException, MessagingException, InterruptedException {
    // whoever waits for the file must not find an earlier run's
    Files.deleteIfExists(folder.resolve(SandboxFile.NAME));
    mailHost.start();
    relay.start();
    SendingDomain domain = verifiedDomain();
    SandboxAccess access = access(domain);
    this.access = access;
    inbox.set(
        new InboxRoutes(
            mailroom,
            new InboxRoutes.Sources(
                relay.tokens()::readReturnPath,
                relay.queue()::submitted,
                relay.comparisons()::compare,
                id ->
                    relay.journal().read(new Journal.Filter(0, null, id, false), 1_000).stream()
                        .map(Journal.Entry::event)
                        .toList()),
            access));
    sendSamples(access);
    SandboxFile.write(folder, access);
    return SandboxBanner.text(access);
  }

  /// Sends that many copies of the samples, as fast as they are taken, waits until all have
  /// arrived, and follows the links of what is in the inbox as often. After [#start].
  public void sendMany(int messages) throws IOException, InterruptedException {
    SandboxAccess access = Objects.requireNonNull(this.access, "not started");
    int expected = mailHost.discarded() + messages;
    new SampleRun(access, SampleMessages.all(SystemClock.instants().instant())).submit(messages);
    waitFor(() -> mailHost.discarded() >= expected);
    new LinkRun(loopback(relay.ports().tracking()), mailroom.letters()).follow(messages);
  }

  /// Whether the receiver's checks were content with everything that has arrived so far.
  public boolean everyVerdictPassed() {
    return mailroom.letters().stream().allMatch(letter -> letter.verdicts().allPassed());
  }

  public void stop() {
    relay.stop();
    mailHost.stop();
    dns.stop();
  }

  private RelaySettings settings(Map<String, String> more) throws IOException {
    Path file = SandboxConfig.write(folder, HOST, ports, dns.address());
    return switch (new SettingsReader(Configuration.read(file, more)).read()) {
      case SettingsReader.Outcome.Settled(RelaySettings settled) -> settled;
      case SettingsReader.Outcome.Wrong(List<Problem> problems) ->
          throw new IllegalStateException("the sandbox's own settings: " + problems);
    };
  }

  private List<Route> inboxPages() {
    return List.of(
        Route.get("/sandbox", this::page),
        Route.get("/sandbox/", this::page),
        Route.get("/sandbox/{a}", this::page),
        Route.get("/sandbox/{a}/{b}", this::page),
        Route.get("/sandbox/{a}/{b}/{c}", this::page),
        Route.get("/sandbox/{a}/{b}/{c}/{d}", this::page));
  }

  /// The pages show passwords: a foreign name that was made to resolve to this machine gets
  /// nothing.
  private Response page(Request request) {
    if (!LOOPBACK_NAMES.contains(request.host())) {
      return Response.text(421, "Ask for 127.0.0.1 or localhost.\n");
    }
    InboxRoutes routes = inbox.get();
    if (routes == null) {
      return Response.text(503, "The sandbox is starting.\n").with("Retry-After", "1");
    }
    InboxRoutes.Answer answer = routes.answer(request.method(), request.path());
    Response response = Response.of(answer.status(), answer.contentType(), answer.body());
    for (Map.Entry<String, String> field : answer.headers().entrySet()) {
      response = response.with(field.getKey(), field.getValue());
    }
    return response;
  }

  /// Registers the domain, publishes what the relay asks for, and has it looked up.
  private SendingDomain verifiedDomain() {
    SendingDomain domain =
        relay.domains().byName(SandboxZone.DOMAIN).orElseGet(this::registeredDomain);
    relay.domains().records(domain.id()).forEach(zone::publish);
    Optional<SendingDomain> verified = relay.domains().verifyNow(domain.id());
    return verified
        .filter(looked -> looked.status() == DomainStatus.VERIFIED)
        .orElseThrow(() ->
            new IllegalStateException(
                "%s does not verify: %s"
                    .formatted(domain.name(), relay.domains().records(domain.id()))));
  }

  private SendingDomain registeredDomain() {
    NewDomain request =
        new NewDomain(
            SandboxZone.DOMAIN.value(), null, true, true, null, false, KeyWish.USUAL, false);
    return switch (relay.domains().add(request)) {
      case AddOutcome.Added(SendingDomain added) -> added;
      case AddOutcome.AlreadyRegistered(SendingDomain there) -> there;
      case AddOutcome.Invalid(String problem) -> throw new IllegalStateException(problem);
    };
  }

  private SandboxAccess access(SendingDomain domain) throws IOException {
    // one for each run; the earlier ones' secrets are written down nowhere
    relay.keys().list().stream()
        .filter(key -> key.name().equals(KEY_NAME))
        .forEach(key -> relay.keys().remove(key.id()));
    String password =
        relay
            .keys()
            .create(
                KEY_NAME, ApiKey.Permission.SENDING_ACCESS, ApiKey.Sending.forDomain(domain.id()))
            .token();
    return new SandboxAccess(
        domain.name(),
        loopback(relay.ports().submission()),
        loopback(relay.ports().submissionTls()),
        "waybill",
        password,
        URI.create("http://127.0.0.1:" + relay.ports().admin()),
        adminKey(),
        dns.address(),
        mailHost.address(),
        URI.create("http://127.0.0.1:" + relay.ports().tracking() + "/sandbox/"));
  }

  /// The key of the first start, or another where its file was moved away.
  private String adminKey() throws IOException {
    Path file = folder.resolve("admin.key");
    return Files.exists(file)
        ? Files.readString(file).strip()
        : relay
            .keys()
            .create(KEY_NAME, ApiKey.Permission.FULL_ACCESS, ApiKey.Sending.ANYTHING)
            .token();
  }

  private void sendSamples(SandboxAccess access)
      throws IOException, MessagingException, InterruptedException {
    List<SampleMessages.Sample> samples = SampleMessages.all(SystemClock.instants().instant());
    int expected = mailroom.letters().size() + samples.size();
    new SampleSubmitter(access.smtp(), access.user(), access.password(), relay.certificate())
        .submit(samples);
    waitFor(() -> mailroom.letters().size() >= expected);
  }

  private static void waitFor(BooleanSupplier arrived) throws InterruptedException {
    Duration waited = Duration.ZERO;
    while (!arrived.getAsBoolean()) {
      if (waited.compareTo(PATIENCE) > 0) {
        throw new IllegalStateException("the samples did not arrive within " + PATIENCE);
      }
      SystemClock.pause(GLANCE);
      waited = waited.plus(GLANCE);
    }
  }

  private static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
  }
}
