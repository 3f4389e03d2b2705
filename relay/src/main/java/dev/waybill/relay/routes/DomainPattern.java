package dev.waybill.relay.routes;

import dev.waybill.relay.message.DomainName;
import java.util.Objects;
import java.util.Optional;

/// Which recipient domains a route is for. A value.
public sealed interface DomainPattern {
  /// This domain and no other.
  record Exactly(DomainName domain) implements DomainPattern {
    public Exactly {
      Objects.requireNonNull(domain, "domain");
    }

    @Override
    public String toString() {
      return domain.value();
    }
  }

  /// Every domain below this one, at any depth, and not itself.
  record Below(DomainName domain) implements DomainPattern {
    public Below {
      Objects.requireNonNull(domain, "domain");
    }

    @Override
    public String toString() {
      return "*." + domain;
    }
  }

  /// Every domain.
  record All() implements DomainPattern {
    @Override
    public String toString() {
      return "*";
    }
  }

  /// Reads `example.com`, `*.example.com` or `*`.
  ///
  /// @return empty when it is none of these
  static Optional<DomainPattern> parse(String text) {
    if (text.equals("*")) {
      return Optional.of(new All());
    }
    return text.startsWith("*.")
        ? DomainName.parse(text.substring(2)).map(Below::new)
        : DomainName.parse(text).map(Exactly::new);
  }
}
