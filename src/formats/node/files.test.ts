import { chmod, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { UserError } from '../../tensor/errors.js';
import {
  append,
  exists,
  makeDirectory,
  readBytes,
  readJson,
  readText,
  removeTemporaries,
  writeDirectoryAtomically,
  writeFileAtomically,
  writeJson,
} from './files.js';

/** When set, a write stores half of its bytes and then fails as a full disk does. */
let failure: string | undefined;
vi.mock('node:fs/promises', async (original) => {
  const fs = await original<typeof import('node:fs/promises')>();
  const fail = (): never => {
    throw Object.assign(new Error(`${failure}: simulated`), { code: failure });
  };
  return {
    ...fs,
    writeFile: async (...[file, content, options]: Parameters<typeof fs.writeFile>) => {
      if (!failure) return fs.writeFile(file, content, options);
      await fs.writeFile(file, 'half', options);
      return fail();
    },
    appendFile: async (...args: Parameters<typeof fs.appendFile>) =>
      failure ? fail() : fs.appendFile(...args),
  };
});

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'heddle-files-'));
});
afterEach(async () => {
  failure = undefined;
  await rm(directory, { recursive: true, force: true });
});
const at = (name: string): string => join(directory, name);

describe('atomic writing', () => {
  it('replaces a file and leaves nothing else', async () => {
    await writeFileAtomically(at('a'), 'old');
    await writeFileAtomically(at('a'), [Uint8Array.of(0x6e), Uint8Array.of(0x65, 0x77)]);
    expect(await readText(at('a'))).toBe('new');
    expect(await readdir(directory)).toEqual(['a']);
  });

  it.each(['ENOSPC', 'EDQUOT', 'EIO'])('keeps the old file on %s, and says what to do', async (code) => {
    await writeFileAtomically(at('a'), 'old');
    failure = code;
    const writing = writeFileAtomically(at('a'), 'new');
    await expect(writing).rejects.toThrow(UserError);
    await expect(writing).rejects.toThrow(at('a'));
    if (code === 'ENOSPC') {
      await expect(writing).rejects.toThrow('the disk is full (ENOSPC). Free some space, then resume');
    }
    failure = undefined;
    expect(await readText(at('a'))).toBe('old');
    expect(await readdir(directory)).toEqual(['a']);
  });

  it('writes a folder as a unit, or not at all', async () => {
    failure = 'ENOSPC';
    await expect(writeDirectoryAtomically(at('d'), { x: '1', y: '2' })).rejects.toThrow('the disk is full');
    expect(await readdir(directory)).toEqual([]);
    failure = undefined;
    await writeDirectoryAtomically(at('d'), { x: '1', y: '2' });
    expect((await readdir(at('d'))).sort()).toEqual(['x', 'y']);
    await expect(writeDirectoryAtomically(at('d'), { x: '3' })).rejects.toThrow('it exists already');
    expect(await readText(at('d/x'))).toBe('1');
    expect(await readdir(directory)).toEqual(['d']);
  });

  it('names the reason when a path cannot be written', async () => {
    await expect(writeFileAtomically(at('missing/a'), '')).rejects.toThrow(
      `Could not write ${at('missing/a')}: its folder does not exist (ENOENT). Create the folder first.`,
    );
    await writeFile(at('file'), '');
    await expect(makeDirectory(at('file/sub'))).rejects.toThrow('a part of the path is a file');
    await expect(append(directory, 'x')).rejects.toThrow('it is a folder');
    failure = 'ENOSPC';
    await expect(append(at('file'), 'x')).rejects.toThrow('the disk is full');
  });

  it('removes what interrupted writes left, and nothing else', async () => {
    await writeFile(at('.a.0123.tmp'), '');
    await mkdir(at('.d.4567.tmp'));
    await writeFile(at('.keep'), '');
    await writeFile(at('b.tmp'), '');
    await removeTemporaries(directory);
    expect((await readdir(directory)).sort()).toEqual(['.keep', 'b.tmp']);
  });
});

describe('reading', () => {
  it('drops a byte order mark', async () => {
    await writeFile(at('a'), '\uFEFFhéllo\n');
    expect(await readText(at('a'))).toBe('héllo\n');
  });

  const table: [string, number[], string][] = [
    [
      'a stray byte',
      [0x61, 0x0a, 0xc3, 0xa9, 0x62, 0xff, 0x0a],
      'line 2, column 3: not valid UTF-8 (byte 0xff)',
    ],
    [
      'a cut sequence before a newline',
      [0x61, 0xe2, 0x82, 0x0a],
      'line 1, column 2: not valid UTF-8 (byte 0xe2)',
    ],
    ['a cut sequence at the end', [0x0a, 0x0a, 0xc3], 'line 3, column 1: not valid UTF-8 (byte 0xc3)'],
    ['a bad continuation', [0xc3, 0x28], 'line 1, column 1: not valid UTF-8 (byte 0xc3)'],
    ['a surrogate', [0x61, 0xed, 0xa0, 0x80], 'line 1, column 2: not valid UTF-8 (byte 0xed)'],
    ['UTF-16', [0xff, 0xfe, 0x61, 0x00], 'the file is UTF-16. Save it as UTF-8.'],
    ['no content', [], 'the file is empty'],
  ];
  it.each(table)('names the place of %s', async (_, bytes, message) => {
    await writeFile(at('a.txt'), Uint8Array.from(bytes));
    await expect(readText(at('a.txt'))).rejects.toThrow(UserError);
    await expect(readText(at('a.txt'))).rejects.toThrow(`${at('a.txt')}: ${message}`);
  });

  it('allows an empty file where that has a meaning', async () => {
    await writeFile(at('a'), '');
    expect(await readText(at('a'), { allowEmpty: true })).toBe('');
  });

  it('names a missing file, a folder and a forbidden file', async () => {
    await expect(readText(at('a'))).rejects.toThrow(`${at('a')}: no such file. Check the path.`);
    await expect(readBytes(directory)).rejects.toThrow('is a folder, not a file');
    expect(await exists(at('a'))).toBe(false);
    await writeFile(at('secret'), 'x');
    await chmod(at('secret'), 0);
    if (process.getuid?.() !== 0) await expect(readBytes(at('secret'))).rejects.toThrow('permission denied');
  });

  it('round-trips JSON, and refuses what JSON would lose', async () => {
    const value = { a: [1, 0.1, -1e-300], b: 'ɹ', c: null };
    await writeJson(at('a.json'), value);
    expect(await readJson(at('a.json'))).toEqual(value);
    await expect(writeJson(at('a.json'), { best: { loss: Infinity } })).rejects.toThrow(
      "JSON cannot hold Infinity (key 'loss')",
    );
    expect(await readJson(at('a.json'))).toEqual(value);
    await writeFile(at('a.json'), (await readFile(at('a.json'), 'utf8')).slice(0, -5));
    await expect(readJson(at('a.json'))).rejects.toThrow(`${at('a.json')}: not valid JSON`);
  });
});
