package dev.waybill.chaos;

import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.nio.file.Path;

/// Weaves fail points and a clock that can be moved into a relay while its classes are loaded, so
/// that nothing of it is in the product.
///
/// The argument is a folder. In it the file `points` names the points to weave, one a line; lines
/// that are appended to `control` are obeyed; `fired` and `woven` say what happened, and `problem`
/// what went wrong.
public final class Agent {
  private Agent() {}

  /// Called by the JVM before the relay's own main method.
  public static void premain(String folder, Instrumentation instrumentation) throws IOException {
    Path place = Path.of(folder);
    Control control = Control.open(place);
    instrumentation.addTransformer(new Weaver(Point.read(place.resolve("points")), control));
    control.start();
  }
}
