/**
 * Parses Slack's mrkdwn into rich text, as Slack does. The library's own parser is really a Markdown
 * parser: it turns the escaped `&lt;!here&gt;` into a mention and `[a](b)` into a link, and drops lines
 * that start with `#`. This page must show that lead text can't ping anyone or forge a link, so we only
 * use the library to render rich text.
 */
import type {
  RichTextBlock,
  RichTextBlockElement,
  RichTextSectionElement,
} from 'slack-blocks-to-jsx';

interface Style {
  bold?: boolean;
  italic?: boolean;
  strike?: boolean;
}

const MARKS: Record<string, Style> = {
  '*': { bold: true },
  _: { italic: true },
  '~': { strike: true },
};

// A formatting mark next to one of these is plain text. Senders use them to escape marks.
const ZERO_WIDTH = '\\u200b-\\u200d\\u2060\\ufeff';
const WORD = `\\p{L}\\p{N}${ZERO_WIDTH}`;

const ANGLED = '<(?<angled>[^<>\\n]+)>';
const CODE = '`(?<code>[^`\\n]+)`';
const EMOJI = ":(?<emoji>[a-z0-9_+'-]+):";
const MARKED = `(?<![${WORD}])(?<mark>[*_~])(?![\\s*_~${ZERO_WIDTH}])(?<marked>[^\\n]*?[^\\s${ZERO_WIDTH}])\\k<mark>(?![${WORD}])`;
// Slack turns these into mentions and links unless the text is verbatim.
const BARE = `(?<url>https?:\\/\\/[^\\s<>|]*[^\\s<>|.,;:!?)])|(?<![${WORD}.])@(?<range>here|channel|everyone)(?![${WORD}])`;

const VERBATIM = new RegExp([ANGLED, CODE, EMOJI, MARKED].join('|'), 'gu');
const AUTOMATIC = new RegExp([ANGLED, CODE, EMOJI, MARKED, BARE].join('|'), 'gu');
const PLAIN = new RegExp(EMOJI, 'gu');

const decodeEntities = (text: string) =>
  text.replace(/&(lt|gt|amp);/g, (_, name) => (name === 'lt' ? '<' : name === 'gt' ? '>' : '&'));

export function parseMrkdwn(text: string, verbatim = false): RichTextBlock {
  const elements: RichTextBlockElement[] = [];
  const pattern = verbatim ? VERBATIM : AUTOMATIC;
  // Odd parts are code blocks.
  for (const [index, part] of text.split(/```\n?([\s\S]*?)\n?```\n?/).entries()) {
    if (index % 2 === 1) {
      elements.push({
        type: 'rich_text_preformatted',
        elements: [{ type: 'text', text: decodeEntities(part) }],
      });
    } else if (part !== '') {
      elements.push(...paragraphs(part, pattern));
    }
  }
  return { type: 'rich_text', elements };
}

/** Plain text has no markup except emoji. */
export function parsePlain(text: string, emoji = true): RichTextBlock {
  const elements = emoji
    ? inline(text, {}, PLAIN, (plain) => plain)
    : [{ type: 'text' as const, text }];
  return { type: 'rich_text', elements: [{ type: 'rich_text_section', elements }] };
}

/** The text for screen readers: no formatting marks, mentions by name. */
export function plainOf(block: RichTextBlock, nameOf: (id: string) => string): string {
  const read = (element: RichTextBlockElement | RichTextSectionElement): string => {
    switch (element.type) {
      case 'text':
        return element.text;
      case 'link':
        return element.text ?? element.url;
      case 'user':
        return `@${nameOf(element.user_id)}`;
      case 'channel':
        return `#${nameOf(element.channel_id)}`;
      case 'usergroup':
        return `@${nameOf(element.usergroup_id)}`;
      case 'broadcast':
        return `@${element.range}`;
      case 'emoji':
        return `:${element.name}:`;
      case 'date':
        return new Date(element.timestamp * 1000).toLocaleString();
      case 'rich_text_section':
      case 'rich_text_quote':
      case 'rich_text_preformatted':
      case 'rich_text_list':
        return element.elements.map(read).join('');
      default:
        return '';
    }
  };
  return block.elements.map(read).join('\n').trim();
}

function paragraphs(text: string, pattern: RegExp): RichTextBlockElement[] {
  const groups: { quote: boolean; lines: string[] }[] = [];
  for (const line of text.split('\n')) {
    const quoted = /^(?:&gt;|>) ?(.*)$/s.exec(line);
    const quote = quoted !== null;
    const content = quoted?.[1] ?? line;
    const open = groups.at(-1);
    if (open && open.quote === quote) open.lines.push(content);
    else groups.push({ quote, lines: [content] });
  }
  return groups.map(({ quote, lines }) => ({
    type: quote ? ('rich_text_quote' as const) : ('rich_text_section' as const),
    elements: inline(lines.join('\n'), {}, pattern, decodeEntities),
  }));
}

function inline(
  text: string,
  style: Style,
  pattern: RegExp,
  decode: (text: string) => string,
): RichTextSectionElement[] {
  const out: RichTextSectionElement[] = [];
  const write = (raw: string) => {
    if (raw !== '') out.push({ type: 'text', text: decode(raw), style });
  };
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    const groups = match.groups ?? {};
    write(text.slice(end, match.index));
    end = match.index + match[0].length;
    const { angled, code, emoji, mark, marked, url, range } = groups;
    if (angled !== undefined) out.push(readAngled(angled, style));
    else if (code !== undefined)
      out.push({ type: 'text', text: decodeEntities(code), style: { ...style, code: true } });
    else if (emoji !== undefined) out.push({ type: 'emoji', name: emoji });
    else if (mark !== undefined && marked !== undefined)
      out.push(...inline(marked, { ...style, ...MARKS[mark] }, pattern, decode));
    else if (url !== undefined) out.push({ type: 'link', url: decodeEntities(url), style });
    else if (range === 'here' || range === 'channel' || range === 'everyone')
      out.push({ type: 'broadcast', range, style });
  }
  write(text.slice(end));
  return out;
}

/** Parses the text between `<` and `>`. Unknown syntax stays as written. */
function readAngled(content: string, style: Style): RichTextSectionElement {
  const bar = content.indexOf('|');
  const target = bar < 0 ? content : content.slice(0, bar);
  const label = bar < 0 ? undefined : decodeEntities(content.slice(bar + 1));
  const user = /^@([UW][A-Z0-9]+)$/.exec(target)?.[1];
  if (user) return { type: 'user', user_id: user, style };
  const channel = /^#(C[A-Z0-9]+)$/.exec(target)?.[1];
  if (channel) return { type: 'channel', channel_id: channel, style };
  const group = /^!subteam\^(S[A-Z0-9]+)$/.exec(target)?.[1];
  if (group) return { type: 'usergroup', usergroup_id: group, style };
  const range = /^!(here|channel|everyone)$/.exec(target)?.[1];
  if (range === 'here' || range === 'channel' || range === 'everyone')
    return { type: 'broadcast', range, style };
  const date = /^!date\^(\d+)\^([^^]+)(?:\^.+)?$/.exec(target);
  if (date?.[1] && date[2])
    return { type: 'date', timestamp: Number(date[1]), format: date[2], style };
  if (/^(https?|mailto|tel):/i.test(target))
    return { type: 'link', url: decodeEntities(target), ...(label ? { text: label } : {}), style };
  return {
    type: 'text',
    text: decodeEntities(target.startsWith('!') ? (label ?? target) : `<${content}>`),
    style,
  };
}
