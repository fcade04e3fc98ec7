import { hashNumbers } from '../../data/fingerprint.js';
import type { RunDirectory } from '../../formats/node/runDirectory.js';
import { hashText } from '../../tensor/random.js';
import type { RunEvaluation } from './taskRun.js';

/** The file that tells what data a run had. */
const FILE = 'data.json';

/** What is kept of test examples, to know them again: a 32-bit hash of all in their order. */
function fingerprintOf({ keys }: RunEvaluation): number {
  return hashNumbers([keys.map((key) => hashText(key))], keys.length);
}

/** Keeps in a run what its test examples were when it was trained. */
export async function keepTested(run: RunDirectory, evaluation: RunEvaluation): Promise<void> {
  const kept = (await run.readJson(FILE)) as object;
  await run.writeJson(FILE, { ...kept, testFingerprint: fingerprintOf(evaluation) });
}

/** Whether a run is measured on other test examples than when it was trained; undefined where it kept nothing of them. */
export async function testedOthers(
  run: RunDirectory,
  evaluation: RunEvaluation,
): Promise<boolean | undefined> {
  const { testFingerprint } = (await run.readJson(FILE)) as { readonly testFingerprint?: number };
  return testFingerprint === undefined ? undefined : testFingerprint !== fingerprintOf(evaluation);
}
