package dev.waybill.relay.report.aggregate;

import java.io.IOException;
import java.io.Reader;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/// Walks through the XML of a report, a piece at a time; nothing is kept of it but where it is.
/// Confined to one thread.
///
/// Elements are known by their local names: RFC 7489 wrote them without a namespace, RFC 9990 with
/// one, and some programs with one of their own. What is not known is passed over.
final class FeedbackXml {
  /// The schema has six levels, and what extends it may add to them.
  private static final int MOST_DEPTH = 20;

  /// Of all texts and names.
  private static final int MOST_TEXT = 1_000;

  private final XMLStreamReader xml;
  private final FeedbackBuilder report = new FeedbackBuilder();
  private final StringBuilder path = new StringBuilder();
  private final StringBuilder text = new StringBuilder();
  private int depth;

  private FeedbackXml(XMLStreamReader xml) {
    this.xml = xml;
  }

  /// @throws ReportFault when it is no report, or none that can be read
  /// @throws IOException when its bytes cannot be read
  static AggregateReport read(Reader document) throws IOException {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_COALESCING, false);
    try {
      XMLStreamReader xml = factory.createXMLStreamReader(document);
      return new FeedbackXml(xml).walk();
    } catch (XMLStreamException malformed) {
      throw cause(malformed);
    } catch (IOException broken) {
      throw broken;
    } catch (RuntimeException fault) {
      // the parser's own on some malformed documents: whatever it was, this is no report
      throw new ReportFault("it is not well-formed XML");
    }
  }

  private static IOException cause(XMLStreamException malformed) {
    for (Throwable cause = malformed; cause != null; cause = cause.getCause()) {
      if (cause instanceof IOException broken) {
        return broken;
      }
    }
    Throwable nested = malformed.getNestedException();
    return nested instanceof IOException broken
        ? broken
        : new ReportFault(
            "it is not well-formed XML (line %d)"
                .formatted(malformed.getLocation().getLineNumber()));
  }

  private AggregateReport walk() throws XMLStreamException, IOException {
    while (xml.hasNext()) {
      switch (xml.next()) {
        case XMLStreamConstants.START_ELEMENT -> open(xml.getLocalName());
        case XMLStreamConstants.END_ELEMENT -> close();
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> append();
        case XMLStreamConstants.DTD ->
            throw new ReportFault("it has a document type, which is never read");
        case XMLStreamConstants.ENTITY_REFERENCE ->
            throw new ReportFault("it names an entity that XML does not have");
        default -> {}
      }
    }
    return report.finished();
  }

  private void open(String name) throws ReportFault {
    depth++;
    if (depth > MOST_DEPTH) {
      throw new ReportFault("it has more than %d levels".formatted(MOST_DEPTH));
    }
    if (depth == 1 && !name.equals(FeedbackBuilder.ROOT)) {
      throw new ReportFault("it is XML, but no report: its root is not <feedback>");
    }
    path.append('/').append(name, 0, Math.min(name.length(), MOST_TEXT));
    text.setLength(0);
    report.opened(path.toString());
  }

  private void close() throws ReportFault {
    report.closed(path.toString(), text.toString().strip());
    path.setLength(path.lastIndexOf("/"));
    text.setLength(0);
    depth--;
  }

  private void append() {
    int room = Math.min(MOST_TEXT - text.length(), xml.getTextLength());
    if (room > 0) {
      text.append(xml.getTextCharacters(), xml.getTextStart(), room);
    }
  }
}
