import type { default as Sharp } from 'sharp';
import { UserError } from '../../tensor/errors.js';

/**
 * The optional package that decodes images. In a file of its own, so that no public type needs it.
 * @throws UserError where the package is not installed.
 */
export async function loadSharp(): Promise<typeof Sharp> {
  try {
    return (await import('sharp')).default;
  } catch (error) {
    throw new UserError(
      `Images are read through the package sharp, which is not installed, or not for this machine. Run: npm install sharp`,
      { cause: error },
    );
  }
}
