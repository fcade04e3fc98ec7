/**
 * A score as Python prints it, and so sacreBLEU: what lies exactly in the middle is rounded to an even digit, 3.125 to 3.12,
 * where `toFixed` rounds up.
 */
export function printedScore(score: number, digits = 2): string {
  // No number that is a score has more digits in binary.
  const exact = score.toFixed(60);
  const cut = exact.slice(0, exact.indexOf('.') + 1 + digits);
  const isMiddle = /^50*$/.test(exact.slice(cut.length));
  return isMiddle && /[02468]$/.test(cut) ? cut : score.toFixed(digits);
}
