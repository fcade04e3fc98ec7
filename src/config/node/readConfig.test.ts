import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readConfig } from './readConfig.js';

it('finds files from the folder of the configuration, and leaves columns alone', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'heddle-config-'));
  try {
    const read = async (task: string, source: string) => {
      await writeFile(join(folder, 'run.yaml'), `task: ${task}\ndata: { source: ${source} }\n`);
      return ((await readConfig(join(folder, 'run.yaml'))) as { data?: { source: unknown } }).data?.source;
    };
    expect(await read('language-model', '{ text: book.txt }')).toMatchObject({
      text: join(folder, 'book.txt'),
    });
    expect(
      await read('regression', '{ file: reviews.tsv, text: review, values: [stars], header: true }'),
    ).toMatchObject({ file: join(folder, 'reviews.tsv'), text: 'review', values: ['stars'] });
  } finally {
    await rm(folder, { recursive: true });
  }
});
