import { createContext, useContext } from 'react';
import type { Answer } from '../send.ts';
import type { ElementState } from './input-values.ts';

/** The message or modal around a block. Holds its elements' values and handles their presses. */
export interface Surface {
  /** @param option value of a chosen option, or a text field's input */
  press(blockId: string, actionId: string, option?: string): Promise<Answer>;
  read(blockId: string, actionId: string): ElementState | undefined;
  enter(blockId: string, actionId: string, state: ElementState): void;
  /** By block id. */
  errors: Readonly<Record<string, string>>;
}

export const SurfaceContext = createContext<Surface | null>(null);

export function useSurface(): Surface {
  const surface = useContext(SurfaceContext);
  if (!surface) throw new Error('Blocks must be inside a message or modal.');
  return surface;
}
