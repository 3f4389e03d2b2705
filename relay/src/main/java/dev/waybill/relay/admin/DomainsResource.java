package dev.waybill.relay.admin;

import dev.waybill.relay.brand.Logo;
import dev.waybill.relay.breakers.Breakers;
import dev.waybill.relay.dkim.SigningKey.Algorithm;
import dev.waybill.relay.domains.AddOutcome;
import dev.waybill.relay.domains.DomainChange;
import dev.waybill.relay.domains.Domains;
import dev.waybill.relay.domains.NewDomain;
import dev.waybill.relay.domains.SendingDomain;
import dev.waybill.relay.http.Json;
import dev.waybill.relay.http.Problem;
import dev.waybill.relay.http.Refusal;
import dev.waybill.relay.http.Request;
import dev.waybill.relay.http.Response;
import dev.waybill.relay.http.Route;
import dev.waybill.relay.keyring.KeyWish;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/// `/domains`: sending domains and their DNS records.
final class DomainsResource {
  private static final Logger LOG = LoggerFactory.getLogger(DomainsResource.class);

  /// @param dkimPrivateKey an existing key in PEM, to move in without touching the DNS
  record Create(
      @Nullable String name,
      @Nullable String customReturnPath,
      @Nullable Boolean openTracking,
      @Nullable Boolean clickTracking,
      @Nullable String trackingSubdomain,
      @Nullable String displayName,
      @Nullable String unsubscribeFooter,
      @Nullable String logo,
      @Nullable String tls,
      @Nullable String dkimPrivateKey,
      @Nullable String dkimSelector,
      @Nullable Integer dkimRsaBits,
      @Nullable Boolean dkimEd25519) {

    /// @throws Refusal when the name is missing, `tls` is unknown or the logo is no `data:` URL
    NewDomain toRequest() {
      if (name == null || name.isBlank()) {
        throw new Refusal(Problem.missing("name"));
      }
      return new NewDomain(
          name.strip(),
          customReturnPath,
          Boolean.TRUE.equals(openTracking),
          Boolean.TRUE.equals(clickTracking),
          trackingSubdomain,
          Objects.requireNonNullElse(requireTls(tls), false),
          new KeyWish(Algorithm.RSA_SHA256, dkimRsaBits, dkimPrivateKey, dkimSelector),
          Boolean.TRUE.equals(dkimEd25519),
          BrandFields.wish(displayName, unsubscribeFooter, logo));
    }
  }

  /// JSON's null, like an empty text, takes away what is typed as a tree here.
  ///
  /// @param trackingSubdomain a label
  /// @param logo a picture as a `data:` URL
  record Update(
      @Nullable Boolean openTracking,
      @Nullable Boolean clickTracking,
      @Nullable JsonNode trackingSubdomain,
      @Nullable JsonNode displayName,
      @Nullable JsonNode unsubscribeFooter,
      @Nullable JsonNode logo,
      @Nullable String tls,
      @Nullable Boolean dkimEd25519) {

    /// @throws Refusal when `tls` is unknown, a text is neither text nor null, or the logo is no
    ///   `data:` URL
    DomainChange toChange() {
      return new DomainChange(
          openTracking,
          clickTracking,
          BrandFields.text("tracking_subdomain", trackingSubdomain),
          requireTls(tls),
          BrandFields.wish(
              BrandFields.text("display_name", displayName),
              BrandFields.text("unsubscribe_footer", unsubscribeFooter),
              BrandFields.text("logo", logo)));
    }
  }

  record Reference(String object, UUID id) {}

  record Deleted(String object, UUID id, boolean deleted) {}

  private final Domains domains;
  private final DomainFinder finder;
  private final Breakers breakers;
  private final Set<UUID> beingVerified = ConcurrentHashMap.newKeySet();

  DomainsResource(Domains domains, Breakers breakers) {
    this.domains = domains;
    this.breakers = breakers;
    this.finder = new DomainFinder(domains);
  }

  List<Route> routes() {
    return List.of(
        Route.post("/domains", this::create),
        Route.get("/domains", this::list),
        Route.get("/domains/{domain}", this::show),
        Route.patch("/domains/{domain}", this::update),
        Route.delete("/domains/{domain}", this::remove),
        Route.get("/domains/{domain}/logo", this::logo),
        Route.post("/domains/{domain}/verify", this::verify),
        Route.post("/domains/{domain}/disable", this::disable),
        Route.post("/domains/{domain}/enable", this::enable));
  }

