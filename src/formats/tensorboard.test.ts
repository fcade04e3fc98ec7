import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { crc32c, fileVersionEvent, resumeEvent, scalarsEvent, textEvent } from './tensorboard.js';

it('writes the same bytes as TensorBoard', () => {
  const reference = readFileSync(
    new URL('../../test/fixtures/tensorboard/reference.tfevents', import.meta.url),
  );
  const ours = Buffer.concat([
    fileVersionEvent(1700000000.25),
    scalarsEvent(1700000001.5, 7, { 'loss/train': 2.3125, 'loss/validation': -0.1 }),
    textEvent(1700000002, 5_000_000_000, 'samples', 'həˈloʊ *世界*'),
    resumeEvent(1700000003, 8),
  ]);
  expect(ours.toString('hex')).toBe(reference.toString('hex'));
});

it('computes CRC-32C', () => {
  // The check value of the algorithm, and RFC 3720, B.4.
  expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283);
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(0))).toBe(0);
});
