import type { Module } from '../nn/module.js';

let shared: Map<Module, unknown> | undefined;

/** Runs `trace`; what its parts ask `traceOnce` for is traced by the first of them, and the others read it too. */
export function sharingTraces<T>(trace: () => T): T {
  const outer = shared;
  shared = new Map();
  try {
    return trace();
  } finally {
    shared = outer;
  }
}

/**
 * What a module makes of its own named inputs: traced anew each time, but once within `sharingTraces`, so that the heads
 * of a shared encoder have one forward and one backward pass of it.
 */
export function traceOnce<T>(owner: Module, trace: () => T): T {
  if (!shared) return trace();
  if (!shared.has(owner)) shared.set(owner, trace());
  return shared.get(owner) as T;
}
