package dev.waybill.relay.sources;

import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;

/// What was sent today from one address that is being warmed up. Any thread may use it; nobody
/// waits for anything but a sum.
///
/// What the database was told and what it was not yet are kept apart, so that nothing is counted
/// twice when it tells what all nodes sent, and nothing is lost when it does not answer.
final class DayCount {
  private final SourceAddress source;
  private final WarmUp warmUp;
  private final InstantSource clock;
  private LocalDate day;
  private long allowance;

  /// What the database knew last.
  private long recorded;

  /// Being added to it.
  private long leaving;

  /// Not added to it yet.
  private long sent;

  DayCount(SourceAddress source, WarmUp warmUp, InstantSource clock) {
    this.source = source;
    this.warmUp = warmUp;
    this.clock = clock;
    this.day = today(clock);
    this.allowance = warmUp.allowance(day);
  }

  static LocalDate today(InstantSource clock) {
    return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
  }

  SourceAddress source() {
    return source;
  }

  WarmUp warmUp() {
    return warmUp;
  }

  /// Counts one message.
  ///
  /// @param anyway whether it is sent though nothing is left
  /// @return whether it may be sent
  synchronized boolean take(boolean anyway) {
    turnDay();
    boolean granted = anyway || used() < allowance;
    if (granted) {
      sent++;
    }
    return granted;
  }

  /// Whether anything is left.
  synchronized boolean hasLeft() {
    turnDay();
    return used() < allowance;
  }

  /// Messages sent today.
  synchronized long usedToday() {
    turnDay();
    return used();
  }

  /// Messages that may be sent today.
  synchronized long allowedToday() {
    turnDay();
    return allowance;
  }

  /// Why there is nothing left, in words.
  synchronized String reason() {
    turnDay();
    String address = source.address().getHostAddress();
    return day.isBefore(warmUp.begins())
        ? "of %s begins on %s".formatted(address, warmUp.begins())
        : "of %s: %d of %d messages today".formatted(address, used(), allowance);
  }

  /// Gives what the database is to be told.
  synchronized long leave(LocalDate of) {
    turnDay();
    if (!day.equals(of)) {
      return 0;
    }
    leaving += sent;
    sent = 0;
    return leaving;
  }

  /// It was not told.
  synchronized void stay() {
    sent += leaving;
    leaving = 0;
  }

  /// It was told.
  synchronized void left(LocalDate of) {
    turnDay();
    if (day.equals(of)) {
      recorded += leaving;
      leaving = 0;
    }
  }

  /// What it knows now; nothing is leaving.
  synchronized void recorded(LocalDate of, long messages) {
    turnDay();
    if (day.equals(of)) {
      recorded = messages;
    }
  }

  private long used() {
    return recorded + leaving + sent;
  }

  private void turnDay() {
    LocalDate today = today(clock);
    if (!today.equals(day)) {
      day = today;
      allowance = warmUp.allowance(today);
      recorded = 0;
      leaving = 0;
      sent = 0;
    }
  }
}
