// Docstrings as Markdown, for reference.mjs.

/** A docstring as Markdown: lines joined to paragraphs; indented lines are formulas, fences and lists stay. */
export function prose(text) {
  const withoutLinks = text.replace(/\{@link (\w+)(\.\w+)?\s*\}/g, '`$1$2`').replace(/\r/g, '');
  const blocks = withoutLinks.split(/\n{2,}/);
  return blocks
    .map((block) => {
      if (block.includes('```')) return block;
      if (/^ {2,}\S/.test(block)) return `\`\`\`text\n${block.replace(/^ +/gm, '')}\n\`\`\``;
      return block
        .replace(/\n- /, '\n\n- ')
        .replace(/(?<!\n)\n(?!\n|- )/g, ' ')
        .replace(/ {2,}/g, ' ');
    })
    .join('\n\n')
    .trim();
}

/** A cell of a table; in code `<` stands for itself. */
export const cell = (text) =>
  text
    .split(/(`[^`]*`)/)
    .map((part, i) => (i % 2 === 0 ? part.replaceAll('<', '&lt;') : part))
    .join('')
    .replaceAll('|', '\\|')
    .replaceAll('\n', ' ');
export const code = (text) => `\`${text}\``;

/** An option's text without its default, and the default: the clause that ends in "by default". */
export function splitDefault(text) {
  const clauses = text.split(/(?<=[.;])(?<!et al\.) /);
  const at = clauses.findIndex((clause) => /\bby default\b/.test(clause) || /^Default:? /.test(clause));
  if (at < 0) return { meaning: text };
  const value = clauses[at]
    .replace(/^Default:? /, '')
    .replace(/,? by default\b/, '')
    .replace(/[.;]$/, '')
    .replace(/^[A-Z](?=[a-z]*( |$))/, (letter) => letter.toLowerCase());
  const literal = /^(true|false|'[^']*'|-?[\d.e-]+)$/.test(value);
  const rest = clauses.slice(at + 1).join(' ');
  const meaning = [clauses.slice(0, at).join(' ').replace(/;$/, '.'), rest].filter(Boolean).join(' ');
  return { meaning, value: literal ? code(value) : value };
}
