package dev.waybill.relay.storage;

/// The disk or the database did not do what was asked: our fault, never a reason to drop mail.
public final class StorageException extends RuntimeException {
  public StorageException(String message, Throwable cause) {
    super(message, cause);
  }
}
