package dev.waybill.relay.admin;

import dev.waybill.relay.http.Response;
import dev.waybill.relay.http.Route;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/// `/openapi.yaml`, the description of this API for programs (OpenAPI 3.1); without a key.
final class OpenApiResource {
  private static final String DOCUMENT = "openapi.yaml";

  List<Route> routes() {
    return List.of(
        Route.get("/openapi.yaml", _ -> Response.of(200, "application/yaml", document())));
  }

  private static byte[] document() {
    try (InputStream in = OpenApiResource.class.getResourceAsStream(DOCUMENT)) {
      if (in == null) {
        throw new IllegalStateException(DOCUMENT + " is not in this build");
      }
      return in.readAllBytes();
    } catch (IOException failure) {
      throw new UncheckedIOException(DOCUMENT + " cannot be read", failure);
    }
  }
}
