package dev.waybill.relay.smtp;

import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.message.DsnParameters;
import dev.waybill.relay.message.EmailAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A session with one host, ready for one transaction after another. Confined to one virtual
/// thread.
///
/// With PIPELINING, MAIL, RCPT and DATA go in one write (RFC 2920 §3.1).
public final class ClientSession implements AutoCloseable {
  private static final int BLOCK = 32 * 1024;
  private static final Duration FAREWELL = Duration.ofSeconds(2);
  private static final String LONE_DOT = ".\r\n";

  private final Wire wire;
  private final String host;
  private final InetSocketAddress address;
  private final Reply greeting;
  private final Extensions extensions;
  private final ClientTimeouts timeouts;
  private final DotStuffing stuffing = new DotStuffing(BLOCK);
  private boolean usable = true;
  private Stage stage = Stage.MAIL;

  ClientSession(
      Wire wire,
      String host,
      InetSocketAddress address,
      Reply greeting,
      Extensions extensions,
      ClientTimeouts timeouts) {
    this.wire = wire;
    this.host = host;
    this.address = address;
    this.greeting = greeting;
    this.extensions = extensions;
    this.timeouts = timeouts;
  }

  /// The host's name, as it was opened.
  public String host() {
    return host;
  }

  public InetSocketAddress address() {
    return address;
  }

  /// Our own end of the connection.
  public InetAddress localAddress() {
    return wire.localAddress();
  }

  /// What the host said first.
  public Reply greeting() {
    return greeting;
  }

  public Extensions extensions() {
    return extensions;
  }

  /// Protocol and cipher, such as `TLSv1.3 TLS_AES_128_GCM_SHA256`; empty in clear.
  public Optional<String> tls() {
    return wire.tls().map(tls -> tls.getProtocol() + " " + tls.getCipherSuite());
  }

  /// What was wrong with the host's certificate; empty when nothing was, and in clear.
  public Optional<String> certificateProblem() {
    return wire.certificateProblem();
  }

  /// The only recipient domain that the host's certificate is for; empty when it is for all that
  /// the host takes mail for, and in clear.
  public Optional<DomainName> onlyFor() {
    return wire.tls().flatMap(DaneTrust::onlyFor);
  }

  /// Whether the session is under TLS with a certificate that is valid for the host's name, or that
  /// TLSA records vouch for.
  public boolean isVerified() {
    return wire.tls().isPresent() && certificateProblem().isEmpty();
  }

  /// Whether the host keeps to REQUIRETLS (RFC 8689 §2), which it can say under TLS only.
  public boolean offersRequireTls() {
    return wire.tls().isPresent() && extensions.requireTls();
  }

  /// Whether another transaction may follow.
  public boolean isUsable() {
    return usable;
  }

  /// Proves who we are; before the first transaction.
  ///
  /// @throws IOException when the host does not take it, with the reason; the session is over then
  void authenticate(Credentials credentials) throws IOException {
    try {
      new Authentication(wire, credentials, timeouts.banner()).run(extensions.auth());
    } catch (IOException failure) {
      usable = false;
      throw failure;
    }
  }

  /// Hands one copy to the host.
  ///
  /// An 8-bit body goes as it is to a host that does not offer 8BITMIME: what could be recoded was
  /// before it was signed, and hosts that do not say so take it all the same.
  ///
  /// @param message the whole message, every line ended by CR LF, dots not stuffed
  /// @throws IllegalArgumentException when the message has a bare CR or LF; nothing was sent then
  public TransactionResult send(Envelope envelope, byte[] message) {
    return send(envelope, message, null);
  }

  /// As [#send(Envelope, byte[])], and writes down what is said.
  ///
  /// @param dialogue null for nothing to be written down
  public TransactionResult send(Envelope envelope, byte[] message, @Nullable Dialogue dialogue) {
    wire.record(dialogue);
    try {
      TransactionResult result = hand(envelope, message);
      if (dialogue != null) {
        switch (result) {
          case TransactionResult.Lost(Stage _, String reason) -> dialogue.note(reason);
          case TransactionResult.Unsuitable(Reply reply) -> dialogue.note("not sent: " + reply);
          case TransactionResult.Accepted _, TransactionResult.Refused _ -> {
            // the host's own words say it
          }
        }
      }
      return result;
    } finally {
      wire.record(null);
    }
  }

