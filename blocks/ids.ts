/**
 * Action, callback and block ids, as `noun.verb`.
 * Values come back from outside: they name a row and prove nothing.
 */
export const ids = {
  /** Button, value: alert id. */
  claim: 'alert.claim',
  release: 'alert.release',
  contact: 'alert.contact',
  details: 'alert.details',
  handOver: 'alert.hand-over',
  snooze: 'alert.snooze',
  notAFit: 'alert.not-a-fit',
  outcome: 'alert.outcome',
  note: 'alert.note',
  /** Of an offer, and of a lead that was handed over. */
  pass: 'alert.pass',
  keep: 'alert.keep',
  giveBack: 'alert.give-back',
  /** Button, value: `<alert id>:<undo id>`. */
  undo: 'alert.undo',
  /** Overflow menu of a direct message; the option's value is the kind to turn off. */
  muteMenu: 'dm.mute',
  /** Button of the answer to `/lead settings`, value: `<kind>:on` or `<kind>:off`. */
  setting: 'settings.toggle',
  /** A link: Slack opens it and still reports the press. */
  crm: 'alert.crm',
  /** Select menu of a roll-up; the chosen option's value is an alert id. */
  open: 'rollup.open',
  /** Overflow menu of a card; the option's value is `<one of the actions above>:<alert id>`. */
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
  /** The same for `/lead why`. */
  pickWhy: 'answer.pick-why',
  shareModal: 'share.modal',
  contactModal: 'contact.modal',
  /** Block ids of the contact modal, also used as action ids. */
  contactMethod: 'contact.method',
  contactNote: 'contact.note',
  /** Modals of the gestures that ask something first. */
  handOverModal: 'hand-over.modal',
  snoozeModal: 'snooze.modal',
  notAFitModal: 'not-a-fit.modal',
  outcomeModal: 'outcome.modal',
  noteModal: 'note.modal',
  /** Block ids of those modals, also used as action ids. */
  handOverTo: 'hand-over.to',
  snoozeUntil: 'snooze.until',
  snoozeDate: 'snooze.date',
  notAFitReason: 'not-a-fit.reason',
  outcomeKind: 'outcome.kind',
  outcomeDate: 'outcome.date',
  /** The text of any of them. */
  gestureNote: 'gesture.note',
  /** Ends an absence. */
  back: 'away.back',
  /** Buttons of the Home tab, value: where its lists begin then (home-pages.ts). */
  homePage: 'home.page',
  homePageBack: 'home.page-back',
  /** Button of the companies in a message, value: account key. */
  openCompany: 'company.open',
  /** Callback ids of the shortcuts. */
  lookUp: 'company.look-up',
  companiesIn: 'message.companies',
  /** Modal of the first one, and its input: block id and action id. */
  lookUpModal: 'look-up.modal',
  lookUpText: 'look-up.text',
  detailsModal: 'details.modal',
  /** Modals without input. */
  infoModal: 'info.modal',
} as const;
