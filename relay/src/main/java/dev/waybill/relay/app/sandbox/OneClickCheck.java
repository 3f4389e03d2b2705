package dev.waybill.relay.app.sandbox;

import dev.waybill.relay.app.sandbox.Verdicts.Verdict;
import dev.waybill.relay.message.HeaderBlock;
import dev.waybill.relay.message.HeaderBlock.Field;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// One-click unsubscribing (RFC 8058 §3.1): the two header fields and the signature over both.
///
/// It is asked of mail to many only, so a transactional message without the fields passes. Which
/// kind a message is, the sender says: in `Feedback-ID` as one of the words between its colons, or
/// by the fields that only bulk mail has.
final class OneClickCheck {
  private static final Pattern LINK = Pattern.compile("<([^<>\\s]{1,2000})>");
  private static final String ONE_CLICK = "List-Unsubscribe=One-Click";

  private OneClickCheck() {}

  static Verdict examine(HeaderBlock header, DkimCheck.Outcome signatures) {
    List<Field> links = header.all("List-Unsubscribe");
    List<Field> posts = header.all("List-Unsubscribe-Post");
    if (links.isEmpty() && posts.isEmpty()) {
      return withoutFields(header);
    }
    if (links.size() != 1 || posts.size() != 1) {
      return Verdict.fail(
          "%d List-Unsubscribe and %d List-Unsubscribe-Post fields (expected: one of each)"
              .formatted(links.size(), posts.size()));
    }
    String post = header.value(posts.getFirst());
    if (!post.equals(ONE_CLICK)) {
      return Verdict.fail(
          "List-Unsubscribe-Post is \"%s\" (expected: %s)".formatted(post, ONE_CLICK));
    }
    Optional<URI> link = link(header.value(links.getFirst()));
    if (link.isEmpty()) {
      return Verdict.fail("List-Unsubscribe has no https link");
    }
    boolean covered =
        signatures.passed().stream()
            .anyMatch(passed ->
                passed.headers().contains("list-unsubscribe")
                    && passed.headers().contains("list-unsubscribe-post"));
    if (!covered) {
      return Verdict.fail("No passing DKIM signature covers both List-Unsubscribe fields");
    }
    return Verdict.pass(
        "A signed %s link and %s%s"
            .formatted(
                link.get().getScheme(),
                ONE_CLICK,
                link.get().getScheme().equals("http")
                    ? "; plain http counts on this machine only, receivers ask for https"
                    : ""));
  }

  private static Verdict withoutFields(HeaderBlock header) {
    List<String> kinds = new ArrayList<>();
    header
        .value("Feedback-ID")
        .ifPresent(id -> kinds.addAll(List.of(id.toLowerCase(Locale.ROOT).split(":", -1))));
    boolean bulk =
        kinds.contains("marketing")
            || header.first("List-Id").isPresent()
            || header.value("Precedence").map(p -> p.equalsIgnoreCase("bulk")).orElse(false);
    if (bulk) {
      return Verdict.fail("Mail to many without List-Unsubscribe and List-Unsubscribe-Post");
    }
    if (kinds.contains("transactional")) {
      return Verdict.pass("Not required: transactional mail");
    }
    return Verdict.none(
        "No List-Unsubscribe, and the message does not say what kind of mail it is");
  }

  private static Optional<URI> link(String value) {
    var matcher = LINK.matcher(value);
    while (matcher.find()) {
      try {
        URI link = new URI(String.valueOf(matcher.group(1)));
        String scheme = String.valueOf(link.getScheme()).toLowerCase(Locale.ROOT);
        String host = String.valueOf(link.getHost());
        boolean loopback = host.equals("127.0.0.1") || host.equals("localhost");
        if (scheme.equals("https") || (scheme.equals("http") && loopback)) {
          return Optional.of(link);
        }
      } catch (URISyntaxException _) {
        // Not a link; the next one may be.
      }
    }
    return Optional.empty();
  }
}
