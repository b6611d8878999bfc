export interface ElementProps<T> {
  element: T;
  blockId: string;
  /** True to report every change, false to report only with the form. */
  reports: boolean;
  /** Ids of DOM elements that name and describe this one in an input block. */
  labelledBy?: string;
  describedBy?: string;
  invalid?: boolean;
}
