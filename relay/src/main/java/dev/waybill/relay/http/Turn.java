package dev.waybill.relay.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.ArrayList;
import java.util.List;

/// One turn of an event loop: what its connections answer in it goes out at its end, one after the
/// other.
///
/// A write wakes whoever waits for it, and often enough he takes the processor. Reading all that
/// has come first keeps this program's code and then the kernel's in the processor's caches, and a
/// client with several connections finds several answers when it wakes. No answer waits for more
/// than the handlers of its turn, which never wait themselves.
final class Turn implements Runnable {
  private static final FastThreadLocal<Turn> OF_THIS_LOOP =
      new FastThreadLocal<>() {
        @Override
        protected Turn initialValue() {
          return new Turn();
        }
      };

  private final List<ChannelHandlerContext> answered = new ArrayList<>();

  private Turn() {}

  /// Sends what was written on a connection when the turn ends; on its event loop.
  static void flushAtEnd(ChannelHandlerContext context) {
    Turn turn = OF_THIS_LOOP.get();
    turn.answered.add(context);
    if (turn.answered.size() == 1) {
      context.executor().execute(turn);
    }
  }

  /// The loop runs its tasks after its connections.
  @Override
  public void run() {
    try {
      // sending can make a connection writable again, which then answers more
      for (int i = 0; i < answered.size(); i++) {
        answered.get(i).flush();
      }
    } finally {
      answered.clear();
    }
  }
}
