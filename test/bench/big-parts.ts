export const BIG_PARTS = ['calls', 'polling', 'rescore'] as const;
export type BigPart = (typeof BIG_PARTS)[number];
