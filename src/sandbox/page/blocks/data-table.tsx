import type { DataTableBlock } from '@slack/types';
import { useState } from 'react';
import type { RichTextBlock } from 'slack-blocks-to-jsx';
import { formatNumber } from './chart-data.ts';
import { LibraryBlocks } from './rich-text.tsx';

/** Slack's, if the block names none. */
const PAGE_SIZE = 5;

type Cell = DataTableBlock['rows'][number][number];

export function DataTable({ block }: { block: DataTableBlock }) {
  const {
    caption,
    page_size: pageSize = PAGE_SIZE,
    row_header_column_index: rowHeader = 0,
  } = block;
  const [header = [], ...body] = block.rows;
  const [wanted, setPage] = useState(0);
  const pages = Math.max(1, Math.ceil(body.length / pageSize));
  const page = Math.min(wanted, pages - 1);
  const first = page * pageSize;
  const shown = body.slice(first, first + pageSize);
  const numeric = header.map((_, column) =>
    body.every((row) => row[column]?.type === 'raw_number'),
  );
  const alignment = (column: number) => (numeric[column] ? 'number' : undefined);

  return (
    <div className="data-table">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table scrolls, also by keyboard */}
      <section className="table-scroller" aria-label={caption} tabIndex={0}>
        <table>
          <caption>{caption}</caption>
          <thead>
            <tr>
              {header.map((cell, column) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: columns have no names of their own
                <th key={column} scope="col" className={alignment(column)}>
                  <CellText cell={cell} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows have no names of their own
              <tr key={first + index}>
                {row.map((cell, column) =>
                  column === rowHeader ? (
                    // biome-ignore lint/suspicious/noArrayIndexKey: columns have no names of their own
                    <th key={column} scope="row" className={alignment(column)}>
                      <CellText cell={cell} />
                    </th>
                  ) : (
                    // biome-ignore lint/suspicious/noArrayIndexKey: columns have no names of their own
                    <td key={column} className={alignment(column)}>
                      <CellText cell={cell} />
                    </td>
                  ),
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {pages > 1 && (
        <div className="table-pages">
          <button
            type="button"
            className="button"
            aria-label={`Previous rows of ${caption}`}
            disabled={page === 0}
            onClick={() => setPage(page - 1)}
          >
            ‹
          </button>
          <span role="status">
            {first + 1}–{first + shown.length} of {body.length}
          </span>
          <button
            type="button"
            className="button"
            aria-label={`Next rows of ${caption}`}
            disabled={page === pages - 1}
            onClick={() => setPage(page + 1)}
          >
            ›
          </button>
        </div>
      )}
    </div>
  );
}

function CellText({ cell }: { cell: Cell }) {
  if (cell.type === 'raw_text') return cell.text;
  if (cell.type === 'raw_number') return cell.text ?? formatNumber(cell.value);
  return isRichText(cell) ? <LibraryBlocks blocks={[cell]} /> : null;
}

// Both types describe Slack's JSON, but support different new fields.
function isRichText(cell: { type: string }): cell is RichTextBlock {
  return cell.type === 'rich_text';
}
