/** A place for a number in a text: it is right-aligned in the `width` columns before `end`. */
export interface NumberPlace {
  readonly end: number;
  readonly width: number;
}

interface Place {
  readonly end: number;
  readonly width: number;
  /** The smallest number that the place is too narrow for. */
  readonly tooLarge: number;
}

/** Digits that a whole number can have at most. */
const MOST_DIGITS = 16;
const DIGIT_0 = 48;

/**
 * A text with places for numbers, filled in again and again. That is several times faster than putting the text together
 * from strings, as little of it is touched.
 */
export class NumberForm {
  readonly #blank: Buffer;
  readonly #filled: Buffer;
  readonly #places: readonly Place[];

  /** `blank` has one byte for each character, and spaces in its places, which are in the order of their ends. */
  constructor(blank: string, places: readonly NumberPlace[]) {
    this.#blank = Buffer.from(blank, 'latin1');
    this.#filled = Buffer.alloc(this.#blank.length + places.length * MOST_DIGITS);
    this.#places = places.map(({ end, width }) => ({ end, width, tooLarge: 10 ** width }));
  }

  /** The text with these numbers, which must be whole and not negative; one that is too wide moves on what follows. */
  fill(numbers: readonly number[]): string {
    const text = this.#filled;
    let length = this.#blank.copy(text);
    let moved = 0;
    const places = this.#places;
    for (let index = 0; index < places.length; index++) {
      const place = places[index];
      const number = numbers[index];
      if (place === undefined || number === undefined || !(number >= 0)) {
        throw new RangeError(`${number} is no amount`);
      }
      let at = place.end + moved;
      if (number >= place.tooLarge) {
        const more = String(number).length - place.width;
        text.copyWithin(at + more, at, length);
        length += more;
        moved += more;
        at += more;
      }
      let rest = number;
      do {
        const tenth = rest < INT32_END ? (rest / 10) | 0 : Math.floor(rest / 10);
        text[--at] = rest - tenth * 10 + DIGIT_0;
        rest = tenth;
      } while (rest > 0);
    }
    return text.toString('latin1', 0, length);
  }
}

const INT32_END = 2 ** 31;
