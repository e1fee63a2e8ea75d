/** A backup that cannot be made, or not be restored; the message says why and what to do. */
export class BackupError extends Error {
  override name = "BackupError";
}
