package dev.waybill.relay.app.sandbox;

/// The text that tells a person how to use the running sandbox.
public final class SandboxBanner {
  private SandboxBanner() {}

  /// Several lines for a terminal, without colours.
  public static String text(SandboxAccess access) {
    return """

    Waybill sandbox is ready. Mail to any address ends in its inbox; nothing leaves this machine.

      Inbox     %s

      SMTP      host      %s
                port      %d  (STARTTLS) or %d (TLS)
                user      %s
                password  %s
                From:     anything@%s

      waybillctl
                export WAYBILL_URL=%s
                export WAYBILL_API_KEY=%s

      Try       bounce@, defer@ and complain@ any domain.  Ctrl-C stops.
    """
        .formatted(
            access.inbox(),
            access.smtp().getAddress().getHostAddress(),
            access.smtp().getPort(),
            access.smtpTls().getPort(),
            access.user(),
            access.password(),
            access.domain(),
            access.adminUrl(),
            access.adminKey());
  }
}
