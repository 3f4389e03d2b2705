package dev.waybill.cli.transfer;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import dev.waybill.cli.output.ExitCode;
import dev.waybill.cli.output.Failure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// A CSV file of addresses (RFC 4180), ours or another service's: the columns are told by their
/// headings, or the first column is the address where there are none. One thread reads it, once.
public final class SuppressionFile implements AutoCloseable {
  private static final int LONGEST_ADDRESS = 320;
  private static final int MOST_COLUMNS = 100;
  private static final int LONGEST_FIELD = 64 * 1024;

  /// Our fields by the headings that services give them.
  private static final Map<String, String> HEADINGS = headings();

  /// One row that is an entry.
  ///
  /// @param line its place in the file, the first being 1
  /// @param entry as the API takes it
  public record Row(long line, ObjectNode entry) {}

  /// One row that is none.
  public record Problem(long line, String text) {}

  private final Path file;
  private final ObjectNode defaults;
  private final List<Problem> problems = new ArrayList<>();
  private final CsvReader<CsvRecord> reader;
  private final Iterator<CsvRecord> records;
  private Map<Integer, String> columns = Map.of();
  private long line;
  private long skipped;

  /// @param defaults the fields of a row that does not say
  /// @throws Failure when the file cannot be read
  public SuppressionFile(Path file, ObjectNode defaults) throws Failure {
    this.file = file;
    this.defaults = defaults;
    try {
      this.reader =
          CsvReader.builder()
              .maxBufferSize(LONGEST_FIELD)
              .skipEmptyLines(true)
              .ofCsvRecord(file, StandardCharsets.UTF_8);
    } catch (IOException unreadable) {
      throw unreadable(unreadable);
    }
    this.records = reader.iterator();
  }

  /// The next entries, at most so many; fewer only at the end of the file.
  ///
  /// @throws Failure when the file is no CSV in UTF-8
  public List<Row> next(int most) throws Failure {
    List<Row> rows = new ArrayList<>();
    try {
      while (rows.size() < most && records.hasNext()) {
        CsvRecord record = records.next();
        boolean first = line == 0;
        line = record.getStartingLineNumber();
        List<String> fields = record.getFields();
        if (!first || !readHeadings(fields)) {
          read(fields).ifPresent(rows::add);
        }
      }
    } catch (CsvParseException | UncheckedIOException unreadable) {
      throw unreadable(unreadable);
    }
    return rows;
  }

  /// The first problems so far, at most twenty.
  public List<Problem> problems() {
    return List.copyOf(problems);
  }

  /// How many rows were no entries.
  public long skipped() {
    return skipped;
  }

  /// Counts a row as none, as the relay said so.
  public void refuse(long place, String why) {
    skipped++;
    if (problems.size() < 20) {
      problems.add(new Problem(place, why));
    }
  }

  @Override
  public void close() throws Failure {
    try {
      reader.close();
    } catch (IOException unreadable) {
      throw unreadable(unreadable);
    }
  }

  private boolean readHeadings(List<String> fields) {
    Map<Integer, String> known = new HashMap<>();
    for (int i = 0; i < Math.min(fields.size(), MOST_COLUMNS); i++) {
      // a file from a spreadsheet may begin with a byte order mark
      String heading = fields.get(i).replace("\uFEFF", "").strip().toLowerCase(Locale.ROOT);
      String field = HEADINGS.get(heading.replaceAll("[ -]", "_"));
      if (field != null) {
        known.putIfAbsent(i, field);
      }
    }
    boolean headed = known.containsValue("email");
    columns = headed ? known : Map.of(0, "email");
    return headed;
  }

  private Optional<Row> read(List<String> fields) {
    ObjectNode entry = defaults.deepCopy();
    for (int i = 0; i < Math.min(fields.size(), MOST_COLUMNS); i++) {
      String field = columns.get(i);
      String value = fields.get(i).replace("\uFEFF", "").strip();
      if (field == null || value.isEmpty()) {
        continue;
      }
      if (field.equals("origin")) {
        Optional<String> origin = origin(value);
        if (origin.isEmpty()) {
          refuse(
              line,
              "reason \"%s\" (expected: bounce, complaint, unsubscribe or manual)"
                  .formatted(shown(value)));
          return Optional.empty();
        }
        value = origin.get();
      }
      entry.put(field, value);
    }
    String email = entry.path("email").asString("");
    if (email.indexOf('@') < 1 || email.length() > LONGEST_ADDRESS) {
      refuse(
          line, "\"%s\" (expected: an address such as jane@example.com)".formatted(shown(email)));
      return Optional.empty();
    }
    return Optional.of(new Row(line, entry));
  }

  /// The words of Postmark, SES, SendGrid, Mailgun and our own.
  private static Optional<String> origin(String value) {
    String word = value.toLowerCase(Locale.ROOT).replaceAll("[^a-z]", "");
    return switch (word) {
      case "bounce", "hardbounce", "bounced", "bounces", "permanent", "invalid", "blocked" ->
          Optional.of("bounce");
      case "complaint", "spamcomplaint", "spam", "complained", "spamreport", "complaints" ->
          Optional.of("complaint");
      case "unsubscribe", "unsubscribed", "unsubscribes", "optout" -> Optional.of("unsubscribe");
      case "manual", "manualsuppression", "manualblock", "admin" -> Optional.of("manual");
      default -> Optional.empty();
    };
  }

  private static Map<String, String> headings() {
    Map<String, String> headings = new HashMap<>();
    for (String heading :
        List.of("email", "address", "email_address", "emailaddress", "recipient", "e_mail")) {
      headings.put(heading, "email");
    }
    for (String heading :
        List.of("origin", "reason", "type", "suppression_type", "suppressionreason", "cause")) {
      headings.put(heading, "origin");
    }
    headings.put("domain", "domain");
    headings.put("stream", "stream");
    headings.put("expires_at", "expires_at");
    return Map.copyOf(headings);
  }

  private static String shown(String value) {
    String printable = value.replaceAll("[^\\x20-\\x7E]", "?");
    return printable.length() > 60 ? printable.substring(0, 60) + "…" : printable;
  }

  private Failure unreadable(Exception why) {
    @Nullable String detail = why.getMessage();
    return new Failure(
        ExitCode.FAILED,
        "%s cannot be read (expected: CSV in UTF-8), near line %d".formatted(file, line + 1),
        detail == null ? "" : detail.lines().findFirst().orElse(""));
  }
}
