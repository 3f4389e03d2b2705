package dev.waybill.relay.app.sandbox;

import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;

/// A message whose bytes the SMTP transport sends untouched; it would drop and add fields
/// otherwise.
final class FinishedMessage extends MimeMessage {
  private final byte[] bytes;

  FinishedMessage(Session session, byte[] bytes) throws MessagingException {
    super(session, new ByteArrayInputStream(bytes));
    this.bytes = bytes;
  }

  @Override
  public void saveChanges() {
    // There are none: the bytes are final.
  }

  @Override
  public void writeTo(OutputStream out, String[] ignored) throws IOException {
    out.write(bytes);
  }
}
