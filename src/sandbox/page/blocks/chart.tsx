import { AxisPlot } from './axis-plot.tsx';
import {
  type AxisChart,
  colorAt,
  formatNumber,
  type PieChart,
  readChart,
  slicePath,
} from './chart-data.ts';
import { NotDrawn } from './not-drawn.tsx';

const PIE_RADIUS_PX = 84;

/** A `data_visualization` block, with its numbers as a table for screen readers. */
export function Chart({ block }: { block: { type: string } }) {
  const chart = readChart(block);
  if (!chart) return <NotDrawn type={block.type} />;
  return (
    <figure className="chart">
      <figcaption>{chart.title}</figcaption>
      {chart.kind === 'pie' ? (
        <Pie chart={chart} />
      ) : (
        <>
          {chart.series.length > 1 && (
            <ul className="legend" aria-hidden="true">
              {chart.series.map(({ name }, index) => (
                <li key={name}>
                  <Swatch index={index} />
                  {name}
                </li>
              ))}
            </ul>
          )}
          <AxisPlot chart={chart} />
          <Numbers chart={chart} />
        </>
      )}
    </figure>
  );
}

function Swatch({ index }: { index: number }) {
  return <span className="swatch" style={{ background: colorAt(index) }} />;
}

/** What the plot shows, for who can't see it. */
function Numbers({ chart }: { chart: AxisChart }) {
  const { title, categories, series, xLabel } = chart;
  return (
    <table className="unseen">
      <caption>{title}</caption>
      <thead>
        <tr>
          <th scope="col">{xLabel}</th>
          {series.map(({ name }) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {categories.map((category, index) => (
          <tr key={category}>
            <th scope="row">{category}</th>
            {series.map(({ name, values }) => (
              <td key={name}>{formatNumber(values[index] ?? 0)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The legend has each number, so it is the text alternative too. */
function Pie({ chart }: { chart: PieChart }) {
  const total = chart.segments.reduce((sum, { value }) => sum + value, 0) || 1;
  let turned = 0;
  const slices = chart.segments.map((segment) => {
    const from = turned;
    turned += segment.value / total;
    return { ...segment, from, to: turned };
  });
  return (
    <div className="pie">
      <svg
        viewBox={`${-PIE_RADIUS_PX - 2} ${-PIE_RADIUS_PX - 2} ${2 * PIE_RADIUS_PX + 4} ${2 * PIE_RADIUS_PX + 4}`}
        width={2 * PIE_RADIUS_PX}
        height={2 * PIE_RADIUS_PX}
        aria-hidden="true"
      >
        {slices.map(({ label, value, from, to }, index) => (
          <path
            key={label}
            className="slice"
            d={slicePath(from, to, PIE_RADIUS_PX)}
            fill={colorAt(index)}
          >
            <title>{`${label}: ${formatNumber(value)}`}</title>
          </path>
        ))}
      </svg>
      <ul className="legend">
        {slices.map(({ label, value }, index) => (
          <li key={label}>
            <Swatch index={index} />
            <span className="legend-name">{label}</span> <b>{formatNumber(value)}</b>{' '}
            <span className="legend-share">{Math.round((value / total) * 100)}%</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
