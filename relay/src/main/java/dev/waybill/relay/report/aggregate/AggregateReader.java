package dev.waybill.relay.report.aggregate;

import java.io.EOFException;
import java.io.IOException;
import java.io.Reader;
import java.util.Objects;
import java.util.Optional;
import java.util.zip.ZipException;

/// Reads a letter as an aggregate report. Stateless; any thread may call it, and it takes up to a
/// second and some tens of megabytes for the largest that it takes.
public final class AggregateReader {
  private AggregateReader() {}

  /// What a letter turned out to be.
  public sealed interface Reading {
    record Readable(AggregateReport report) implements Reading {
      public Readable {
        Objects.requireNonNull(report, "report");
      }
    }

    /// It carries something like a report.
    ///
    /// @param problem what is wrong with it, in one line
    record Unreadable(String problem) implements Reading {
      public Unreadable {
        Objects.requireNonNull(problem, "problem");
      }
    }

    /// Nothing in it looks like a report.
    record NoReport() implements Reading {}
  }

  /// Reads the whole bytes of a message; whatever is in them, it answers with a value.
  public static Reading read(byte[] letter) {
    try {
      Optional<Reader> text = ReportFile.open(letter);
      return text.isEmpty()
          ? new Reading.NoReport()
          : new Reading.Readable(FeedbackXml.read(text.get()));
    } catch (ReportFault fault) {
      return new Reading.Unreadable(fault.problem());
    } catch (ZipException | EOFException broken) {
      return new Reading.Unreadable("its file cannot be unpacked");
    } catch (IOException broken) {
      return new Reading.Unreadable("its file cannot be read");
    }
  }
}
