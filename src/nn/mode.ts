let training = false;

/** True while a model is traced for training: dropout acts. */
export function isTraining(): boolean {
  return training;
}

/** Runs `trace` in training mode. */
export function inTraining<T>(trace: () => T): T {
  const outer = training;
  training = true;
  try {
    return trace();
  } finally {
    training = outer;
  }
}
