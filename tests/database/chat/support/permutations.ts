/** Every order of the items, equal ones being alike: [a, a, b] gives aab, aba, baa. */
export function permutations<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return [...new Set(items)].flatMap((first) => {
    const at = items.indexOf(first);
    return permutations(items.filter((_, i) => i !== at)).map((rest) => [first, ...rest]);
  });
}

/** Every selection of the items but the empty one. */
export function selections<T>(items: readonly T[]): T[][] {
  return Array.from(
    { length: 2 ** items.length - 1 },
    (_, i) => items.filter((_, bit) => ((i + 1) >> bit) % 2 === 1),
  );
}
