/** The lines of one file, or of all, that hold code, and those of them that ran. */
export interface Coverage {
  readonly file: string;
  readonly lines: number;
  readonly covered: number;
}

/** Reads the files of an LCOV report whose path begins with `root`, their paths relative to it. */
export function parseLcov(lcov: string, root: string): Coverage[] {
  return lcov.split("end_of_record")
    .map((record) => ({
      path: /^SF:(.+)$/m.exec(record)?.[1] ?? "",
      lines: Number(/^LF:(\d+)$/m.exec(record)?.[1] ?? 0),
      covered: Number(/^LH:(\d+)$/m.exec(record)?.[1] ?? 0),
    }))
    .filter(({ path }) => path.startsWith(root))
    .map(({ path, lines, covered }) => ({ file: path.slice(root.length), lines, covered }))
    .sort((a, b) => a.file < b.file ? -1 : 1);
}

/** The sum of all files. */
export function totalCoverage(files: readonly Coverage[]): Coverage {
  const sum = (count: (file: Coverage) => number): number =>
    files.reduce((total, file) => total + count(file), 0);
  return {
    file: "total",
    lines: sum(({ lines }) => lines),
    covered: sum(({ covered }) => covered),
  };
}

/** Percent of the lines that ran, one decimal, rounded down so that 100 means every line. */
export function percent({ lines, covered }: Coverage): number {
  return lines === 0 ? 100 : Math.floor((covered / lines) * 1000) / 10;
}

/** A text table of the files and their total. */
export function coverageTable(files: readonly Coverage[]): string {
  const rows = [...files, totalCoverage(files)];
  const width = Math.max(...rows.map(({ file }) => file.length));
  const line = (file: string, lines: string, share: string): string =>
    `${file.padEnd(width)}  ${lines.padStart(11)}  ${share.padStart(6)}`;
  return [
    line("file", "lines run", "%"),
    ...rows.map((row) => line(row.file, `${row.covered}/${row.lines}`, percent(row).toFixed(1))),
  ].join("\n");
}
