import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const steps = process.env['HEDDLE_SYSTEM'] === 'short' ? 4000 : 20_000;

it(`resident memory stays flat from step 1,000 to step ${steps}`, () => {
  const script = fileURLToPath(new URL('../../bench/soak.mjs', import.meta.url));
  const output = execFileSync(process.execPath, ['--expose-gc', script, String(steps)], { encoding: 'utf8' });
  const rows = output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { step: number; mebibytes: number });
  expect(rows.at(-1)!.step).toBe(steps);
  const growth = rows.at(-1)!.mebibytes - rows[0]!.mebibytes;
  console.log(
    `resident memory: ${rows[0]!.mebibytes.toFixed(1)} MiB after 1,000 steps, ${growth.toFixed(1)} MiB more after ${steps}`,
  );
  // A leak of 1 KiB a step would be 19 MiB in the long form; what garbage collection leaves behind is under 5.
  expect(growth).toBeLessThan(5);
});
