package dev.waybill.relay.admin;

import dev.waybill.relay.access.ApiKey;
import dev.waybill.relay.access.ApiKeys;
import dev.waybill.relay.domains.Domains;
import dev.waybill.relay.http.Json;
import dev.waybill.relay.http.Problem;
import dev.waybill.relay.http.Refusal;
import dev.waybill.relay.http.Request;
import dev.waybill.relay.http.Response;
import dev.waybill.relay.http.Route;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// `/api-keys`: who may use the relay.
final class ApiKeysResource {
  private static final int MAX_NAME = 100;

  record Create(@Nullable String name, @Nullable String permission, @Nullable UUID domainId) {
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

    /// What is asked for; where nothing is, a key for one domain may send and any other may do all.
    ///
    /// @throws Refusal when the permission is unknown, or a domain limits a key that may do
    ///   everything
    ApiKey.Permission checkedPermission() {
      ApiKey.Permission wanted =
          switch (permission) {
            case null ->
                domainId == null ? ApiKey.Permission.FULL_ACCESS : ApiKey.Permission.SENDING_ACCESS;
            case "full_access" -> ApiKey.Permission.FULL_ACCESS;
            case "sending_access" -> ApiKey.Permission.SENDING_ACCESS;
            default ->
                throw new Refusal(
                    Problem.invalid(
                        "permission", "\"" + permission + "\"", "full_access or sending_access"));
          };
      if (wanted == ApiKey.Permission.FULL_ACCESS && domainId != null) {
        throw new Refusal(
            Problem.invalid(
                "domain_id", "\"" + domainId + "\"", "none, unless permission is sending_access"));
      }
      return wanted;
    }
  }

  record Created(UUID id, String token) {}

  record KeyView(
      UUID id, String name, String permission, @Nullable UUID domainId, String createdAt) {
    static KeyView of(ApiKey key) {
      return new KeyView(
          key.id(),
          key.name(),
          key.permission().name().toLowerCase(Locale.ROOT),
          key.domainId(),
          Times.text(key.createdAt()));
    }
  }

  private final ApiKeys keys;
  private final Domains domains;

  ApiKeysResource(ApiKeys keys, Domains domains) {
    this.keys = keys;
    this.domains = domains;
  }

  List<Route> routes() {
    return List.of(
        Route.post("/api-keys", this::create),
        Route.get("/api-keys", this::list),
        Route.delete("/api-keys/{id}", this::remove));
  }

  private Response create(Request request) {
    Create wanted = Json.read(request, Create.class);
    String name = wanted.checkedName();
    ApiKey.Permission permission = wanted.checkedPermission();
    UUID domainId = wanted.domainId();
    if (domainId != null
        && domains.list().stream().noneMatch(domain -> domain.id().equals(domainId))) {
      throw new Refusal(
          Problem.invalid("domain_id", "\"" + domainId + "\"", "the id of a registered domain"));
    }
    ApiKeys.Created created = keys.create(name, permission, domainId);
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
