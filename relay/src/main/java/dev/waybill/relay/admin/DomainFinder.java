package dev.waybill.relay.admin;

import dev.waybill.relay.domains.Domains;
import dev.waybill.relay.domains.SendingDomain;
import dev.waybill.relay.http.Parameters;
import dev.waybill.relay.http.Problem;
import dev.waybill.relay.http.Refusal;
import dev.waybill.relay.http.Request;
import dev.waybill.relay.message.DomainName;
import java.util.Optional;
import java.util.UUID;

/// Finds the domain that a path names, by its name or its id. Any thread may use it.
final class DomainFinder {
  private final Domains domains;

  DomainFinder(Domains domains) {
    this.domains = domains;
  }

  /// A registered domain.
  ///
  /// @throws Refusal when there is none
  SendingDomain registered(Request request) {
    return registered(request.variable("domain")).orElseThrow(() -> notFound(request));
  }

  /// A registered domain; with `deleted=true` a removed one too, by its id.
  ///
  /// @throws Refusal when there is none
  SendingDomain ever(Request request) {
    if (!wantsDeleted(request.parameters())) {
      return registered(request);
    }
    String text = request.variable("domain");
    return registered(text)
        .or(() -> Ids.parse(text).flatMap(domains::byId))
        .orElseThrow(() -> notFound(request));
  }

  /// Whether removed domains are asked for too: `deleted=true`.
  ///
  /// @throws Refusal when the parameter is neither `true` nor `false`
  static boolean wantsDeleted(Parameters parameters) {
    String deleted = parameters.text("deleted").orElse("false");
    return switch (deleted) {
      case "true" -> true;
      case "false" -> false;
      default ->
          throw new Refusal(Problem.invalid("deleted", "\"" + deleted + "\"", "true or false"));
    };
  }

  static Refusal notFound(Request request) {
    return new Refusal(
        Problem.notFound("there is no domain \"%s\"".formatted(request.variable("domain"))));
  }

  private Optional<SendingDomain> registered(String text) {
    Optional<UUID> id = Ids.parse(text);
    return id.isPresent()
        ? domains.list().stream().filter(domain -> domain.id().equals(id.get())).findFirst()
        : DomainName.parse(text).flatMap(domains::byName);
  }
}
