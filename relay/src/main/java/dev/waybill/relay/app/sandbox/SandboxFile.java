package dev.waybill.relay.app.sandbox;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Writes `sandbox.json`, by which scripts learn that the sandbox is ready and how to reach it.
///
/// The file appears whole or not at all and only its owner may read it, for there are keys in it.
public final class SandboxFile {
  /// The file's name within the data folder.
  public static final String NAME = "sandbox.json";

  private static final ObjectMapper JSON = JsonMapper.builder().build();

  private SandboxFile() {}

  /// Writes the file into the folder, replacing an older one.
  ///
  /// @return the file
  public static Path write(Path folder, SandboxAccess access) throws IOException {
    Path file = folder.resolve(NAME);
    Path draft = folder.resolve(NAME + ".new");
    Files.deleteIfExists(draft);
    FileAttribute<?> ownerOnly =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    byte[] json = (json(access) + "\n").getBytes(StandardCharsets.UTF_8);
    try (FileChannel channel = FileChannel.open(draft, Set.of(CREATE_NEW, WRITE), ownerOnly)) {
      ByteBuffer buffer = ByteBuffer.wrap(json);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(true);
    }
    Files.move(draft, file, ATOMIC_MOVE, REPLACE_EXISTING);
    return file;
  }

  static String json(SandboxAccess access) {
    InetSocketAddress smtp = access.smtp();
    ObjectNode root = JSON.createObjectNode();
    root.put("domain", access.domain().value());
    ObjectNode submission = root.putObject("smtp");
    submission.put("host", smtp.getAddress().getHostAddress());
    submission.put("port", smtp.getPort());
    submission.put("tls_port", access.smtpTls().getPort());
    submission.put("user", access.user());
    submission.put("password", access.password());
    ObjectNode admin = root.putObject("admin");
    admin.put("url", access.adminUrl().toString());
    admin.put("api_key", access.adminKey());
    root.put("dns", SandboxAccess.text(access.dns()));
    root.put("mx", SandboxAccess.text(access.mx()));
    root.put("inbox", access.inbox().toString());
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root);
  }
}
