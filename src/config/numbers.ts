import { z } from 'zod';

/** A whole number of at least `least`. */
export const whole = (least: number) => z.int().min(least);
/** At least 0 and below 1. */
export const share = z.number().min(0).lt(1);
export const size = whole(1);
