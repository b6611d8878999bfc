/**
 * The words of this project.
 *
 * - lead: one row of `lead_dashboard`, a developer at a company, with score, tier and suggested action
 * - account: the company of a lead, keyed by its domain in one form; a lead of whom no company is known is its own, and gets no card
 * - alert: one hot episode of an account, from the poll that saw its first lead enter `hot` until the
 *   account has been out of `hot` for the re-arm time; it holds the claim and the outcome
 * - message: a Slack message that should exist: card, roll-up, digest, notice (thread reply)
 * - gesture: something an AE does: a button, a modal, a command
 * - refusal: a gesture that the state does not allow; a value, never an exception
 */

export type Tier = 'hot' | 'warm' | 'nurture' | 'monitor';

/** One row of `lead_dashboard`. Null means that the database does not know. */
export interface Lead {
  developerId: string;
  email: string;
  championName: string | null;
  companyDomain: string | null;
  companyName: string | null;
  industry: string | null;
  employeeCount: number | null;
  employeeRange: string | null;
  fundingStage: string | null;
  totalFundingUsd: number | null;
  techStack: readonly string[];
  projectCount: number | null;
  billingTier: string | null;
  teamMemberCount: number | null;
  apiCalls30d: number | null;
  /** Per cent against the 30 days before; 0 when those had no calls. */
  apiCallGrowthPct: number | null;
  lastActiveAt: Date | null;
  featuresUsed: readonly string[];
  /** 0 to 100, rounded by Postgres. The tier is computed unrounded: 79.6 shows as 80 and is warm. */
  totalScore: number | null;
  tier: Tier | null;
  suggestedAction: string | null;
  stakeholderCount: number;
  signalCount: number;
  /** The next three are of columns that the owner may append to the view. */
  ownerEmail: string | null;
  /** Slack user id of the person with that address; null when there is none, or it is not known. */
  ownerUser: string | null;
  /** An http or https URL of at most 3,000 characters. */
  crmUrl: string | null;
  /** Up to five. Text from outside: escape it. */
  cardFields: readonly { label: string; text: string }[];
}

/** What a lead looked like at one moment: the figures whose movement answers "why hot now?". */
export interface Snapshot {
  takenAt: Date;
  totalScore: number | null;
  tier: Tier | null;
  components: ScoreComponents | null;
  apiCalls30d: number | null;
  apiCallGrowthPct: number | null;
  teamMemberCount: number | null;
  projectCount: number | null;
  billingTier: string | null;
  featuresUsed: readonly string[];
}

/** The five inputs of the total, each 0 to 100 points. */
export interface ScoreComponents {
  company: number;
  usage: number;
  expansion: number;
  champion: number;
  timing: number;
}

export interface Signal {
  type: string;
  title: string;
  detail: string | null;
  /** ISO calendar date (`2026-03-02`), no time zone. */
  date: string | null;
  strength: 'low' | 'medium' | 'high';
}

export interface Stakeholder {
  fullName: string;
  title: string | null;
  isDecisionMaker: boolean;
  isTechnical: boolean;
  isBudgetHolder: boolean;
}

/** A lead as part of an account, with what the alert knows of it. */
export interface AccountLead extends Lead {
  components: ScoreComponents | null;
  /** Set when the lead belongs to the alert that is shown. */
  enteredAt: Date | null;
  /** Set while the lead is out of hot. */
  leftAt: Date | null;
  /** The newest snapshot in which the lead was not hot yet; null when none was ever taken. */
  before: Snapshot | null;
}

/** A company with everything that is known of it. */
export interface Account {
  /** The domain as `lead_bot.normal_domain` writes it, or `lead:<developer id>` where no company is known. */
  key: string;
  domain: string | null;
  /** Company name, else domain, else the developer's e-mail address. Text from outside: escape it. */
  name: string;
  /** Best score first; the first one is the champion that the card leads with. */
  leads: readonly AccountLead[];
  /** Strongest and newest first. */
  signals: readonly Signal[];
  /** Decision makers first. */
  stakeholders: readonly Stakeholder[];
}
