export interface ElementProps<T> {
  element: T;
  blockId: string;
  /** Report every change, not only the submission of the form. */
  reports: boolean;
  /** Ids of the elements that name and describe this one in an input block. */
  labelledBy?: string;
  describedBy?: string;
  invalid?: boolean;
}
