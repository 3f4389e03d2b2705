package dev.waybill.relay.admin;

import dev.waybill.relay.dkim.SigningKey.Algorithm;
import dev.waybill.relay.domains.Domains;
import dev.waybill.relay.domains.Rotation;
import dev.waybill.relay.domains.SendingDomain;
import dev.waybill.relay.domains.StatusChange;
import dev.waybill.relay.http.Json;
import dev.waybill.relay.http.Problem;
import dev.waybill.relay.http.Refusal;
import dev.waybill.relay.http.Request;
import dev.waybill.relay.http.Response;
import dev.waybill.relay.http.Route;
import dev.waybill.relay.keyring.DomainKey;
import dev.waybill.relay.keyring.KeyWish;
import dev.waybill.relay.keyring.Keyring;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// `/domains/{domain}/keys` and `/domains/{domain}/history`: the life of a domain's signing keys,
/// and what happened to the domain.
final class DomainKeysResource {
  private static final String RSA = "rsa";
  private static final String ED25519 = "ed25519";

  /// What a rotation is asked for with; nothing means the standby key.
  ///
  /// @param privateKey an existing RSA key in PEM
  record Rotate(
      @Nullable String algorithm,
      @Nullable Integer rsaBits,
      @Nullable String privateKey,
      @Nullable String selector) {

    /// @throws Refusal when the algorithm is unknown
    KeyWish toWish() {
      return new KeyWish(
          switch (algorithm) {
            case null -> Algorithm.RSA_SHA256;
            case RSA -> Algorithm.RSA_SHA256;
            case ED25519 -> Algorithm.ED25519_SHA256;
            default ->
                throw new Refusal(
                    Problem.invalid("algorithm", "\"" + algorithm + "\"", "rsa or ed25519"));
          },
          rsaBits,
          privateKey,
          selector);
    }
  }

  /// A key without its private half.
  ///
  /// @param removableAt when the record of a retiring key may leave the DNS
  record KeyView(
      String selector,
      String fqdn,
      String algorithm,
      int bits,
      String role,
      String since,
      @Nullable String removableAt,
      String published) {
    static KeyView of(DomainKey key, SendingDomain domain) {
      return new KeyView(
          key.selector(),
          key.selector() + "._domainkey." + domain.name(),
          key.algorithm() == Algorithm.RSA_SHA256 ? RSA : ED25519,
          Keyring.bits(key),
          key.role().text(),
          Times.text(key.since()),
          Times.textOrNull(key.removableAt()),
          key.published());
    }
  }

  record RotationView(
      String object,
      UUID id,
      String domain,
      String state,
      @Nullable String active,
      @Nullable String next,
      String explanation) {
    static RotationView of(Rotation.State state, SendingDomain domain) {
      return new RotationView(
          "domain_rotation",
          domain.id(),
          domain.name().value(),
          state.phase().name().toLowerCase(Locale.ROOT),
          state.active(),
          state.next(),
          state.explanation());
    }
  }

  record ChangeView(UUID id, String at, String status, String previousStatus, String reason) {
    static ChangeView of(StatusChange change) {
      return new ChangeView(
          change.id(),
          Times.text(change.at()),
          change.status().text(),
          change.previous().text(),
          change.reason());
    }
  }

  private final Domains domains;
  private final Rotation rotation;
  private final DomainFinder finder;

  DomainKeysResource(Domains domains) {
    this.domains = domains;
    this.rotation = domains.rotation();
    this.finder = new DomainFinder(domains);
  }

  List<Route> routes() {
    return List.of(
        Route.get("/domains/{domain}/keys", this::list),
        Route.get("/domains/{domain}/keys/rotate", this::state),
        Route.post("/domains/{domain}/keys/rotate", this::begin),
        Route.delete("/domains/{domain}/keys/rotate", this::giveUp),
        Route.get("/domains/{domain}/history", this::history));
  }

  private Response list(Request request) {
    SendingDomain domain = finder.ever(request);
    return Json.response(
        200,
        Page.of(
            false,
            rotation.keys(domain.id()).stream().map(key -> KeyView.of(key, domain)).toList()));
  }

  private Response state(Request request) {
    SendingDomain domain = finder.registered(request);
    return Json.response(200, RotationView.of(rotation.state(domain), domain));
  }

  private Response begin(Request request) {
    SendingDomain domain = finder.registered(request);
    KeyWish wish = Json.readWhole(request, Rotate.class).toWish();
    try {
      Rotation.State state =
          rotation.begin(domain, wish).orElseThrow(() -> DomainFinder.notFound(request));
      return Json.response(200, RotationView.of(state, domain));
    } catch (IllegalArgumentException unusable) {
      return Json.problem(Problem.invalid(String.valueOf(unusable.getMessage())));
    }
  }

  private Response giveUp(Request request) {
    SendingDomain domain = finder.registered(request);
    return Json.response(200, RotationView.of(rotation.giveUp(domain), domain));
  }

  /// Newest first, so a page goes back in time.
  private Response history(Request request) {
    SendingDomain domain = finder.ever(request);
    Page.Asked asked = Page.Asked.of(request.parameters());
    if (asked.before() != null) {
      throw new Refusal(Problem.invalid("before is not known here (expected: after)"));
    }
    List<StatusChange> found = domains.history(domain.id(), asked.after(), asked.limit() + 1);
    boolean more = found.size() > asked.limit();
    return Json.response(
        200, Page.of(more, found.stream().limit(asked.limit()).map(ChangeView::of).toList()));
  }
}
