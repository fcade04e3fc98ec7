import { editDistance } from './editDistance.js';

/** The name most like a misspelt or shortened one; undefined when none is like it. */
export function nearestName(wrong: string, names: readonly string[]): string | undefined {
  let nearest: string | undefined;
  // Two interchanged letters count as two edits; with more than a third of the letters wrong, a guess confuses.
  let least = Math.max(2, Math.floor(wrong.length / 3)) + 1;
  for (const name of names) {
    const [typed, whole] = [wrong.toLowerCase(), name.toLowerCase()];
    // Shortened: `val` for validation.
    const begins = typed.length >= 3 && whole.startsWith(typed);
    const distance = begins ? 0 : editDistance([...typed], [...whole]);
    if (distance < least) {
      least = distance;
      nearest = name;
    }
  }
  return nearest;
}

/** `; did you mean 'header'? Valid here: …` */
export function suggestion(wrong: string, names: readonly string[]): string {
  const nearest = nearestName(wrong, names);
  return `${nearest ? ` Did you mean '${nearest}'?` : ''} Valid here: ${names.join(', ')}.`;
}
