package dev.waybill.relay.dns;

import dev.waybill.relay.message.DomainName;
import java.net.InetAddress;
import java.util.List;

/// What the DNS says about names whose owners publish records for mail; blocking, any thread.
public interface PublishedRecords {
  /// The mail hosts of the name, aliases followed.
  Lookup<Mx> mx(DomainName name);

  /// The texts at the name, aliases followed, each record's strings joined.
  Lookup<String> texts(DomainName name);

  /// The name's own alias, not followed.
  Lookup<DomainName> alias(DomainName name);

  /// The addresses of the name, aliases followed.
  Lookup<InetAddress> addresses(DomainName name);

  /// The same questions as receivers ask them, who may still have older answers.
  default PublishedRecords asReceiversSee() {
    return this;
  }

  /// Looks for one check at the records of a domain: what was asked once is remembered, so that a
  /// correction is seen by the next look.
  default PublishedRecords look(DomainName domain) {
    return this;
  }

  /// What is worth knowing about the answers so far, in sentences; a few at most.
  default List<String> remarks() {
    return List.of();
  }
}
