/** Colour where a person looks at it and has not asked for none (https://no-color.org). */
export function wantsColor(): boolean {
  return process.stdout.isTTY && !process.env['NO_COLOR'];
}
