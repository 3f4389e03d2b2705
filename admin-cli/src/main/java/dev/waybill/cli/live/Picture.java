package dev.waybill.cli.live;

import dev.waybill.cli.output.Tty;
import java.util.List;

/// What is shown at a moment. Called by the drawing thread.
@FunctionalInterface
public interface Picture {
  /// The lines, from the top; what does not fit is left out by [LiveView].
  ///
  /// @param room how much fits
  /// @param tick counts the drawings, for what turns round
  List<Line> lines(Tty.Size room, int tick);
}
