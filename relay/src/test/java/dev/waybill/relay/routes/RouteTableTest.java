package dev.waybill.relay.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.routes.OperatorRoute.Action;
import dev.waybill.relay.smtp.Credentials;
import dev.waybill.relay.smtp.Reply;
import dev.waybill.relay.smtp.Stage;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which route counts, and what a smarthost's words mean.
class RouteTableTest {
  private static final RouteTable TABLE =
      new RouteTable(
          List.of(
              route("all", new Action.Discard(), "*"),
              route("wait", new Action.Hold(), "*.example", "held.other.test"),
              route("near", new Action.Direct(), "*.near.example", "near.example"),
              route("one", new Action.Discard(), "mail.near.example")));

  private static OperatorRoute route(String name, Action action, String... patterns) {
    return new OperatorRoute(
        name,
        Arrays.stream(patterns).map(text -> DomainPattern.parse(text).orElseThrow()).toList(),
        action);
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          mail.near.example,   '',   one
          a.mail.near.example, '',   near
          near.example,        '',   near
          far.example,         '',   wait
          a.b.far.example,     '',   wait
          example,             '',   all
          held.other.test,     '',   wait
          other.test,          '',   all
          far.example,         wait, all
          held.other.test,     wait, all
          far.example,         gone, wait
          other.test,          all,  all
          """)
  void theMostSpecificRouteCounts(String domain, String released, String expected) {
    assertThat(TABLE.of(DomainName.of(domain), released).map(OperatorRoute::name))
        .contains(expected);
  }

  @Test
  void withoutARouteTheDnsHasTheSay() {
    assertThat(RouteTable.EMPTY.of(DomainName.of("a.example"), "")).isEmpty();
    RouteTable held = new RouteTable(List.of(route("wait", new Action.Hold(), "*")));
    assertThat(held.of(DomainName.of("a.example"), "wait")).isEmpty();
  }

  @Test
  void aDomainHasOneRoute() {
    assertThatThrownBy(() ->
            new RouteTable(
                List.of(
                    route("a", new Action.Hold(), "*.x.example"),
                    route("b", new Action.Discard(), "*.X.example."))))
        .hasMessage("*.x.example in the routes a and b");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          *a.example
          *.
          a b.example
          ann@a.example
          ''
          """)
  void whatIsNoPatternIsNone(String text) {
    assertThat(DomainPattern.parse(text)).isEqualTo(Optional.empty());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          MAIL | 530 5.7.0 Authentication required                              | true
          MAIL | 550 5.7.60 Client does not have permissions to send as this    | true
          MAIL | 552 5.3.4 Message too big                                      | false
          RCPT | 554 5.7.1 <a@b.example>: Relay access denied                   | true
          RCPT | 550 relay not permitted                                        | true
          RCPT | 553 sorry, that domain isn't in my list (#5.7.1)               | true
          RCPT | 550 5.1.1 <a@b.example>: Recipient address rejected            | false
          RCPT | 451 4.7.1 Relay access denied, try later                       | false
          END  | 554 5.7.1 Looks like spam                                      | false
          END  | 535 5.7.8 Bad credentials                                      | true
          """)
  void tellsWhatIsAboutUsFromWhatIsAboutTheMail(Stage stage, String reply, boolean expected) {
    Reply read = Reply.of(Integer.parseInt(reply.substring(0, 3)), reply.substring(4));
    assertThat(Smarthost.isAboutUs(stage, read)).isEqualTo(expected);
  }

  @Test
  void saysAPasswordToNobodyUnknown() {
    Smarthost.Host host = new Smarthost.Host.Literal(InetAddress.getLoopbackAddress());
    Credentials credentials = new Credentials("me", "s3cret", false);
    assertThatThrownBy(
            () -> new Smarthost("out", host, 587, Smarthost.Tls.OPPORTUNISTIC, credentials))
        .hasMessageContaining("expected: a host that shows who it is first");
    Smarthost good = new Smarthost("out", host, 587, Smarthost.Tls.REQUIRED, credentials);
    assertThat(good.toString()).contains("me").doesNotContain("s3cret");
    assertThatThrownBy(() -> new Credentials("me", "s3\0cret", false))
        .hasMessageNotContaining("s3");
  }
}