  private Response create(Request request) {
    NewDomain wanted = Json.read(request, Create.class).toRequest();
    return switch (domains.add(wanted)) {
      case AddOutcome.Added(SendingDomain domain) -> Json.response(201, withRecords(domain));
      case AddOutcome.AlreadyRegistered(SendingDomain domain) ->
          Json.problem(
              Problem.conflict(
                  "name: \"%s\" (expected: a domain that is not registered yet)"
                      .formatted(domain.name())));
      case AddOutcome.Invalid(String problem) -> Json.problem(Problem.invalid(problem));
    };
  }

  private Response list(Request request) {
    Page.Asked asked = Page.Asked.of(request.parameters());
    List<SendingDomain> listed =
        DomainFinder.wantsDeleted(request.parameters()) ? domains.listEver() : domains.list();
    return Json.response(
        200,
        Page.cut(
            listed,
            asked,
            SendingDomain::id,
            domain -> DomainView.of(domain, domains.removedAt(domain.id()))));
  }

  private Response show(Request request) {
    return Json.response(200, withRecords(finder.ever(request)));
  }

  private Response logo(Request request) {
    SendingDomain domain = finder.ever(request);
    Logo logo = domain.brand().logo();
    byte[] picture = logo == null ? null : domains.picture(domain.id(), logo).orElse(null);
    if (logo == null || picture == null) {
      throw new Refusal(Problem.notFound("%s has no logo".formatted(domain.name())));
    }
    return Response.of(200, logo.format().mediaType(), picture);
  }

  private Response update(Request request) {
    SendingDomain domain = finder.registered(request);
    Update wanted = Json.read(request, Update.class);
    DomainChange change = wanted.toChange();
    Optional<SendingDomain> updated;
    try {
      updated = domains.update(domain.id(), change);
    } catch (IllegalArgumentException unusable) {
      return Json.problem(Problem.invalid(Objects.requireNonNull(unusable.getMessage())));
    }
    if (wanted.dkimEd25519() != null && updated.isPresent()) {
      domains.rotation().useEd25519(domain, wanted.dkimEd25519());
    }
    return Json.response(
        200,
        new Reference("domain", updated.orElseThrow(() -> DomainFinder.notFound(request)).id()));
  }

  private Response remove(Request request) {
    SendingDomain domain = finder.registered(request);
    if (!domains.remove(domain.id())) {
      throw DomainFinder.notFound(request);
    }
    return Json.response(200, new Deleted("domain", domain.id(), true));
  }

  private Response disable(Request request) {
    SendingDomain domain = finder.registered(request);
    return Json.response(
        200,
        new Reference(
            "domain",
            domains
                .enable(domain.id(), false)
                .orElseThrow(() -> DomainFinder.notFound(request))
                .id()));
  }

  /// Its records are looked up at once, so that one that is still right soon sends again.
  private Response enable(Request request) {
    SendingDomain domain = finder.registered(request);
    if (domains.enable(domain.id(), true).isEmpty()) {
      throw DomainFinder.notFound(request);
    }
    return verify(request);
  }

  /// Starts the look-up and answers at once; a second wish while it runs is the same look-up.
  private Response verify(Request request) {
    SendingDomain domain = finder.registered(request);
    if (beingVerified.add(domain.id())) {
      Thread.ofVirtual().name("verify-" + domain.name()).start(() -> verifyNow(domain));
    }
    return Json.response(200, new Reference("domain", domain.id()));
  }

  private void verifyNow(SendingDomain domain) {
    try {
      domains
          .verifyNow(domain.id())
          .ifPresent(result -> LOG.info("{} is {}", domain.name(), result.status().text()));
    } catch (RuntimeException fault) {
      LOG.error("{} could not be verified", domain.name(), fault);
    } finally {
      beingVerified.remove(domain.id());
    }
  }

  private DomainView withRecords(SendingDomain domain) {
    return DomainView.withRecords(
        domain,
        domains.removedAt(domain.id()),
        domains.records(domain.id()),
        BreakersResource.of(breakers, domain.name()));
  }

  private static @Nullable Boolean requireTls(@Nullable String tls) {
    return switch (tls) {
      case null -> null;
      case DomainView.ENFORCED -> true;
      case DomainView.OPPORTUNISTIC -> false;
      default ->
          throw new Refusal(Problem.invalid("tls", "\"" + tls + "\"", "opportunistic or enforced"));
    };
  }
}
