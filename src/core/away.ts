/** An AE who is away now. */
export interface Absence {
  person: string;
  until: Date;
  /** Who gets first call in their place. */
  cover: string | null;
}
