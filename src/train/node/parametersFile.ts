import type { HostTensor } from '../../engine/engine.js';
import { readBytes, writeFileAtomically } from '../../formats/node/files.js';
import { decodeSafetensors, safetensorsParts } from '../../formats/safetensors.js';
import { UserError } from '../../tensor/errors.js';
import type { ParameterStore } from '../parameterStore.js';

/**
 * Saves parameters by their names as a safetensors file: `await saveParameters('model.safetensors', trainer.parameters)`.
 * At any moment the file holds either what it held before or all of the new values; training can go on meanwhile.
 * @throws UserError naming the path and the remedy when it cannot be written.
 */
export async function saveParameters(
  path: string,
  parameters: ReadonlyMap<string, HostTensor>,
): Promise<void> {
  const copies = Object.fromEntries(
    [...parameters].map(([name, value]) => [name, { ...value, data: value.data.slice() }]),
  );
  await writeFileAtomically(path, safetensorsParts(copies));
}

/**
 * Loads what `saveParameters` saved into a model that was built in the same way. The store is the model's own, `new
 * ParameterStore(engine, model)`, or a trainer's, `trainer.trainStep.store`, to train on from there with fresh moments.
 * @returns the parameters by name, as `compileGraph`, `Predictor` and `Evaluator` take them.
 * @throws UserError naming the file when it cannot be read or is damaged, and the parameters that are missing, of another
 * shape, or unknown to the model; the store is then as before.
 */
export async function loadParameters(
  path: string,
  store: ParameterStore,
): Promise<ReadonlyMap<string, HostTensor>> {
  const { tensors } = decodeSafetensors(await readBytes(path), path);
  try {
    store.load(tensors);
  } catch (error) {
    if (error instanceof UserError) throw new UserError(`${path}: ${error.message}`, { cause: error });
    throw error;
  }
  return store.values.views;
}
