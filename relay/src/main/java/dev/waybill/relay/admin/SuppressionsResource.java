package dev.waybill.relay.admin;

import dev.waybill.relay.domains.Domains;
import dev.waybill.relay.domains.SendingDomain;
import dev.waybill.relay.http.Json;
import dev.waybill.relay.http.Problem;
import dev.waybill.relay.http.Refusal;
import dev.waybill.relay.http.Request;
import dev.waybill.relay.http.Response;
import dev.waybill.relay.http.Route;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.streams.Stream;
import dev.waybill.relay.suppression.Suppression;
import dev.waybill.relay.suppression.Suppressions;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// `/suppressions`: addresses that get no mail.
final class SuppressionsResource {
  record Create(@Nullable String email, @Nullable String domain, @Nullable String stream) {
    /// @throws Refusal when it is missing or no mailbox
    EmailAddress checkedEmail() {
      if (email == null || email.isBlank()) {
        throw new Refusal(Problem.missing("email"));
      }
      return EmailAddress.parse(email.strip())
          .orElseThrow(() ->
              new Refusal(
                  Problem.invalid(
                      "email", "\"" + email + "\"", "a mailbox such as jane@example.com")));
    }

    /// @throws Refusal when there is no such stream
    @Nullable Stream checkedStream() {
      if (stream == null) {
        return null;
      }
      return Stream.parse(stream)
          .orElseThrow(() ->
              new Refusal(
                  Problem.invalid("stream", "\"" + stream + "\"", "transactional or marketing")));
    }
  }

  record SuppressionView(
      String object,
      UUID id,
      String email,
      @Nullable String domain,
      @Nullable String stream,
      String origin,
      String createdAt) {

    /// @param domain the name of the domain it is limited to; null for all
    static SuppressionView of(Suppression suppression, @Nullable String domain) {
      Stream stream = suppression.stream();
      return new SuppressionView(
          "suppression",
          suppression.id(),
          suppression.address().toString(),
          domain,
          stream == null ? null : stream.text(),
          suppression.origin().text(),
          Times.text(suppression.createdAt()));
    }
  }

  /// @param id what the client named, an id or an address
  record Deleted(String object, String id, boolean deleted) {}

  private final Suppressions suppressions;
  private final Domains domains;

  SuppressionsResource(Suppressions suppressions, Domains domains) {
    this.suppressions = suppressions;
    this.domains = domains;
  }

  List<Route> routes() {
    return List.of(
        Route.get("/suppressions", this::list),
        Route.post("/suppressions", this::create),
        Route.delete("/suppressions/{entry}", this::remove));
  }

  private Response list(Request request) {
    Page.Asked asked = Page.Asked.of(request.parameters());
    UUID before = asked.before();
    List<Suppression> found =
        before == null
            ? suppressions.list(asked.after(), asked.limit() + 1)
            : suppressions.listBefore(before, asked.limit() + 1);
    int surplus = Math.max(0, found.size() - asked.limit());
    List<Suppression> page =
        before == null
            ? found.subList(0, found.size() - surplus)
            : found.subList(surplus, found.size());
    return Json.response(200, Page.of(surplus > 0, page.stream().map(this::view).toList()));
  }

  private Response create(Request request) {
    Create wanted = Json.readWhole(request, Create.class);
    EmailAddress address = wanted.checkedEmail();
    Stream stream = wanted.checkedStream();
    String domain = wanted.domain();
    UUID domainId = domain == null ? null : domainId(domain);
    Suppression entry = suppressions.add(address, domainId, stream, Suppression.Origin.MANUAL);
    return Json.response(201, view(entry));
  }

  private Response remove(Request request) {
    String entry = request.variable("entry");
    Optional<UUID> id = Ids.parse(entry);
    boolean removed =
        id.isPresent()
            ? suppressions.remove(id.get()).isPresent()
            : EmailAddress.parse(entry).map(suppressions::remove).orElse(0) > 0;
    if (!removed) {
      throw new Refusal(Problem.notFound("there is no suppression \"%s\"".formatted(entry)));
    }
    return Json.response(200, new Deleted("suppression", entry, true));
  }

  private SuppressionView view(Suppression suppression) {
    UUID domainId = suppression.domainId();
    String domain =
        domainId == null
            ? null
            : domains.byId(domainId).map(found -> found.name().value()).orElse(null);
    return SuppressionView.of(suppression, domain);
  }

  private UUID domainId(String name) {
    return DomainName.parse(name)
        .flatMap(domains::byName)
        .map(SendingDomain::id)
        .orElseThrow(() ->
            new Refusal(Problem.invalid("domain", "\"" + name + "\"", "a registered domain")));
  }
}
