import { createRequire } from 'node:module';
import { z } from 'zod';

const require = createRequire(import.meta.url);

/** Missing from the package, plus the five of `is_company_email`, which always count. */
const ALSO = `
  gmail.com yahoo.com hotmail.com outlook.com icloud.com
  139.com aol.de duck.com fastmail.com gmx.biz gmx.info gmx.org mail.de mail.ee posteo.at posteo.de posteo.net
  proton.com rocketmail.com tuta.com tuta.io tutamail.com tutanota.com tutanota.de vodafone.it zohomail.com zohomail.eu`;

/**
 * In the package, but companies or examples: their employees are leads. Internet providers are here
 * if their customers get addresses on another domain.
 */
const COMPANIES = `
  about.com albawaba.com alibaba.com ancestry.com bolt.com bt.com care2.com clay.xyz clerk.com discovery.com dmv.com
  dnsmadeeasy.com doityourself.com easypost.com example.com facebook.com geek.com homestead.com imail.org mail-tester.com medscape.com mydomain.com
  name.com nus.edu.sg oath.com parrot.com sfgov.net singpost.com space.com talkcity.com techspot.com telstra.com test.com
  test.de travala10.com unican.es weave.email workflowy.cn workflowy.top www.com yourdomain.com`;

/** The form that lead_bot.normal_domain returns: plain ASCII, no `www.`, letters as the top level. */
const DOMAIN = /^(?!www\.)(?!.*xn--)[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}$/;

const words = (text: string): string[] => text.trim().split(/\s+/);

/** Domains that hand out addresses to anyone: the `email-providers` list with the corrections above. */
export function mailProviders(): string[] {
  const listed = z.array(z.string()).parse(require('email-providers/all.json'));
  const companies = new Set(words(COMPANIES));
  const domains = new Set([...listed, ...words(ALSO)]);
  return [...domains].filter((domain) => DOMAIN.test(domain) && !companies.has(domain)).sort();
}
