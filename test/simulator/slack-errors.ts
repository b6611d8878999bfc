import {
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
} from '@slack/web-api';

/** The SDK's errors, as input for the real messenger's verdicts. */

export const platformError = (code: string): Error =>
  new WebAPIPlatformError({ ok: false, error: code });

export const httpError = (status: number): Error => new WebAPIHTTPError(status, 'simulated', {});

export const rateLimited = (seconds: number): Error => new WebAPIRateLimitedError(seconds);

export const connectionError = (code: 'ECONNREFUSED' | 'ECONNRESET'): Error =>
  new WebAPIRequestError(Object.assign(new Error(code), { code }));

export const timedOut = (): Error =>
  new WebAPIRequestError(Object.assign(new Error('timed out'), { name: 'TimeoutError' }));
