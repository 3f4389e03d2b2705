package dev.waybill.relay.dmarc;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A host that sends as the domain, by what receivers say. A value.
///
/// @param source its address; null for those that reports do not name
/// @param origin whose it is
/// @param figures what receivers made of its mail
/// @param failures why mail fails, the most frequent first, some of them
public record Sender(
    @Nullable String source, Origin origin, Figures figures, List<Failure> failures) {
  /// Whose host it is.
  public enum Origin {
    /// This relay's, by its source addresses and what it puts into SPF records.
    RELAY,
    /// Somebody else's: a forwarder, another service of the domain's owner, or an impostor.
    OTHER,
    /// Reports do not name it.
    UNNAMED;

    /// In lower case.
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// Mail that fails alike.
  ///
  /// @param dkim what was found of DKIM: `unaligned`, `failed` or `none`
  /// @param dkimDomain of the signature; may be empty
  /// @param dkimSelector of the signature; may be empty
  /// @param spf what was found of SPF: `unaligned`, `failed` or `none`
  /// @param spfDomain of the return path; may be empty
  /// @param messages how many
  public record Failure(
      String dkim,
      String dkimDomain,
      String dkimSelector,
      String spf,
      String spfDomain,
      long messages) {
    /// In words, such as `the signature of example.net is not the From domain's; SPF fails for
    /// example.org`.
    public String words() {
      String signature =
          switch (dkim) {
            case "unaligned" -> "signed by %s only".formatted(named(dkimDomain, "another domain"));
            case "failed" ->
                "the signature of %s is broken%s"
                    .formatted(
                        named(dkimDomain, "a domain"),
                        dkimSelector.isEmpty() ? "" : " (selector " + dkimSelector + ")");
            default -> "not signed";
          };
      String path =
          switch (spf) {
            case "unaligned" -> "return path at %s".formatted(named(spfDomain, "another domain"));
            case "failed" -> "SPF of %s does not name it".formatted(named(spfDomain, "the domain"));
            default -> "no SPF record";
          };
      return signature + ", " + path;
    }

    private static String named(String domain, String otherwise) {
      return domain.isEmpty() ? otherwise : domain;
    }
  }

  public Sender {
    Objects.requireNonNull(origin, "origin");
    Objects.requireNonNull(figures, "figures");
    failures = List.copyOf(failures);
  }
}
