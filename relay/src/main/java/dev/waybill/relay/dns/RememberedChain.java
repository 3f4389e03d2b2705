package dev.waybill.relay.dns;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Resolver;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.TSIG;
import org.xbill.DNS.Type;

/// A server whose DS and DNSKEY answers are remembered for a while, since the validator walks down
/// from the root for every zone. Any thread may use it.
///
/// They are remembered unchecked; the validator checks them each time.
final class RememberedChain implements Resolver {
  private static final int MAX_KEPT = 20_000;

  /// A forged answer stands in the way for as long.
  private static final Duration LONGEST = Duration.ofMinutes(5);

  private record Question(Name name, int type) {}

  private final SimpleResolver server;
  private final AsyncCache<Question, Message> links =
      Caffeine.newBuilder()
          .maximumSize(MAX_KEPT)
          .expireAfter(Expiry.<Question, Message>creating((_, reply) -> kept(reply)))
          .buildAsync();

  RememberedChain(SimpleResolver server) {
    this.server = server;
  }

  @Override
  public CompletionStage<Message> sendAsync(Message query) {
    return sendAsync(query, ForkJoinPool.commonPool());
  }

  @Override
  public CompletionStage<Message> sendAsync(Message query, Executor executor) {
    Record question = query.getQuestion();
    if (question.getType() != Type.DS && question.getType() != Type.DNSKEY) {
      return server.sendAsync(query, executor);
    }
    CompletableFuture<Message> reply =
        links.get(
            new Question(question.getName(), question.getType()),
            (_, _) -> server.sendAsync(query, executor).toCompletableFuture());
    return reply.thenApply(remembered -> {
      Message own = remembered.clone();
      own.getHeader().setID(query.getHeader().getID());
      return own;
    });
  }

  private static Duration kept(Message reply) {
    int rcode = reply.getRcode();
    if (rcode != Rcode.NOERROR && rcode != Rcode.NXDOMAIN) {
      return Duration.ZERO;
    }
    long seconds = LONGEST.toSeconds();
    for (int section : new int[] {Section.ANSWER, Section.AUTHORITY}) {
      for (Record record : reply.getSection(section)) {
        seconds = Math.min(seconds, record.getTTL());
      }
    }
    return Duration.ofSeconds(seconds);
  }

  @Override
  public void setPort(int port) {
    server.setPort(port);
  }

  @Override
  public void setTCP(boolean flag) {
    server.setTCP(flag);
  }

  @Override
  public void setIgnoreTruncation(boolean flag) {
    server.setIgnoreTruncation(flag);
  }

  @Override
  public void setEDNS(int version, int payloadSize, int flags, List<EDNSOption> options) {
    server.setEDNS(version, payloadSize, flags, options);
  }

  @Override
  public void setTSIGKey(TSIG key) {
    server.setTSIGKey(key);
  }

  @Override
  public void setTimeout(Duration timeout) {
    server.setTimeout(timeout);
  }

  @Override
  public Duration getTimeout() {
    return server.getTimeout();
  }
}
