import { createContext, useContext } from 'react';
import type { Answer } from '../send.ts';
import type { ElementState } from './input-values.ts';

/** The message or modal that a block stands in: where its elements report and what they hold. */
export interface Surface {
  /** `option` is the value chosen in a menu or entered in a text field. */
  press(blockId: string, actionId: string, option?: string): Promise<Answer>;
  read(blockId: string, actionId: string): ElementState | undefined;
  enter(blockId: string, actionId: string, state: ElementState): void;
  /** Messages by block id. */
  errors: Readonly<Record<string, string>>;
}

export const SurfaceContext = createContext<Surface | null>(null);

export function useSurface(): Surface {
  const surface = useContext(SurfaceContext);
  if (!surface) throw new Error('Blocks are drawn outside a message or modal.');
  return surface;
}
