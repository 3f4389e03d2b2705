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
import dev.waybill.relay.streams.Streams;
import dev.waybill.relay.suppression.Suppression;
import dev.waybill.relay.suppression.Suppressions;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// `/suppressions`: addresses that get no mail.
final class SuppressionsResource {
  private static final int MAX_BATCH = 1_000;

  /// @param origin `manual` when nobody says
  /// @param expiresAt RFC 3339; from then on the address gets mail again
  record Create(
      @Nullable String email,
      @Nullable String domain,
      @Nullable String stream,
      @Nullable String origin,
      @Nullable String expiresAt) {
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

    /// @throws Refusal when there is no such origin
    Suppression.Origin checkedOrigin() {
      return origin == null ? Suppression.Origin.MANUAL : originOf(origin);
    }

    /// @throws Refusal when it is no time
    @Nullable Instant checkedExpiry() {
      if (expiresAt == null) {
        return null;
      }
      try {
        return OffsetDateTime.parse(expiresAt).toInstant();
      } catch (DateTimeParseException unreadable) {
        throw new Refusal(
            Problem.invalid(
                "expires_at", "\"" + expiresAt + "\"", "a time such as 2027-01-31T00:00:00Z"));
      }
    }
  }

  /// Many at once; `emails` alone mean all domains and streams.
  record BatchAdd(@Nullable List<String> emails, @Nullable List<Create> suppressions) {
    /// @throws Refusal when it is not one of the two, or too many
    List<Create> all() {
      if ((emails == null) == (suppressions == null)) {
        throw new Refusal(Problem.invalid("emails or suppressions (expected: one of them)"));
      }
      return emails == null
          ? bounded("suppressions", suppressions)
          : bounded("emails", emails).stream()
              .map(email -> new Create(email, null, null, null, null))
              .toList();
    }
  }

  record BatchRemove(@Nullable List<String> emails, @Nullable List<String> ids) {
    /// @throws Refusal when it is not one of the two, or too many
    List<String> all() {
      if ((emails == null) == (ids == null)) {
        throw new Refusal(Problem.invalid("emails or ids (expected: one of them)"));
      }
      return emails == null ? bounded("ids", ids) : bounded("emails", emails);
    }
  }

  /// @param added how many were not there already
  /// @param data one for each that was named
  record BatchAdded(String object, int added, List<Reference> data) {}

  record BatchRemoved(String object, List<Deleted> data) {}

  record Reference(String object, UUID id) {}

  record SuppressionView(
      String object,
      UUID id,
      String email,
      @Nullable String domain,
      @Nullable String stream,
      String origin,
      String createdAt,
      @Nullable String expiresAt) {

    /// @param domain the name of the domain it is limited to; null for all
    static SuppressionView of(Suppression suppression, @Nullable String domain) {
      return new SuppressionView(
          "suppression",
          suppression.id(),
          suppression.address().toString(),
          domain,
          suppression.stream(),
          suppression.origin().text(),
          Times.text(suppression.createdAt()),
          Times.textOrNull(suppression.expiresAt()));
    }
  }

  /// @param id what the client named, an id or an address
  record Deleted(String object, String id, boolean deleted) {}

  private final Suppressions suppressions;
  private final Domains domains;
  private final Streams streams;

  SuppressionsResource(Suppressions suppressions, Domains domains, Streams streams) {
    this.suppressions = suppressions;
    this.domains = domains;
    this.streams = streams;
  }

  List<Route> routes() {
    return List.of(
        Route.get("/suppressions", this::list),
        Route.post("/suppressions", this::create),
        Route.post("/suppressions/batch/add", this::createAll),
        Route.post("/suppressions/batch/remove", this::removeAll),
        Route.get("/suppressions/{entry}", this::show),
        Route.delete("/suppressions/{entry}", this::remove));
  }

  private Response list(Request request) {
    Page.Asked asked = Page.Asked.of(request.parameters());
    UUID before = asked.before();
    Suppression.Origin origin =
        request.parameters().text("origin").map(SuppressionsResource::originOf).orElse(null);
    List<Suppression> found =
        before == null
            ? suppressions.list(asked.after(), origin, asked.limit() + 1)
            : suppressions.listBefore(before, origin, asked.limit() + 1);
    return Json.response(200, Page.read(found, asked, this::view));
  }

  private Response create(Request request) {
    Suppression.Wanted wanted = wanted(Json.readWhole(request, Create.class));
    return Json.response(201, view(suppressions.add(wanted)));
  }

  /// All or none: the first one that is not usable is named with its place.
  private Response createAll(Request request) {
    List<Create> asked = Json.readWhole(request, BatchAdd.class).all();
    List<Suppression.Wanted> wanted = new ArrayList<>();
    for (Create each : asked) {
      try {
        wanted.add(wanted(each));
      } catch (Refusal unusable) {
        throw new Refusal(
            Problem.invalid("entry %d: %s".formatted(wanted.size() + 1, unusable.getMessage())));
      }
    }
    Suppressions.Added added = suppressions.addAll(wanted);
    return Json.response(
        201,
        new BatchAdded(
            "list",
            added.fresh(),
            added.standing().stream()
                .map(entry -> new Reference("suppression", entry.id()))
                .toList()));
  }

  private Response removeAll(Request request) {
    List<Deleted> removed =
        Json.readWhole(request, BatchRemove.class).all().stream()
            .map(entry -> new Deleted("suppression", entry, removed(entry)))
            .toList();
    return Json.response(200, new BatchRemoved("list", removed));
  }

  /// By its id, or the oldest of an address.
  private Response show(Request request) {
    String entry = request.variable("entry");
    Optional<UUID> id = Ids.parse(entry);
    Optional<Suppression> found =
        id.isPresent()
            ? suppressions.byId(id.get())
            : EmailAddress.parse(entry).map(suppressions::of).stream()
                .flatMap(List::stream)
                .findFirst();
    return Json.response(200, view(found.orElseThrow(() -> notFound(entry))));
  }

  private Response remove(Request request) {
    String entry = request.variable("entry");
    if (!removed(entry)) {
      throw notFound(entry);
    }
    return Json.response(200, new Deleted("suppression", entry, true));
  }

  private boolean removed(String entry) {
    Optional<UUID> id = Ids.parse(entry);
    return id.isPresent()
        ? suppressions.remove(id.get()).isPresent()
        : EmailAddress.parse(entry).map(suppressions::remove).orElse(0) > 0;
  }

  private Suppression.Wanted wanted(Create asked) {
    String domain = asked.domain();
    return new Suppression.Wanted(
        asked.checkedEmail(),
        domain == null ? null : domainId(domain),
        StreamsResource.checked(streams, "stream", asked.stream()),
        asked.checkedOrigin(),
        asked.checkedExpiry());
  }

  private static Suppression.Origin originOf(String text) {
    return Suppression.Origin.parse(text)
        .orElseThrow(() ->
            new Refusal(
                Problem.invalid(
                    "origin", "\"" + text + "\"", "bounce, complaint, unsubscribe or manual")));
  }

  private static <T> List<T> bounded(String field, @Nullable List<T> entries) {
    if (entries == null || entries.isEmpty() || entries.size() > MAX_BATCH) {
      throw new Refusal(
          Problem.invalid(
              field, (entries == null ? 0 : entries.size()) + " entries", "1 to " + MAX_BATCH));
    }
    return entries;
  }

  private static Refusal notFound(String entry) {
    return new Refusal(Problem.notFound("there is no suppression \"%s\"".formatted(entry)));
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
