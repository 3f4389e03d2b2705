package dev.waybill.relay.admin;

import dev.waybill.relay.access.ApiKey;
import dev.waybill.relay.access.ApiKeys;
import dev.waybill.relay.domains.Domains;
import dev.waybill.relay.domains.SendingDomain;
import dev.waybill.relay.http.Json;
import dev.waybill.relay.http.Problem;
import dev.waybill.relay.http.Refusal;
import dev.waybill.relay.http.Request;
import dev.waybill.relay.http.Response;
import dev.waybill.relay.http.Route;
import dev.waybill.relay.streams.Stream;
import dev.waybill.relay.streams.Streams;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// `/api-keys`: who may use the relay.
final class ApiKeysResource {
  private static final int MAX_NAME = 100;
  private static final int MAX_DOMAINS = 1_000;

  /// @param domainId what Resend's clients say; as `domain_ids` with one
  /// @param domainIds the only domains it may send for; null or empty for all
  /// @param stream of its messages that name none; null for `transactional`
  /// @param recipientsPerMinute null for no limit
  /// @param recipientsPerDay of UTC; null for no limit
  record Create(
      @Nullable String name,
      @Nullable String permission,
      @Nullable UUID domainId,
      @Nullable List<@Nullable UUID> domainIds,
      @Nullable String stream,
      @Nullable Integer recipientsPerMinute,
      @Nullable Integer recipientsPerDay) {
    /// @throws Refusal when the name is missing or too long
    String checkedName() {
      if (name == null || name.isBlank()) {
        throw new Refusal(Problem.missing("name"));
      }
      if (name.length() > MAX_NAME) {
        throw new Refusal(
            Problem.invalid("name", "\"" + name + "\"", "at most " + MAX_NAME + " characters"));
      }
      return name.strip();
    }

    /// What is asked for; where nothing is, a key for some domains may send and any other may do
    /// all.
    ///
    /// @throws Refusal when the permission is unknown, or a domain limits a key that may do
    ///   everything
    ApiKey.Permission checkedPermission() {
      Set<UUID> domains = checkedDomains();
      ApiKey.Permission wanted =
          switch (permission) {
            case null ->
                domains.isEmpty()
                    ? ApiKey.Permission.FULL_ACCESS
                    : ApiKey.Permission.SENDING_ACCESS;
            case "full_access" -> ApiKey.Permission.FULL_ACCESS;
            case "sending_access" -> ApiKey.Permission.SENDING_ACCESS;
            default ->
                throw new Refusal(
                    Problem.invalid(
                        "permission", "\"" + permission + "\"", "full_access or sending_access"));
          };
      if (wanted == ApiKey.Permission.FULL_ACCESS && !domains.isEmpty()) {
        throw new Refusal(
            Problem.invalid(
                domainId == null ? "domain_ids" : "domain_id",
                "\"" + domains.iterator().next() + "\"",
                "none, unless permission is sending_access"));
      }
      return wanted;
    }

    /// @throws Refusal when something of it makes no sense
    ApiKey.Sending checkedSending(Streams streams) {
      return new ApiKey.Sending(
          checkedDomains(),
          StreamsResource.checked(streams, "stream", stream),
          checkedLimit("recipients_per_minute", recipientsPerMinute),
          checkedLimit("recipients_per_day", recipientsPerDay));
    }

    private Set<UUID> checkedDomains() {
      Set<UUID> domains = new LinkedHashSet<>();
      if (domainId != null) {
        domains.add(domainId);
      }
      for (UUID id : domainIds == null ? List.<@Nullable UUID>of() : domainIds) {
        if (id == null) {
          throw new Refusal(Problem.invalid("domain_ids", "null", "ids of registered domains"));
        }
        domains.add(id);
      }
      if (domains.size() > MAX_DOMAINS) {
        throw new Refusal(
            Problem.invalid("domain_ids", domains.size() + " domains", "at most " + MAX_DOMAINS));
      }
      return domains;
    }

    private static int checkedLimit(String name, @Nullable Integer limit) {
      if (limit != null && limit < 1) {
        throw new Refusal(Problem.invalid(name, limit.toString(), "1 or more, or nothing"));
      }
      return limit == null ? 0 : limit;
    }
  }

  record Created(UUID id, String token) {}

  /// @param domainId the domain when there is one only
  record KeyView(
      UUID id,
      String name,
      String permission,
      @Nullable UUID domainId,
      List<UUID> domainIds,
      String stream,
      @Nullable Integer recipientsPerMinute,
      @Nullable Integer recipientsPerDay,
      String createdAt) {
    static KeyView of(ApiKey key) {
      ApiKey.Sending sending = key.sending();
      List<UUID> domains = sending.domains().stream().sorted().toList();
      String stream = sending.stream();
      return new KeyView(
          key.id(),
          key.name(),
          key.permission().name().toLowerCase(Locale.ROOT),
          domains.size() == 1 ? domains.getFirst() : null,
          domains,
          stream == null ? Stream.TRANSACTIONAL.name() : stream,
          sending.perMinute() > 0 ? sending.perMinute() : null,
          sending.perDay() > 0 ? sending.perDay() : null,
          Times.text(key.createdAt()));
    }
  }

  private final ApiKeys keys;
  private final Domains domains;
  private final Streams streams;

  ApiKeysResource(ApiKeys keys, Domains domains, Streams streams) {
    this.keys = keys;
    this.domains = domains;
    this.streams = streams;
  }

  List<Route> routes() {
    return List.of(
        Route.post("/api-keys", this::create),
        Route.get("/api-keys", this::list),
        Route.delete("/api-keys/{id}", this::remove));
  }

  private Response create(Request request) {
    Create wanted = Json.readWhole(request, Create.class);
    String name = wanted.checkedName();
    ApiKey.Permission permission = wanted.checkedPermission();
    ApiKey.Sending sending = wanted.checkedSending(streams);
    // removed ones are still known by id, for mail on its way
    Set<UUID> registered =
        domains.list().stream().map(SendingDomain::id).collect(Collectors.toSet());
    for (UUID domain : sending.domains()) {
      if (!registered.contains(domain)) {
        throw new Refusal(
            Problem.invalid(
                domain.equals(wanted.domainId()) ? "domain_id" : "domain_ids",
                "\"" + domain + "\"",
                "the id of a registered domain"));
      }
    }
    ApiKeys.Created created = keys.create(name, permission, sending);
    return Json.response(201, new Created(created.key().id(), created.token()));
  }

  private Response list(Request request) {
    Page.Asked asked = Page.Asked.of(request.parameters());
    return Json.response(200, Page.cut(keys.list(), asked, ApiKey::id, KeyView::of));
  }

  private Response remove(Request request) {
    String id = request.variable("id");
    if (!Ids.parse(id).map(keys::remove).orElse(false)) {
      throw new Refusal(Problem.notFound("there is no API key \"%s\"".formatted(id)));
    }
    return Json.response(200, Map.of());
  }
}