  private TransactionResult hand(Envelope envelope, byte[] message) {
    if (!usable) {
      throw new IllegalStateException("the session with %s is over".formatted(host));
    }
    DotStuffing.requireCrLf(message);
    if (envelope.isInternational() && !extensions.smtpUtf8()) {
      return new TransactionResult.Unsuitable(
          Reply.of(550, "5.6.7 %s does not take internationalized mail".formatted(host)));
    }
    long most = extensions.maxSize().orElse(0);
    if (most > 0 && message.length > most) {
      return new TransactionResult.Unsuitable(
          Reply.of(
              552,
              "5.3.4 %d octets are more than the %d that %s takes"
                  .formatted(message.length, most, host)));
    }
    String mail = mail(envelope, message.length);
    String rcpt = rcpt(envelope);
    stage = Stage.MAIL;
    try {
      TransactionResult result =
          extensions.pipelining() ? together(mail, rcpt, message) : inTurn(mail, rcpt, message);
      if (result instanceof TransactionResult.Refused(Stage _, Reply reply) && reply.isClosing()) {
        usable = false;
      }
      return result;
    } catch (IOException failure) {
      usable = false;
      return new TransactionResult.Lost(stage, stage + ": " + SmtpClient.words(failure));
    }
  }

  /// Asks whether the host takes bounces for a recipient (RFC 5321 §4.5.5), and takes it back: no
  /// message is sent.
  ///
  /// @return the reply to RCPT, or to MAIL where that one was refused
  /// @throws IOException when the host does not answer; the session is over then
  public Reply wouldTake(EmailAddress recipient) throws IOException {
    try {
      write("MAIL FROM:<>\r\n", timeouts.mail());
      Reply reply = wire.readReply(timeouts.mail());
      if (reply.isPositive()) {
        write(line("RCPT TO:<" + recipient + ">"), timeouts.rcpt());
        reply = wire.readReply(timeouts.rcpt());
      }
      write("RSET\r\n", timeouts.mail());
      usable = wire.readReply(timeouts.mail()).isPositive();
      return reply;
    } catch (IOException failure) {
      usable = false;
      throw failure;
    }
  }

  /// Gives the session up: nothing more is said, not even QUIT.
  public void abandon() {
    usable = false;
    wire.close();
  }

  /// Says QUIT when the session is usable, waits shortly for the answer, and closes.
  @Override
  public void close() {
    if (usable) {
      usable = false;
      try {
        write("QUIT\r\n", FAREWELL);
        wire.readReply(FAREWELL);
      } catch (IOException _) {
        // Saying goodbye is a courtesy; nothing depends on it.
      }
    }
    wire.close();
  }

  private String mail(Envelope envelope, int size) {
    boolean international = envelope.isInternational();
    StringBuilder command =
        new StringBuilder("MAIL FROM:<")
            .append(Objects.toString(envelope.returnPath(), ""))
            .append('>');
    if (extensions.maxSize().isPresent()) {
      command.append(" SIZE=").append(size);
    }
    if ((envelope.eightBit() || international) && extensions.eightBitMime()) {
      command.append(" BODY=8BITMIME");
    }
    if (international) {
      command.append(" SMTPUTF8");
    }
    if (envelope.requireTls() && offersRequireTls()) {
      command.append(" REQUIRETLS");
    }
    if (extensions.dsn()) {
      envelope.dsn().ofMail().forEach(word -> command.append(' ').append(word));
    }
    return line(command.toString());
  }

  /// What is reported comes to a return path of ours, and a bounce is heard even where the sender
  /// wants to hear nothing: NEVER is not passed on.
  private String rcpt(Envelope envelope) {
    StringBuilder command = new StringBuilder("RCPT TO:<").append(envelope.recipient()).append('>');
    DsnParameters dsn = envelope.dsn();
    if (extensions.dsn()) {
      if (!dsn.notifyOn().isEmpty() && !dsn.notifyOn().contains(DsnParameters.Notify.NEVER)) {
        command.append(" NOTIFY=").append(dsn.notifyText());
      }
      String orcpt = dsn.orcpt();
      if (orcpt != null && (envelope.isInternational() || orcpt.chars().allMatch(c -> c < 0x80))) {
        command.append(" ORCPT=").append(orcpt);
      }
    }
    return line(command.toString());
  }

