/// The certificates that this relay shows to those who connect.
///
/// **What comes before:** the operator's PEM files, which other programs replace while the relay
/// runs, or nothing: then a certificate of our own making.
///
/// **What this room promises:** an [javax.net.ssl.SSLContext] whose every handshake shows the
/// newest certificate that can be used, with the key that belongs to it; what cannot be used is
/// reported and the one before stays.
///
/// **What comes after:** the doors that offer TLS, `submission`, `feedback` and `tracking`.
///
/// Read [dev.waybill.relay.tls.ServerCertificate], [CertificateFolder], then `PemPair`, `PemFiles`,
/// `OwnCertificate` and `ReplaceableKeys`.
@NullMarked
package dev.waybill.relay.tls;

import org.jspecify.annotations.NullMarked;
