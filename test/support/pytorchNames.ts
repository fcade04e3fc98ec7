/** PyTorch's parameter names → ours, for the modules of the fixtures. */

const cellParts: Readonly<Record<string, string>> = {
  weight_ih: 'inputWeight',
  weight_hh: 'hiddenWeight',
  bias_ih: 'inputBias',
  bias_hh: 'hiddenBias',
};

/** `weight_ih_l1_reverse` → `cells.1.1.inputWeight`; other names stay. */
export function recurrentName(name: string): string {
  const match = /^(weight_ih|weight_hh|bias_ih|bias_hh)_l(\d+)(_reverse)?$/.exec(name);
  return match ? `cells.${match[2]}.${match[3] ? 1 : 0}.${cellParts[match[1]!]}` : name;
}

/** Parameters of bench/peers/model.py's `Seq2Seq`, one layer → ours. */
export function seq2seqName(name: string): string {
  const bridge = /^bridge\.(hidden|cell)\.(weight|bias)$/.exec(name);
  if (bridge) return `decoder.bridge.layers.0.${bridge[1] === 'hidden' ? 0 : 1}.linear.${bridge[2]}`;
  if (name === 'decoder.combine.weight') return 'decoder.combine.linear.weight';
  const recurrent = /^(encoder|decoder)\.rnn\.(.*)$/.exec(name);
  return recurrent ? `${recurrent[1]}.recurrent.${recurrentName(recurrent[2]!)}` : name;
}
