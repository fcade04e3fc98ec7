import type { Module } from '../nn/module.js';

let shared: Map<Module, Map<string, unknown>> | undefined;

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
 * What a module makes of named inputs: traced anew each time, but once within `sharingTraces`, so that the heads of a
 * shared encoder have one forward and one backward pass of it.
 * @param inputs tells what it reads from other inputs that it could be given.
 */
export function traceOnce<T>(owner: Module, trace: () => T, inputs = ''): T {
  if (!shared) return trace();
  const traced = shared.get(owner) ?? new Map<string, unknown>();
  shared.set(owner, traced);
  if (!traced.has(inputs)) traced.set(inputs, trace());
  return traced.get(inputs) as T;
}
