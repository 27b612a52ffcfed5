/** One number that a part of the benchmark found, and the most that it should be, where there is such an aim. */
export interface Figure {
  readonly name: string;
  readonly peer: string;
  readonly value: number;
  readonly unit: string;
  readonly most?: number;
}
