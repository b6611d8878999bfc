/**
 * Glossary.
 *
 * - lead: one row of `lead_dashboard`, a developer at a company, with score, tier and suggested action
 * - account: a lead's company, keyed by its normalized domain; a lead without a known company is its own account and gets no card
 * - alert: one hot episode of an account, from the poll that saw its first lead turn hot until the
 *   account has not been hot for the re-arm time; it holds the claim and the outcome
 * - message: a Slack message that should exist: card, roll-up, digest, notice (thread reply)
 * - gesture: a button, modal or command that an AE uses
 * - refusal: the answer to a gesture that the alert's state doesn't allow; a value, never an exception
 */

export type Tier = 'hot' | 'warm' | 'nurture' | 'monitor';

/** One row of `lead_dashboard`. Null means unknown. */
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
  /** Percent change from the previous 30 days; 0 if those had no calls. */
  apiCallGrowthPct: number | null;
  lastActiveAt: Date | null;
  featuresUsed: readonly string[];
  /** 0 to 100, rounded by Postgres. The tier uses the unrounded total: 79.6 shows as 80 but is warm. */
  totalScore: number | null;
  tier: Tier | null;
  suggestedAction: string | null;
  stakeholderCount: number;
  signalCount: number;
  /** This and the next three come from columns that the owner may append to the view. */
  ownerEmail: string | null;
  /** Slack user id of the owner; null if there is none or it isn't known yet. */
  ownerUser: string | null;
  /** An http or https URL of at most 3,000 characters. */
  crmUrl: string | null;
  /** Up to five. Untrusted text: escape it. */
  cardFields: readonly { label: string; text: string }[];
}

/** A lead's figures at one time. Comparing two answers "why hot now?". */
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
  linkedinUrl: string | null;
}

/** A lead as part of an account and its alert. */
export interface AccountLead extends Lead {
  components: ScoreComponents | null;
  /** Set if the lead belongs to the alert. */
  enteredAt: Date | null;
  /** Set while the lead is not hot. */
  leftAt: Date | null;
  /** The newest snapshot from before the lead turned hot; null without one. */
  before: Snapshot | null;
}

/** A company and everything known about it. */
export interface Account {
  /** The domain as normalized by `lead_bot.normal_domain`, or `lead:<developer id>` without a known company. */
  key: string;
  domain: string | null;
  /** Company name, else domain, else the developer's email address. Untrusted text: escape it. */
  name: string;
  linkedinUrl: string | null;
  /** Best score first. The first one is the card's champion. */
  leads: readonly AccountLead[];
  /** Strongest and newest first. */
  signals: readonly Signal[];
  /** Decision makers first. */
  stakeholders: readonly Stakeholder[];
}
