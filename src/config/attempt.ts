import { UserError } from '../tensor/errors.js';

/** What was built, or why it was refused. */
export type Attempt<T> = { readonly built?: T; readonly refusal?: string };

/** Builds something, and takes a UserError for a refusal, in its words. */
export async function attempt<T>(build: () => T | Promise<T>): Promise<Attempt<T>> {
  try {
    return { built: await build() };
  } catch (error) {
    if (error instanceof UserError) return { refusal: error.message };
    throw error;
  }
}
