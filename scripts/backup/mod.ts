// For who takes a backup before changing something.
export { type Backup, backUp, type BackUpOptions } from "./back-up.ts";
export { restore, type Restored, type RestoreOptions } from "./restore-backup.ts";
export { type Manifest, openFolder } from "./manifest.ts";
export { BackupError } from "./backup-error.ts";
// What is said to whoever ran it.
export { adviseAfterBackup, adviseAfterRestore } from "./advice.ts";
export { formatBytes } from "./format-bytes.ts";
