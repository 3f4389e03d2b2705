package dev.waybill.relay.domains;

import org.jspecify.annotations.Nullable;

/// What an operator asks for when registering a domain, as typed; [Domains#add] judges it.
///
/// @param name the domain as typed
/// @param returnPathLabel the return path's label; null for `send`
/// @param trackingSubdomain the tracking host's label; null for the relay's own host
/// @param dkimKeyPem an existing RSA private key in PEM (PKCS#1 or PKCS#8); null to make one
/// @param dkimSelector the selector of that key; null for `wb1`
public record NewDomain(
    String name,
    @Nullable String returnPathLabel,
    boolean openTracking,
    boolean clickTracking,
    @Nullable String trackingSubdomain,
    boolean requireTls,
    @Nullable String dkimKeyPem,
    @Nullable String dkimSelector) {}
