const GROUPING = /\b(?:by|on|without|ignoring|group_left|group_right)\s*\([^)]*\)/g;
const OPERATORS = new Set(["and", "or", "unless", "bool"]);

/** The selectors of a PromQL expression, without their ranges: what has to be there for it to say anything. */
export function selectorsOf(expression: string): string[] {
  const plain = expression.replaceAll(GROUPING, " ").replaceAll(/\[[^\]]*\]/g, " ")
    .replaceAll(/\boffset\s+-?\w+/g, " ");
  const found = [...plain.matchAll(/([a-zA-Z_:][\w:]*)(\{[^}]*\})?(\s*\()?/g)]
    .filter(([, name = "", , isCalled]) => isCalled === undefined && !OPERATORS.has(name))
    .map(([, name = "", labels = ""]) => name + labels);
  return [...new Set(found)];
}
