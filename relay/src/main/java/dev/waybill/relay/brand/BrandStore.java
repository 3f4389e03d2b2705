package dev.waybill.relay.brand;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/// The brand's columns of `sending_domain`, and the table `domain_logo`. Stateless; every method
/// works in its caller's handle.
public final class BrandStore {
  /// The brand in a row of `sending_domain`.
  ///
  /// @throws SQLException when the row has no such columns
  public static Brand read(ResultSet row) throws SQLException {
    String digest = row.getString("logo_digest");
    return new Brand(
        row.getString("display_name"),
        row.getString("unsubscribe_footer"),
        digest == null
            ? null
            : new Logo(
                PictureFormat.valueOf(row.getString("logo_format")),
                row.getInt("logo_size"),
                row.getInt("logo_width"),
                row.getInt("logo_height"),
                digest));
  }

  /// Writes what a domain shows now.
  ///
  /// @param wish what led to it: its picture is kept, or goes
  public void put(Handle handle, UUID domainId, Brand brand, BrandWish wish) {
    Logo logo = brand.logo();
    handle
        .createUpdate(
            """
            update sending_domain set display_name = :name, unsubscribe_footer = :footer,
              logo_format = :format, logo_size = :size, logo_width = :width,
              logo_height = :height, logo_digest = :digest
            where id = :domain
            """)
        .bind("domain", domainId)
        .bind("name", brand.displayName())
        .bind("footer", brand.unsubscribeFooter())
        .bind("format", logo == null ? null : logo.format().name())
        .bind("size", logo == null ? null : (Integer) logo.size())
        .bind("width", logo == null ? null : (Integer) logo.width())
        .bind("height", logo == null ? null : (Integer) logo.height())
        .bind("digest", logo == null ? null : logo.digest())
        .execute();
    byte[] picture = wish.logo();
    if (picture != null) {
      handle.execute("delete from domain_logo where domain_id = ?", domainId);
      if (logo != null) {
        handle
            .createUpdate(
                """
                insert into domain_logo (domain_id, digest, picture)
                values (:domain, :digest, :picture)
                """)
            .bind("domain", domainId)
            .bind("digest", logo.digest())
            .bind("picture", picture)
            .execute();
      }
    }
  }

  /// A domain's picture, if it is still the one of this digest.
  public Optional<byte[]> picture(Handle handle, UUID domainId, String digest) {
    return handle
        .createQuery(
            "select picture from domain_logo where domain_id = :domain and digest = :digest")
        .bind("domain", domainId)
        .bind("digest", digest)
        .map((row, _) -> row.getBytes("picture"))
        .findOne();
  }
}
