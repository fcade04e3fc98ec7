/**
 * Rows that share a text, over any number of further rows, belong together: the connected components of the graph whose
 * edges are equal texts. Where translations have several sources and sources several translations, only a split by these
 * keeps a text from standing in two parts.
 * @param rows the texts of each row.
 * @returns a key per row, the same for all rows of a component: the least of its texts, whatever the order of the rows.
 */
export function componentKeys(rows: readonly (readonly string[])[]): string[] {
  const parents = new Map<string, string>();
  const rootOf = (text: string): string => {
    let root = text;
    for (let parent = parents.get(root)!; parent !== root; parent = parents.get(root)!) root = parent;
    // What was passed points to the root from now on, so that later ways are short.
    for (let each = text; each !== root;) {
      const parent = parents.get(each)!;
      parents.set(each, root);
      each = parent;
    }
    return root;
  };
  for (const texts of rows) {
    for (const text of texts) if (!parents.has(text)) parents.set(text, text);
    const roots = texts.map(rootOf);
    const least = roots.reduce((a, b) => (b < a ? b : a), roots[0]!);
    for (const root of roots) parents.set(root, least);
  }
  return rows.map(([text]) => rootOf(text!));
}
