/// A few lines on a terminal that change while somebody watches. Before it come the terminal and
/// whoever knows what to show; it promises that no line is wider than the screen, that a window
/// made smaller does not spoil the picture, and that the terminal is left as it was found, also
/// when Ctrl-C ends the program. After it comes the next line of the shell.
///
/// In reading order: [LiveView] (draws again and again), [Picture] (what to draw), [Line] (one line
/// that fits).
@NullMarked
package dev.waybill.cli.live;

import org.jspecify.annotations.NullMarked;
