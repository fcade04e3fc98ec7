import { IntPairMap } from './intPairMap.js';

/** Numbers of characters, from 0; −1 for one that none of the pieces has. */
export type Characters = ReadonlyMap<string, number>;

/** The places of a word, as numbers of its characters. */
export function numbersOf(word: string, characters: Characters): number[] {
  return Array.from(word, (character) => characters.get(character) ?? -1);
}

/** Pieces by the characters that they begin with: `for (let node = 0; (node = trie.step(node, character)) >= 0; )`. */
export class Trie {
  private readonly edges: IntPairMap;
  private readonly pieces: number[] = [-1];

  /** @param pieces as numbers of their characters; the index of a piece is its id. */
  constructor(pieces: readonly (readonly number[])[]) {
    this.edges = new IntPairMap(2 * pieces.length);
    pieces.forEach((piece, id) => {
      let node = 0;
      for (const character of piece) {
        let child = this.edges.get(node, character);
        if (child === -1) this.edges.set(node, character, (child = this.pieces.push(-1) - 1));
        node = child;
      }
      this.pieces[node] = id;
    });
  }

  /** The node that a character leads to from a node, the root being 0; −1 where no piece goes on so. */
  step(node: number, character: number): number {
    return this.edges.get(node, character);
  }

  /** The id of the piece that ends at a node; −1 where none does. */
  pieceAt(node: number): number {
    return this.pieces[node]!;
  }
}
