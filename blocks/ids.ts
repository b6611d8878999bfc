/**
 * The names by which Slack tells us what was pressed: `noun.verb`.
 * A button's value is always the id of an alert; it names a row and proves nothing.
 */
export const ids = {
  /** Button, value: alert id. */
  claim: 'alert.claim',
  release: 'alert.release',
  contact: 'alert.contact',
  details: 'alert.details',
  /** A link: Slack opens it, and tells us of the press all the same. */
  crm: 'alert.crm',
  /** Select menu of a roll-up; the chosen option's value is an alert id. */
  open: 'rollup.open',
  /** Overflow menu of a card; the option's value is `<one of the four actions above>:<alert id>`. */
  more: 'alert.more',
  /** Button of a private answer, value: account key. */
  share: 'answer.share',
  /** Button of a private list, value: `digest` or a page (list-page.ts). */
  shareList: 'answer.share-list',
  /** Buttons below a list, value: the page to show (list-page.ts). */
  nextPage: 'list.next',
  previousPage: 'list.previous',
  /** Button of a near match, value: account key. */
  pick: 'answer.pick',
  /** The modal that they open. */
  shareModal: 'share.modal',
  contactModal: 'contact.modal',
  /** Block ids of the contact modal; the action id of each is the same word. */
  contactMethod: 'contact.method',
  contactNote: 'contact.note',
  detailsModal: 'details.modal',
  /** Modals that only say something. */
  infoModal: 'info.modal',
} as const;
