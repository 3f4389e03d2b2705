package dev.waybill.relay.tracking;

import dev.waybill.relay.brand.Logo;
import dev.waybill.relay.domains.Domains;
import dev.waybill.relay.domains.SendingDomain;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Function;

/// Whose mail recipients got; any thread may use it.
///
/// @param domains a domain, a removed one too; answered from memory
/// @param pictures the octets of a domain's logo; waits for the database
public record Senders(
    Function<UUID, Optional<SendingDomain>> domains,
    BiFunction<UUID, Logo, Optional<byte[]>> pictures) {

  public static Senders of(Domains domains) {
    return new Senders(domains::byId, domains::picture);
  }
}
