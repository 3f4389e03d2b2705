package dev.waybill.relay.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import jakarta.mail.Address;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Who a message is from must not depend on who reads it: what our reader takes for one mailbox,
/// Python's and Angus Mail's take for the same.
class HostileFromTest {
  private static final List<String> NAMES =
      List.of("From: ", "from:", "From : ", "From\t:", "From:\r\n ", "From: \r\n\t");

  private static final List<String> PHRASES =
      List.of(
          "",
          "App ",
          "\"App\" ",
          "\"App, Inc.\" ",
          "\"a\\\"b\" ",
          "\"a\\\\\" ",
          "John Q. Public ",
          "=?utf-8?q?App?= ",
          "=?utf-8?b?PGV2aWxAZXZpbC5leGFtcGxlPg==?= ",
          "=?utf-8?q?evil=40evil=2Eexample=2C?= ",
          "=?utf-8?q?a=22=3Cevil=40evil=2Eexample=3E?= ",
          "=?utf-8?q?a=0D=0A?= ",
          "(c) ",
          "(a(b)c) ",
          "(a\\) ",
          "(evil@evil.example) ",
          "\"evil@evil.example\" ",
          "evil@evil.example ",
          "\"<evil@evil.example>\" ",
          "<evil@evil.example> ",
          "evil@evil.example, ",
          "App\r\n ",
          "App\r\n \r\n ",
          "App: ",
          "Ünï ",
          "\u202Eevil ",
          "a\u200Bb ",
          "\t",
          "\0",
          "App\r",
          "App\n",
          "\"App ");

  private static final List<String> ADDRESSES =
      List.of(
          "<app@app.example>",
          "app@app.example",
          "<APP@App.Example>",
          "<app+tag@sub.app.example>",
          "<@evil.example:app@app.example>",
          "<@evil.example,@app.example:app@app.example>",
          "<\"app\"@app.example>",
          "<\"a b\"@app.example>",
          "<\"a@evil.example\"@app.example>",
          "<\"a\\\"@evil.example\\\"\"@app.example>",
          "\"evil@evil.example\"@app.example",
          "<app@app.example.>",
          "<app@[127.0.0.1]>",
          "<app @app.example>",
          "<app@ app.example>",
          "<app@app .example>",
          "< app@app.example >",
          "<app(c)@app.example>",
          "<app@(evil.example)app.example>",
          "<app@app.example(c)>",
          "<app@\r\n app.example>",
          "app@app.example (App)",
          "<app@xn--bcher-kva.example>",
          "<app@bücher.example>",
          "<app@аpp.example>",
          "<app@app。example>",
          "<app@app．example>",
          "<app@faß.example>",
          "<app@ａｐｐ.example>",
          "<üser@app.example>",
          "<app@app.example",
          "app@app.example>",
          "<<app@app.example>>",
          "<>",
          "<app>",
          "<app@>",
          "<@app.example>",
          "<app@app.example><evil@evil.example>",
          "<app@app.example> <evil@evil.example>",
          "<app@app.example> evil@evil.example",
          "<app@app.example>, evil@evil.example",
          "<app@app.example>; evil@evil.example",
          "g: app@app.example;",
          "g:;",
          "g: <app@app.example>, evil@evil.example;",
          "<evil@evil.example@app.example>",
          "<app@app.example@evil.example>",
          "app@app.example@evil.example",
          "<app%evil.example@app.example>",
          "<evil.example!app@app.example>",
          "<.app@app.example>",
          "<app.@app.example>",
          "<app..x@app.example>",
          "<app@-app.example>",
          "<app@app..example>",
          "<app@app_x.example>",
          "<app@app.example\0.evil.example>",
          "<app@app.example\revil>",
          "<app\\@evil.example@app.example>",
          "=?utf-8?q?app?=@app.example",
          "<=?utf-8?q?app?=@app.example>",
          "<=?utf-8?q?app=40app.example?=>",
          "<app@=?utf-8?q?app.example?=>");

  private static final List<String> TAILS =
      List.of(
          "",
          " ",
          "\t",
          " (c)",
          " (evil@evil.example)",
          "(c)(d)",
          " evil",
          " .",
          ",",
          ", ,",
          " ;",
          "\r\n ",
          "\r\n\tevil@evil.example",
          "\r\nFrom: evil@evil.example",
          "\r\nfrom : evil@evil.example",
          "\rFrom: evil@evil.example",
          "\nFrom: evil@evil.example",
          "\0");

