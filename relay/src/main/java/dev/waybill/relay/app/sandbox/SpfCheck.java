package dev.waybill.relay.app.sandbox;

import dev.waybill.relay.app.sandbox.Verdicts.Verdict;
import dev.waybill.relay.feedback.Receiver.Arrival;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.james.jspf.core.DNSRequest;
import org.apache.james.jspf.core.DNSService;
import org.apache.james.jspf.core.exceptions.TimeoutException;
import org.apache.james.jspf.executor.SPFResult;
import org.apache.james.jspf.impl.DNSServiceXBillImpl;
import org.apache.james.jspf.impl.SPF;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/// SPF (RFC 7208) by Apache jSPF. Any thread may call it.
final class SpfCheck {
  private final SPF spf;

  SpfCheck(ReceiverDns dns) {
    this.spf = new SPF(new Lookups(dns));
  }

  Verdict examine(Arrival arrival) {
    String identity = arrival.sender().isEmpty() ? "HELO " + arrival.helo() : arrival.sender();
    String client = arrival.client().getHostAddress();
    String result;
    try {
      SPFResult found = spf.checkSPF(client, arrival.sender(), arrival.helo());
      result = found.getResult();
    } catch (RuntimeException unreadable) {
      return Verdict.fail("SPF of %s could not be judged: %s".formatted(identity, unreadable));
    }
    return switch (result) {
      case "pass" -> Verdict.pass("%s may send for %s".formatted(client, identity));
      case "none" -> Verdict.none("No SPF record for %s".formatted(identity));
      case "neutral" ->
          Verdict.none("The SPF record of %s says nothing about %s".formatted(identity, client));
      case "fail", "softfail" ->
          Verdict.fail("%s may not send for %s (%s)".formatted(client, identity, result));
      case String other -> Verdict.fail("The SPF record of %s gives %s".formatted(identity, other));
    };
  }

  /// jSPF's look-ups without dnsjava's JVM-wide cache, which would go on showing withdrawn records.
  private static final class Lookups implements DNSService {
    /// RFC 7208 §4.6.4.
    private volatile int recordLimit = 10;

    private final ReceiverDns dns;

    Lookups(ReceiverDns dns) {
      this.dns = dns;
    }

    @Override
    public @Nullable List<String> getRecords(DNSRequest request) throws TimeoutException {
      try {
        List<Record> records = dns.find(request.getHostname(), type(request));
        // The library tells "no such record" by null.
        return records.isEmpty()
            ? null
            : DNSServiceXBillImpl.convertRecordsToList(records.toArray(Record[]::new));
      } catch (IOException noAnswer) {
        throw new TimeoutException(String.valueOf(noAnswer.getMessage()));
      }
    }

    @Override
    public CompletionStage<@Nullable List<String>> getRecordsAsync(DNSRequest request) {
      try {
        return CompletableFuture.completedFuture(getRecords(request));
      } catch (TimeoutException noAnswer) {
        return CompletableFuture.failedFuture(noAnswer);
      }
    }

    @Override
    public List<String> getLocalDomainNames() {
      return List.of(SandboxZone.MAIL_HOST.value());
    }

    @Override
    public void setTimeOut(int seconds) {
      // The time-out belongs to the look-ups.
    }

    @Override
    public int getRecordLimit() {
      return recordLimit;
    }

    @Override
    public void setRecordLimit(int limit) {
      recordLimit = limit;
    }

    private static int type(DNSRequest request) {
      return switch (request.getRecordType()) {
        case DNSRequest.A -> Type.A;
        case DNSRequest.AAAA -> Type.AAAA;
        case DNSRequest.MX -> Type.MX;
        case DNSRequest.PTR -> Type.PTR;
        case DNSRequest.SPF -> Type.SPF;
        default -> Type.TXT;
      };
    }
  }
}
