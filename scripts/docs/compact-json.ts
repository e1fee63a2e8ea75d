/** JSON that is spread over lines only where one would be longer than `width` characters. */
export function compactJson(
  value: unknown,
  { width = 90, indent = "" }: { readonly width?: number; readonly indent?: string } = {},
): string {
  const flat = onOneLine(value);
  if (indent.length + flat.length <= width || typeof value !== "object" || value === null) {
    return flat;
  }
  const inner = `${indent}  `;
  const deeper = (part: unknown): string => compactJson(part, { width, indent: inner });
  const [open, close, parts] = Array.isArray(value) ? ["[", "]", value.map(deeper)] : [
    "{",
    "}",
    Object.entries(value).map(([key, part]) => `${JSON.stringify(key)}: ${deeper(part)}`),
  ];
  return `${open}\n${parts.map((part) => inner + part).join(",\n")}\n${indent}${close}`;
}

function onOneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(onOneLine).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const parts = Object.entries(value).map(([key, part]) =>
    `${JSON.stringify(key)}: ${onOneLine(part)}`
  );
  return parts.length === 0 ? "{}" : `{ ${parts.join(", ")} }`;
}