  @TempDir Path folder;

  @Test
  void everyReaderReadsTheSameAddress() throws Exception {
    Set<String> variants = variants();
    Map<String, String> accepted = new LinkedHashMap<>();
    for (String variant : variants) {
      ours(message(variant)).ifPresent(address -> accepted.put(variant, address));
    }
    assertThat(variants).hasSizeGreaterThan(2_000);
    assertThat(accepted).hasSizeBetween(100, variants.size() / 2);

    Map<String, String> readByAngus = new LinkedHashMap<>();
    for (String variant : accepted.keySet()) {
      readByAngus.put(variant, angus(message(variant)));
    }
    assertThat(differences(accepted, readByAngus)).isEmpty();
    assertThat(differences(accepted, python(accepted.keySet()))).isEmpty();
  }

  private static List<String> differences(Map<String, String> ours, Map<String, String> theirs) {
    return ours.entrySet().stream()
        .filter(each -> !each.getValue().equals(theirs.get(each.getKey())))
        .map(each ->
            "%s: %s, but %s".formatted(each.getKey(), each.getValue(), theirs.get(each.getKey())))
        .toList();
  }

  private static Set<String> variants() {
    Set<String> variants = new LinkedHashSet<>();
    for (String address : ADDRESSES) {
      PHRASES.forEach(phrase -> variants.add("From: " + phrase + address));
      TAILS.forEach(tail -> variants.add("From: " + address + tail));
      NAMES.forEach(name -> variants.add(name + address));
    }
    Random random = new Random(5322);
    for (int i = 0; i < 2_000; i++) {
      variants.add(
          any(NAMES, random) + any(PHRASES, random) + any(ADDRESSES, random) + any(TAILS, random));
    }
    return variants;
  }

  private static String any(List<String> all, Random random) {
    return all.get(random.nextInt(all.size()));
  }

  private static byte[] message(String variant) {
    return ("Subject: hello\r\n" + variant + "\r\nTo: ann@rcpt.example\r\n\r\nhello\r\n")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static Optional<String> ours(byte[] message) {
    HeaderBlock header = HeaderBlock.parse(message);
    if (header.malformedAt() >= 0) {
      return Optional.empty();
    }
    return OriginatorField.read(message, header, "From", true)
            instanceof OriginatorField.OneMailbox(EmailAddress address)
        ? Optional.of(normal(address.toString()))
        : Optional.empty();
  }

  private static String angus(byte[] message) {
    try {
      Properties properties = new Properties();
      properties.setProperty("mail.mime.allowutf8", "true");
      MimeMessage read =
          new MimeMessage(Session.getInstance(properties), new ByteArrayInputStream(message));
      List<String> seen = new ArrayList<>();
      for (Address address : read.getFrom()) {
        seen.add(normal(((InternetAddress) address).getAddress()));
      }
      return String.join(" and ", seen);
    } catch (MessagingException unreadable) {
      return "unreadable: " + unreadable.getMessage();
    }
  }

  /// The domain as A-labels, the local part as it is but for quotes that say nothing.
  private static String normal(String address) {
    return EmailAddress.parse(address)
        .map(parsed -> parsed.toString().replaceFirst("^\"([A-Za-z0-9]+)\"@", "$1@"))
        .orElse("no address: " + address);
  }

  private Map<String, String> python(Set<String> variants) throws Exception {
    assumeTrue(hasPython(), "there is no python3 here to compare with");
    Path input = folder.resolve("messages");
    List<String> lines =
        variants.stream().map(each -> Base64.getEncoder().encodeToString(message(each))).toList();
    Files.write(input, lines);
    Path program = Path.of("src/test/python/from_addresses.py");
    Process process =
        new ProcessBuilder("python3", program.toString(), input.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    List<String> answers =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .toList();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
    assertThat(answers).hasSameSizeAs(lines);
    Map<String, String> read = new LinkedHashMap<>();
    int line = 0;
    for (String variant : variants) {
      read.put(variant, normal(answers.get(line++)));
    }
    return read;
  }

  private static boolean hasPython() throws InterruptedException {
    try {
      return new ProcessBuilder("python3", "--version").start().waitFor() == 0;
    } catch (IOException absent) {
      return false;
    }
  }
}
