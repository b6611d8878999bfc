import type { ModalView } from '@slack/types';
import type { AccountPicture } from '../src/core/alert.ts';
import { SLACK_LIMITS } from '../src/core/slack-limits.ts';
import { accountName } from './facts.ts';
import { ids } from './ids.ts';
import { textInput } from './inputs.ts';
import { answerActions, answerBlocks } from './lookup-answer.ts';
import { modal, section } from './parts.ts';
import { plain, safe } from './text.ts';

export const LOOK_UP = 'Look up a company';
const LONGEST = 200;

/**
 * The form of the shortcut.
 * @param typed plain text
 * @param problem plain text: why there is no answer to it
 */
export function lookUpModal(typed = '', problem: string | null = null): ModalView {
  return modal({
    callbackId: ids.lookUpModal,
    title: LOOK_UP,
    submit: 'Look up',
    close: 'Close',
    blocks: [
      section(problem === null ? null : safe(problem, SLACK_LIMITS.text)),
      textInput(
        {
          id: ids.lookUpText,
          label: 'Company',
          hint: 'Domain, URL, email address, LinkedIn page, or the name of a company or a person.',
        },
        LONGEST,
        typed,
        'velocitypay.io',
      ),
    ],
  });
}

/** Why a form has no answer, as plain text. `limited`: for users who see only some channels. */
export function noCompany(typed: string, limited: boolean): string {
  const words = plain(typed, 100);
  const asked = words === '' ? 'that' : `“${words}”`;
  return limited
    ? `No company matching ${asked} has a card in your channels.`
    : `No lead matches ${asked}. Try the company's email domain, or part of its name.`;
}

/** A company without an ongoing alert, in a modal. */
export function companyModal(picture: AccountPicture, viewer: string): ModalView {
  return modal({
    callbackId: ids.infoModal,
    title: accountName(picture.account, SLACK_LIMITS.modalLabel),
    close: 'Close',
    blocks: [...answerBlocks(picture), answerActions(picture, viewer, false)],
  });
}
