import type { App } from '@slack/bolt';
import { ids } from '../../blocks/ids.ts';
import { comeBack } from './away.ts';
import { onPress, type PressListener } from './button-press.ts';
import { claimLead, giveBackLead, keepLead, passLead, releaseLead } from './claim-lead.ts';
import { onCompaniesInMessage } from './companies-in-message.ts';
import type { ListenerDeps } from './deps.ts';
import { changeSetting, turnOff } from './direct-settings.ts';
import { type GestureForm, onFormSubmitted, openForm } from './gesture-form.ts';
import { handOverForm } from './hand-over.ts';
import { onHomeOpened, turnHomePage } from './home.ts';
import { onLeadCommand } from './lead-command.ts';
import { onLookUp, onLookUpSubmitted, openCompany, pickMatch } from './look-up.ts';
import { contactForm } from './mark-contacted.ts';
import { onMention } from './mention.ts';
import { moreMenu } from './more-menu.ts';
import { notAFitForm } from './not-a-fit.ts';
import { turnPage } from './private-answers.ts';
import { outcomeForm } from './record-outcome.ts';
import { askToShare, onShareSubmitted } from './share-in-channel.ts';
import { showDetails } from './show-details.ts';
import { snoozeForm } from './snooze-lead.ts';
import { noteForm } from './take-note.ts';
import { undoGesture } from './undo-gesture.ts';
import { pickWhy } from './why.ts';

/** Everything an AE can do. */
export function registerListeners(app: App, deps: ListenerDeps): void {
  const forms: Readonly<Record<string, GestureForm>> = {
    [ids.contact]: contactForm,
    [ids.handOver]: handOverForm(deps),
    [ids.snooze]: snoozeForm(deps),
    [ids.notAFit]: notAFitForm(deps),
    [ids.outcome]: outcomeForm(deps),
    [ids.note]: noteForm,
  };
  const onAlert: Record<string, PressListener> = {
    [ids.claim]: claimLead(deps),
    [ids.release]: releaseLead(deps),
    [ids.pass]: passLead(deps),
    [ids.keep]: keepLead(deps),
    [ids.giveBack]: giveBackLead(deps),
    [ids.details]: showDetails(deps),
  };
  for (const [actionId, form] of Object.entries(forms)) {
    onAlert[actionId] = openForm(deps, form);
    onFormSubmitted(app, deps, form);
  }
  for (const [actionId, listener] of Object.entries(onAlert)) {
    onPress(app, actionId, deps, listener);
  }
  onPress(app, ids.more, deps, moreMenu(onAlert, deps));
  onPress(app, ids.undo, deps, undoGesture(deps));
  onPress(app, ids.open, deps, showDetails(deps));
  onPress(app, ids.pick, deps, pickMatch(deps));
  onPress(app, ids.pickWhy, deps, pickWhy(deps));
  onPress(app, ids.openCompany, deps, openCompany(deps));
  // Slack opens the link. The press only needs the guard's acknowledgement.
  onPress(app, ids.crm, deps, async () => {});
  onPress(app, ids.muteMenu, deps, turnOff(deps));
  onPress(app, ids.setting, deps, changeSetting(deps));
  onPress(app, ids.back, deps, comeBack(deps));
  onPress(app, ids.homePage, deps, turnHomePage(deps));
  onPress(app, ids.homePageBack, deps, turnHomePage(deps));
  onPress(app, ids.share, deps, askToShare(deps, 'company'));
  onPress(app, ids.shareList, deps, askToShare(deps, 'list'));
  onPress(app, ids.nextPage, deps, turnPage(deps));
  onPress(app, ids.previousPage, deps, turnPage(deps));
  onShareSubmitted(app, deps);
  onLeadCommand(app, deps);
  onLookUp(app, deps);
  onLookUpSubmitted(app, deps);
  onCompaniesInMessage(app, deps);
  onMention(app, deps);
  onHomeOpened(app, deps);
}
