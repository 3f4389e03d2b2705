package dev.waybill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.cli.Shell.Ran;
import dev.waybill.cli.output.ExitCode;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UsageTest {
  @TempDir Path home;

  @Test
  void versionIsOneLine() {
    assertThat(run("--version")).isEqualTo(new Ran(0, "waybillctl 0.1.0\n", ""));
  }

  @Test
  void helpNamesEveryNounAndExitCode() {
    Ran ran = run("--help");

    assertThat(ran.code()).isZero();
    assertThat(ran.err()).isEmpty();
    assertThat(ran.out())
        .contains("domains", "api-keys", "suppressions", "queue", "events", "status", "login")
        .contains("Examples:");
    for (ExitCode code : ExitCode.values()) {
      assertThat(ran.out())
          .contains("   " + code.number() + "   " + code.sentence().substring(0, 20));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "domains",
        "domains add",
        "domains list",
        "domains show",
        "domains records",
        "domains verify",
        "domains update",
        "domains history",
        "domains keys",
        "domains rotate-key",
        "domains instructions",
        "domains remove",
        "domains doctor",
        "api-keys",
        "api-keys create",
        "api-keys list",
        "api-keys remove",
        "suppressions",
        "suppressions list",
        "suppressions add",
        "suppressions remove",
        "queue",
        "queue summary",
        "queue list",
        "queue hold",
        "queue release",
        "queue retry",
        "queue cancel",
        "streams",
        "streams list",
        "sources",
        "sources list",
        "events",
        "events list",
        "events tail",
        "dmarc",
        "status",
        "login",
        "completion"
      })
  void everyCommandExplainsItself(String command) {
    Ran ran = run((command + " --help").split(" "));

    assertThat(ran.code()).isZero();
    assertThat(ran.out()).startsWith("Usage: waybillctl " + command).contains("--output");
    assertThat(ran.out()).doesNotContain("null", "${");
    assertThat(ran.out().lines()).allMatch(line -> line.length() <= 110);
  }

  @Test
  void theVerbsOfDomainsAreGrouped() {
    assertThat(run("domains", "--help").out())
        .containsSubsequence(
            "Set up:\n  add ", "verify ", "Keys:\n  keys ", "Look:\n  list ", "Change:\n  update ")
        .contains("rotate-key", "instructions", "Examples:")
        .doesNotContain("Other:");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "domains", "queue", "domains add", "api-keys remove"})
  void anUnfinishedCommandIsUsage(String command) {
    Ran ran = command.isEmpty() ? run() : run(command.split(" "));

    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err())
        .startsWith("waybillctl: Missing required")
        .endsWith(("See: waybillctl " + command).strip() + " --help\n");
  }

  @Test
  void whatFitsNowhereIsNamed() {
    assertThat(run("domains", "lst").err())
        .isEqualTo("waybillctl: 'lst' was not expected here\nSee: waybillctl domains --help\n");
    assertThat(run("status", "--color=x").err())
        .startsWith("waybillctl: there is no option --color\n");
    assertThat(run("-o", "xml", "status").err()).contains("xml").contains("table, json, csv");
    assertThat(run("domains", "verify", "a", "--timeout", "5").err())
        .contains("'5' (expected: a duration such as 500ms");
    assertThat(run("events", "list", "--limit", "x").code()).isEqualTo(2);
  }

  @Test
  void aKeyOnTheCommandLineIsNotRepeated() {
    Ran joined = run("status", "--api-key=wb_secret");
    Ran apart = run("status", "--api-key", "wb_secret");

    assertThat(joined.code()).isEqualTo(2);
    assertThat(joined.err() + apart.err())
        .doesNotContain("wb_secret")
        .contains("there is no option --api-key; a key comes from --api-key-file FILE");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "1", "54", "9999", "wide", "99999999999"})
  void anyWidthOfTheTerminalWillDo(String columns) {
    Ran ran = new Shell(home).with("COLUMNS", columns).runOnTerminal("--help");

    assertThat(ran.code()).isZero();
    assertThat(ran.out()).contains("suppressions");
  }

  @Test
  void completionIsABashScript() {
    Ran ran = run("completion");

    assertThat(ran.code()).isZero();
    assertThat(ran.out()).startsWith("#!/usr/bin/env bash").contains("suppressions", "--missing");
    assertThat(run("completion", "zsh")).isEqualTo(ran);
    assertThat(run("completion", "fish").err()).contains("'fish' (expected: bash, zsh)");
  }

  @Test
  void completionOffersTheWordsOfEachOption() {
    assertThat(run("completion").out())
        .contains(
            "KIND_option_args=(\"table\" \"json\" \"csv\")",
            "SHAPE_option_args=(\"text\" \"html\")",
            "FORMAT_option_args=(\"table\" \"json\" \"csv\" \"bind\"");
  }

  private Ran run(String... words) {
    return new Shell(home).run(words);
  }
}
