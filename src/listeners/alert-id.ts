import { z } from 'zod';

const shape = z.guid();

/** The alert that a button names, or null for a value that never was an alert's id. */
export function alertIdOf(value: string): string | null {
  return shape.safeParse(value).data ?? null;
}
