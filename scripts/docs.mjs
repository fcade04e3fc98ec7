// Writes docs/config.md from the schema of configurations: npm run build && node scripts/docs.mjs
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';

const file = fileURLToPath(new URL('../docs/config.md', import.meta.url));

const beginning = `# Configuration

Everything about a training run, as \`heddle train\` reads it. Every key but \`data.source\` has a default; an unknown key is an error that names the nearest valid one. \`--set training.steps=100\` replaces a value from the command line. The run directory keeps the configuration with every default filled in.

\`\`\`yaml
data:
  source: { package: cmu-pronouncing-dictionary }
\`\`\`

Written by \`node scripts/docs.mjs\` from \`src/config/schema.ts\`; \`heddle train --help\` says the same.
`;

const cell = (text) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');

/** docs/config.md, from the lines of configReference(): path, type and meaning, two or more spaces apart. */
export async function configDocument(reference) {
  const sections = new Map();
  for (const line of reference.split('\n')) {
    const [path, type, meaning = ''] = line.trim().split(/ {2,}/);
    const name = path.includes('.') ? path.split('.')[0] : 'the run';
    if (!sections.has(name)) sections.set(name, []);
    sections.get(name).push(`| \`${path}\` | ${cell(type)} | ${cell(meaning)} |`);
  }
  const tables = [...sections].map(
    ([name, rows]) => `## ${name}\n\n| key | value | meaning |\n|---|---|---|\n${rows.join('\n')}\n`,
  );
  return format([beginning, ...tables].join('\n'), { ...(await resolveConfig(file)), parser: 'markdown' });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { configReference } = await import('heddle');
  writeFileSync(file, await configDocument(configReference()));
}
