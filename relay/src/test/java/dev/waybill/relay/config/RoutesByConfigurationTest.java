package dev.waybill.relay.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.routes.OperatorRoute;
import dev.waybill.relay.routes.OperatorRoute.Action;
import dev.waybill.relay.routes.RouteTable;
import dev.waybill.relay.routes.Smarthost;
import dev.waybill.relay.routes.Smarthost.Tls;
import dev.waybill.relay.smtp.Credentials;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoutesByConfigurationTest {
  @TempDir Path folder;

  private SettingsReader.Outcome read(String routes, Map<String, String> environment)
      throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("waybill.yaml"),
            "hostname: relay.example.com\ndelivery:\n  routes:\n" + routes.indent(4));
    return new SettingsReader(Configuration.read(file, environment)).read();
  }

  private List<String> problems(String routes, Map<String, String> environment) throws IOException {
    List<String> found = new ArrayList<>();
    if (read(routes, environment) instanceof SettingsReader.Outcome.Wrong wrong) {
      wrong.problems().forEach(problem -> found.add(problem.toString()));
    }
    return found;
  }

  @Test
  void routesHaveNamesOfTheOperatorsOwn() throws IOException {
    Path secret = Files.writeString(folder.resolve("secret"), "s3cret: with # and spaces\n");
    String written =
        """
        provider:
          domains: ["*"]
          action: smarthost
          host: smtp.provider.example
          user: "apikey"
        local:
          domains: [intern.example, "*.intern.example"]
          action: smarthost
          host: "[::1]"
          port: 2525
          tls: none
          user: me
          password: here
        old:
          domains: Bücher.example
          action: hold
        """;
    Map<String, String> environment =
        Map.of(
            "WAYBILL_DELIVERY_ROUTES_PROVIDER_PASSWORD_FILE", secret.toString(),
            "WAYBILL_DELIVERY_ROUTES_LOCAL_PASSWORD", "there",
            "WAYBILL_DELIVERY_ROUTES_TEST_DOMAINS", "test.example, *.test.example",
            "WAYBILL_DELIVERY_ROUTES_TEST_ACTION", "discard");

    assertThat(read(written, environment))
        .isInstanceOfSatisfying(
            SettingsReader.Outcome.Settled.class,
            settled -> {
              RouteTable table = settled.settings().delivery().routes();
              assertThat(table.routes().stream().map(OperatorRoute::name))
                  .containsExactly("provider", "local", "old", "test");
              assertThat(table.of(DomainName.of("any.example"), "").orElseThrow().action())
                  .isEqualTo(
                      new Action.Via(
                          new Smarthost(
                              "provider",
                              new Smarthost.Host.Named(DomainName.of("smtp.provider.example")),
                              587,
                              Tls.REQUIRED,
                              new Credentials("apikey", "s3cret: with # and spaces", false))));
              assertThat(table.of(DomainName.of("a.intern.example"), "").orElseThrow().action())
                  .isEqualTo(
                      new Action.Via(
                          new Smarthost(
                              "local",
                              new Smarthost.Host.Literal(loopback()),
                              2525,
                              Tls.NONE,
                              new Credentials("me", "there", true))));
              assertThat(table.of(DomainName.of("xn--bcher-kva.example"), "").orElseThrow().name())
                  .isEqualTo("old");
              assertThat(table.of(DomainName.of("test.example"), "").orElseThrow().action())
                  .isEqualTo(new Action.Discard());
              assertThat(settled.settings().toString()).doesNotContain("s3cret", "there");
            });
  }

  private static InetAddress loopback() {
    try {
      return InetAddress.getByName("::1");
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a: {domains: [x.example]}                                   | waybill.yaml:4: delivery.routes.a.action: not set (expected: smarthost, discard, hold, direct)
          a: {action: hold}                                           | waybill.yaml:4: delivery.routes.a.domains: not set (expected: example.com, *.example.com for all below it, or * for all)
          a: {domains: [], action: hold}                              | waybill.yaml:4: delivery.routes.a.domains:  (expected: example.com, *.example.com for all below it, or * for all)
          a: {domains: ["x y"], action: hold}                         | waybill.yaml:4: delivery.routes.a.domains: x y (expected: example.com, *.example.com for all below it, or * for all)
          a: {domains: "*", action: bounce}                           | waybill.yaml:4: delivery.routes.a.action: bounce (expected: smarthost, discard, hold, direct)
          A: {domains: "*", action: hold}                             | waybill.yaml:4: delivery.routes.A.domains: * (expected: a route's name of 1 to 32 a-z, 0-9 and -, beginning with a letter)
          a: {domains: "*", action: hold, hots: x}                    | waybill.yaml:4: delivery.routes.a.hots: x (expected: a known key, perhaps delivery.routes.a.host)
          a: {domains: "*", action: hold, port: 25}                   | waybill.yaml:4: delivery.routes.a.port: 25 (expected: nothing but with action: smarthost)
          a: {domains: "*", action: hold, password: tell}             | waybill.yaml:4: delivery.routes.a.password: … (expected: nothing but with action: smarthost)
          a: {domains: "*", action: smarthost}                        | waybill.yaml:4: delivery.routes.a.host: not set (expected: a host name or an IP address)
          a: {domains: "*", action: smarthost, host: 1.2.3}           | none
          a: {domains: "*", action: smarthost, host: "a:b"}           | waybill.yaml:4: delivery.routes.a.host: a:b (expected: a host name or an IP address)
          a: {domains: "*", action: smarthost, host: s.example, port: 0} | waybill.yaml:4: delivery.routes.a.port: 0 (expected: a number from 1 to 65535)
          a: {domains: "*", action: smarthost, host: s.example, tls: yes} | waybill.yaml:4: delivery.routes.a.tls: yes (expected: opportunistic, required, implicit, none)
          a: {domains: "*", action: smarthost, host: s.example, user: u} | waybill.yaml:4: delivery.routes.a.password: not set (expected: 1 to 1000 characters without control characters)
          a: {domains: "*", action: smarthost, host: s.example, password: p} | waybill.yaml:4: delivery.routes.a.user: not set (expected: 1 to 255 characters without control characters)
          a: {domains: "*", action: smarthost, host: s.example, tls: none, user: u, password: p} | waybill.yaml:4: delivery.routes.a.tls: none (expected: required or implicit where a password is said, or allow-plaintext-auth: true)
          a: {domains: "*", action: smarthost, host: s.example, tls: opportunistic, user: u, password: p, allow-plaintext-auth: true} | none
          a: {domains: "*", action: smarthost, host: localhost, tls: none, user: u, password: p} | none
          a: {domains: "*", action: smarthost, host: Relay.example.com} | waybill.yaml:4: delivery.routes.a.host: Relay.example.com (expected: another host than this one, to which mail would loop back)
          a: {domains: "*", action: smarthost, host: 127.0.0.1, port: 2587} | waybill.yaml:4: delivery.routes.a.host: 127.0.0.1 (expected: another host than this one, to which mail would loop back)
          """)
  void namesWhatIsWrongWithARoute(String written, String problem) throws IOException {
    List<String> found = problems(written, Map.of());
    assertThat(found).isEqualTo(problem.equals("none") ? List.of() : List.of(problem));
    assertThat(found.toString()).doesNotContain("tell");
  }

  @Test
  void tellsAllProblemsAtOnce() throws IOException {
    assertThat(
            problems(
                """
                a: {domains: [x.example, y.example], action: hold}
                b: {domains: [X.example., "*"], action: discard}
                c: {domains: "z.example", action: smarthost}
                d: {domains: "d.example", action: smarthost, host: "127.0.0.1", port: 2465}
                e: {domains: "e.example", action: smarthost, host: relay.example.com, tls: none, user: u}
                """,
                Map.of(
                    "WAYBILL_DELIVERY_ROUTES_C_PASSWORD_FILE", "/nowhere/secret",
                    "WAYBILL_DATABASE_POOL_SIZE", "1")))
        .containsExactlyInAnyOrder(
            "environment WAYBILL_DATABASE_POOL_SIZE: database.pool-size: 1 (expected: a number"
                + " from 2 to 200)",
            "waybill.yaml:5: delivery.routes.b.domains: X.example., * (expected: each domain once;"
                + " x.example is in route a already)",
            "waybill.yaml:6: delivery.routes.c.host: not set (expected: a host name or an IP"
                + " address)",
            "waybill.yaml:7: delivery.routes.d.host: 127.0.0.1 (expected: another host than this"
                + " one, to which mail would loop back)",
            "waybill.yaml:8: delivery.routes.e.host: relay.example.com (expected: another host than"
                + " this one, to which mail would loop back)",
            "waybill.yaml:8: delivery.routes.e.tls: none (expected: required or implicit where a"
                + " password is said, or allow-plaintext-auth: true)",
            "waybill.yaml:8: delivery.routes.e.password: not set (expected: 1 to 1000 characters"
                + " without control characters)",
            "environment WAYBILL_DELIVERY_ROUTES_C_PASSWORD_FILE: delivery.routes.c.password:"
                + " /nowhere/secret (expected: a file that can be read)");
  }
}
