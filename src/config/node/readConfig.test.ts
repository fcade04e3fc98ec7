import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readConfig } from './readConfig.js';

it('is called after its file, as a run may be called', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'heddle-config-'));
  try {
    for (const [file, name] of [
      ['my config (1).yaml', 'my-config-1-'],
      ['_draft.yaml', 'draft'],
      ['词.yaml', '词'],
    ] as const) {
      await writeFile(join(folder, file), 'data: { source: { file: a.tsv } }\n');
      expect((await readConfig(join(folder, file))).name).toBe(name);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

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
