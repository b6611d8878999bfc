/**
 * Text from the database and from users is untrusted. The functions here make it harmless: it can't ping, forge a
 * link or an emoji, change the formatting around it, or break the layout.
 *
 * Escaping `& < >` stops mentions and links. Slack also reads bare `@here`, `#general` and `:x:`, and has no
 * escape for `* _ ~ `` ` ``: those become look-alikes or get an invisible joiner.
 */

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
const JOINER = '\u2060';
/**
 * Invisible characters with no use in a name or sentence: Unicode's default-ignorables, the blanks of Braille,
 * hieroglyphs and musical notes, annotation anchors and object replacement. Keeps U+200C, U+200D and U+FE00 to
 * U+FE0F, which scripts and emoji need.
 */
const INVISIBLE =
  /(?!\u200C|\u200D|[\uFE00-\uFE0F])[\p{Default_Ignorable_Code_Point}\u2800\uFFF9-\uFFFC\u{13441}\u{13442}\u{1D159}]/gu;
const RIGHT_TO_LEFT =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
const TOKEN = /<[^<>\n]*>|&(?:amp|lt|gt);/g;

/** One line without control characters, lone surrogates and invisible characters; `''` if nothing visible is left. */
export function clean(raw: string): string {
  const line = raw
    .replace(INVISIBLE, '')
    .replace(/\s+/g, ' ')
    .replace(/[\p{Cc}\p{Cs}]/gu, '')
    .replace(/(\p{M}{3})\p{M}+/gu, '$1')
    .trim();
  return /[\p{L}\p{N}\p{P}\p{S}]/u.test(line) ? line : '';
}

/** Cuts to `max` UTF-16 units, between graphemes and, in longer texts, between words. */
export function clip(text: string, max: number): string {
  if (text.length <= max) return text;
  let kept = '';
  // The slice may end inside a grapheme, but its last segment is never kept: the ellipsis needs a unit.
  for (const { segment } of graphemes.segment(text.slice(0, max))) {
    if (kept.length + segment.length > max - 1) break;
    kept += segment;
  }
  const words = max >= 40 ? kept.replace(/\s+\S{0,15}$/, '') : kept;
  return `${(words || kept).trimEnd()}…`;
}

/** Like `clip`, for escaped mrkdwn: never cuts through `&amp;` or `<…|…>`. */
export function clipMrkdwn(text: string, max: number): string {
  if (text.length <= max) return text;
  let kept = '';
  let at = 0;
  const fits = (piece: string) => kept.length + piece.length <= max - 1;
  for (const token of text.slice(0, max + 3000).matchAll(TOKEN)) {
    const before = text.slice(at, token.index);
    if (!fits(before)) break;
    kept += before;
    at = token.index;
    if (!fits(token[0])) return `${kept.trimEnd()}…`;
    kept += token[0];
    at += token[0].length;
  }
  const next = text.slice(at).search(TOKEN);
  const rest = next < 0 ? text.slice(at) : text.slice(at, at + next);
  const room = max - kept.length;
  if (rest.length < room) return `${`${kept}${rest}`.trimEnd()}…`;
  return room < 1 ? kept : `${kept}${clip(rest, room)}`;
}

/** Escapes mrkdwn's three reserved characters. */
export function escapeMrkdwn(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

/** Replaces characters that Slack would read as formatting, mention or emoji. Expects cleaned text. */
function defuse(text: string): string {
  return text
    .replace(/\*/g, '∗')
    .replace(/~/g, '∼')
    .replace(/`/g, 'ˋ')
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, 'ˍ')
    .replace(/^>/, '›')
    .replace(/@(?=here|channel|everyone|group)/gi, `@${JOINER}`)
    .replace(/(?<![\p{L}\p{N}])#(?=[\p{L}\p{N}])/gu, `#${JOINER}`)
    .replace(/:(?=[\w+'-]+:)/g, `:${JOINER}`);
}

/** For `plain_text`: cleaned, at most `max` UTF-16 units. */
export function plain(raw: string, max: number): string {
  // Bounds the work: nothing far beyond the limit is visible.
  const line = clean(raw.slice(0, max * 4 + 400));
  if (!RIGHT_TO_LEFT.test(line)) return clip(line, max);
  // Isolated, so that a right-to-left name doesn't reorder the text around it.
  return `\u2068${clip(line, max - 2)}\u2069`;
}

/** For mrkdwn: cleaned, at most `max` UTF-16 units before escaping. */
export function safe(raw: string, max: number): string {
  return escapeMrkdwn(defuse(plain(raw, max)));
}

/** A link whose label can't break out of it; only the label unless it is http, https or mailto. */
export function link(url: string, label: string): string {
  const shown = safe(label, 200);
  const parsed = url.length <= 2000 ? URL.parse(url) : null;
  if (parsed === null || !['http:', 'https:', 'mailto:'].includes(parsed.protocol)) return shown;
  const target = parsed.href.replace(/[|<>\s]/g, encodeURIComponent);
  return shown === '' ? '' : `<${target}|${shown}>`;
}

/** A `mailto:` link that shows the exact address, for copying; safe text if it isn't a plain address. */
export function emailLink(address: string): string {
  const exact = /^[a-z0-9][a-z0-9._%+'-]*@[a-z0-9-]+(?:\.[a-z0-9-]+)+$/i.test(address);
  if (!exact || address.length > 254) return safe(address, 120);
  const target = address.replace(/%/g, '%25');
  return `<mailto:${target}|${address}>`;
}

/** A domain as a link; safe text if it isn't a plain host name. */
export function domainLink(domain: string): string {
  const exact = /^(?=.{4,253}$)[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})+$/i.test(domain);
  return exact ? link(`https://${domain}`, domain) : safe(domain, 120);
}

/** `<!subteam^S…>`, or null if it isn't the id of a user group. */
export function groupMention(group: string | null): string | null {
  return group !== null && /^S[A-Z0-9]{1,30}$/.test(group) ? `<!subteam^${group}>` : null;
}

/** `<@U…>`, or null if it isn't a Slack user id. */
export function mention(user: string | null): string | null {
  return user !== null && /^[UW][A-Z0-9]{1,30}$/.test(user) ? `<@${user}>` : null;
}
