import { useCallback, useMemo, useRef, useState } from 'react';
import type { ElementState, FormValues } from './blocks/input-values.ts';
import type { Surface } from './blocks/surface.ts';
import type { Answer } from './send.ts';

const NO_ERRORS: Readonly<Record<string, string>> = {};

/** Input on a surface, kept until the surface unmounts. */
export function useForm(
  press: (blockId: string, actionId: string, option?: string) => Promise<Answer>,
  errors: Readonly<Record<string, string>> = NO_ERRORS,
): { surface: Surface; values: FormValues } {
  const [values, setValues] = useState<FormValues>({});
  const newest = useRef(press);
  newest.current = press;

  const enter = useCallback(
    (blockId: string, actionId: string, state: ElementState) =>
      setValues((before) => ({ ...before, [blockId]: { ...before[blockId], [actionId]: state } })),
    [],
  );
  const surface = useMemo<Surface>(
    () => ({
      press: (blockId, actionId, option) => newest.current(blockId, actionId, option),
      read: (blockId, actionId) => values[blockId]?.[actionId],
      enter,
      errors,
    }),
    [values, errors, enter],
  );
  return { surface, values };
}