  private TransactionResult together(String mail, String rcpt, byte[] message) throws IOException {
    write(mail + rcpt + "DATA\r\n", timeouts.mail());
    Reply afterMail = wire.readReply(timeouts.mail());
    if (!afterMail.isPositive()) {
      return withdrawn(refused(Stage.MAIL, afterMail));
    }
    stage = Stage.RCPT;
    Reply afterRcpt = wire.readReply(timeouts.rcpt());
    if (!afterRcpt.isPositive()) {
      return withdrawn(refused(Stage.RCPT, afterRcpt));
    }
    stage = Stage.DATA;
    Reply afterData = wire.readReply(timeouts.data());
    return afterData.code() == 354 ? message(message) : reset(refused(Stage.DATA, afterData));
  }

  /// Hears the host out after a refusal, since the rest of the commands is on its way already. One
  /// that wants the message although nobody is to get it is sent an empty one (RFC 2920 §3.1).
  private TransactionResult withdrawn(TransactionResult.Refused refusal) {
    if (refusal.reply().isClosing()) {
      return refusal;
    }
    try {
      if (refusal.stage() == Stage.MAIL) {
        wire.readReply(timeouts.rcpt());
      }
      if (wire.readReply(timeouts.data()).code() == 354) {
        write(LONE_DOT, timeouts.block());
        wire.readReply(timeouts.end());
        return refusal;
      }
    } catch (IOException _) {
      usable = false;
      return refusal;
    }
    return refusal.stage() == Stage.MAIL ? refusal : reset(refusal);
  }

  private TransactionResult inTurn(String mail, String rcpt, byte[] message) throws IOException {
    write(mail, timeouts.mail());
    Reply afterMail = wire.readReply(timeouts.mail());
    if (!afterMail.isPositive()) {
      return refused(Stage.MAIL, afterMail);
    }
    stage = Stage.RCPT;
    write(rcpt, timeouts.rcpt());
    Reply afterRcpt = wire.readReply(timeouts.rcpt());
    if (!afterRcpt.isPositive()) {
      return reset(refused(Stage.RCPT, afterRcpt));
    }
    stage = Stage.DATA;
    write("DATA\r\n", timeouts.data());
    Reply afterData = wire.readReply(timeouts.data());
    return afterData.code() == 354 ? message(message) : reset(refused(Stage.DATA, afterData));
  }

  /// Ends the transaction that a refusal left open, so that the next MAIL is in order.
  private TransactionResult reset(TransactionResult.Refused refusal) {
    if (refusal.reply().isClosing()) {
      return refusal;
    }
    try {
      write("RSET\r\n", timeouts.mail());
      usable = wire.readReply(timeouts.mail()).isPositive();
    } catch (IOException _) {
      usable = false;
    }
    return refusal;
  }

  private TransactionResult message(byte[] message) throws IOException {
    stage = Stage.MESSAGE;
    wire.beginMessage(message.length);
    try {
      stuffing.write(message, (block, length) -> wire.write(block, length, timeouts.block()));
      wire.endMessage();
    } catch (IOException failure) {
      return saidMeanwhile(failure);
    }
    stage = Stage.END;
    Reply reply = wire.readReply(timeouts.end());
    return reply.isPositive() ? new TransactionResult.Accepted(reply) : refused(Stage.END, reply);
  }

  /// A host that has enough may say why and hang up while the message is still on its way.
  private TransactionResult saidMeanwhile(IOException failure) throws IOException {
    usable = false;
    try {
      Reply reply = wire.readReply(FAREWELL);
      if (reply.code() >= 400) {
        return new TransactionResult.Refused(Stage.MESSAGE, reply);
      }
    } catch (IOException _) {
      // The failure to write tells more.
    }
    throw failure;
  }

  /// @throws SmtpProtocolException when the reply is no refusal but makes no sense here either
  private static TransactionResult.Refused refused(Stage at, Reply reply)
      throws SmtpProtocolException {
    if (reply.code() < 400) {
      throw new SmtpProtocolException("\"%s\" makes no sense here".formatted(reply));
    }
    return new TransactionResult.Refused(at, reply);
  }

  private void write(String commands, Duration limit) throws IOException {
    wire.say(commands, limit);
  }

  /// One command line. The types of its parts admit no control characters; this is the second lock.
  static String line(String command) {
    for (int i = 0; i < command.length(); i++) {
      if (command.charAt(i) < ' ' || command.charAt(i) == 0x7F) {
        throw new IllegalArgumentException("a control character in an SMTP command");
      }
    }
    return command + "\r\n";
  }
}
