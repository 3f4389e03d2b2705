package dev.waybill.relay.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where the sandbox listens, all on 127.0.0.1.
public record SandboxPorts(
    int submission, int submissionTls, int feedback, int tracking, int admin, int dns, int mx) {
  private static final int COUNT = 7;

  /// @param base null for the usual ports, 0 for free ones, else the first of seven
  /// @throws IllegalArgumentException when the seven ports do not exist
  public static SandboxPorts from(@Nullable Integer base) {
    if (base == null) {
      return new SandboxPorts(2587, 2465, 2526, 8080, 8081, 2553, 2525);
    }
    if (base == 0) {
      return free();
    }
    if (base < 1 || base > 65_535 - COUNT + 1) {
      throw new IllegalArgumentException(
          "--port-base: %d (expected: 0 or 1..%d)".formatted(base, 65_535 - COUNT + 1));
    }
    return new SandboxPorts(base, base + 1, base + 2, base + 3, base + 4, base + 5, base + 6);
  }

  /// The inbox's address stands in links before its door opens, so the ports are looked for first.
  private static SandboxPorts free() {
    List<ServerSocket> sockets = new ArrayList<>();
    try {
      int[] ports = new int[COUNT];
      for (int i = 0; i < COUNT; i++) {
        ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        sockets.add(socket);
        ports[i] = socket.getLocalPort();
      }
      for (ServerSocket socket : sockets) {
        socket.close();
      }
      return new SandboxPorts(ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6]);
    } catch (IOException none) {
      throw new UncheckedIOException("no free ports on loopback", none);
    }
  }
}
