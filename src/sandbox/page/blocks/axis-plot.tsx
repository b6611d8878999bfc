import { Fragment, useLayoutEffect, useRef, useState } from 'react';
import { type AxisChart, colorAt, formatNumber, formatShort, ticksFor } from './chart-data.ts';

const PLOT_HEIGHT_PX = 180;
const LETTER_PX = 6.8;
const WIDEST_BAR_PX = 44;
/** Of a slanted label. */
const SLANT = Math.PI / 5;
const LONGEST_SLANTED = 14;

/** The plot of a bar, line or area chart, as wide as its place. */
export function AxisPlot({ chart }: { chart: AxisChart }) {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    setWidth(element.clientWidth);
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return (
    <div className="plot" ref={box}>
      {width > 0 && <Plot chart={chart} width={width} />}
    </div>
  );
}

/** Pixels, in the coordinates of the SVG. */
interface Frame {
  left: number;
  right: number;
  top: number;
  bottom: number;
  /** Width of a category. */
  slot: number;
  /** Center of a category. */
  x(index: number): number;
  y(value: number): number;
}

function Plot({ chart, width }: { chart: AxisChart; width: number }) {
  const { categories, series, xLabel, yLabel } = chart;
  const ticks = ticksFor(
    series.flatMap(({ values }) => values),
    4,
  );
  const [least = 0, most = 1] = [ticks[0], ticks.at(-1)];
  const tickWidth = Math.max(...ticks.map((tick) => formatShort(tick).length)) * LETTER_PX;
  const longest = Math.max(0, ...categories.map(({ length }) => length));
  const roomFor = (left: number) => (width - left - 8) / Math.max(1, categories.length);
  const slanted = longest * LETTER_PX > roomFor(tickWidth + 12) - 6;
  const labelWidth = Math.min(longest, LONGEST_SLANTED) * LETTER_PX;
  // The first slanted label begins left of its category.
  const left = slanted
    ? Math.max(tickWidth + 12, labelWidth * Math.cos(SLANT) - roomFor(tickWidth + 12) / 2)
    : tickWidth + 12;
  const top = yLabel === '' ? 14 : 30;
  const frame: Frame = {
    left,
    right: width - 8,
    top,
    bottom: top + PLOT_HEIGHT_PX,
    slot: roomFor(left),
    x: (index) => left + (index + 0.5) * roomFor(left),
    y: (value) => top + PLOT_HEIGHT_PX * ((most - value) / (most - least)),
  };
  const labelsHeight = slanted ? labelWidth * Math.sin(SLANT) + 20 : 22;
  const height = frame.bottom + labelsHeight + (xLabel === '' ? 0 : 18);
  return (
    <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      {yLabel !== '' && (
        <text x={0} y={11} className="axis-label">
          {yLabel}
        </text>
      )}
      {ticks.map((tick) => (
        <Fragment key={tick}>
          <line
            className={tick === 0 ? 'axis' : 'grid'}
            x1={frame.left}
            x2={frame.right}
            y1={frame.y(tick)}
            y2={frame.y(tick)}
          />
          <text x={frame.left - 8} y={frame.y(tick) + 4} textAnchor="end">
            {formatShort(tick)}
          </text>
        </Fragment>
      ))}
      {categories.map((category, index) =>
        slanted ? (
          <text
            key={category}
            textAnchor="end"
            transform={`translate(${frame.x(index) + 4} ${frame.bottom + 14}) rotate(${(-SLANT * 180) / Math.PI})`}
          >
            {shortened(category)}
          </text>
        ) : (
          <text key={category} x={frame.x(index)} y={frame.bottom + 16} textAnchor="middle">
            {category}
          </text>
        ),
      )}
      {chart.kind === 'bar' ? (
        <Bars chart={chart} frame={frame} />
      ) : (
        <Lines chart={chart} frame={frame} />
      )}
      {xLabel !== '' && (
        <text
          x={(frame.left + frame.right) / 2}
          y={height - 4}
          textAnchor="middle"
          className="axis-label"
        >
          {xLabel}
        </text>
      )}
    </svg>
  );
}

const shortened = (text: string): string =>
  text.length > LONGEST_SLANTED ? `${text.slice(0, LONGEST_SLANTED - 1)}…` : text;

function Bars({ chart, frame }: { chart: AxisChart; frame: Frame }) {
  const { categories, series } = chart;
  const bar = Math.min(WIDEST_BAR_PX, (frame.slot * 0.76) / Math.max(1, series.length));
  return series.map(({ name, values }, at) =>
    values.map((value, index) => {
      const x = frame.x(index) + (at - series.length / 2) * bar;
      const label = formatShort(value);
      const category = categories[index] ?? '';
      return (
        <Fragment key={`${name} ${category}`}>
          <rect
            x={x + 1}
            y={frame.y(Math.max(0, value))}
            width={Math.max(1, bar - 2)}
            height={Math.abs(frame.y(0) - frame.y(value))}
            rx={2}
            fill={colorAt(at)}
          >
            <title>{titleOf(chart, name, category, value)}</title>
          </rect>
          {label.length * LETTER_PX <= bar + 2 && value !== 0 && (
            <text x={x + bar / 2} y={frame.y(Math.max(0, value)) - 4} textAnchor="middle">
              {label}
            </text>
          )}
        </Fragment>
      );
    }),
  );
}

function Lines({ chart, frame }: { chart: AxisChart; frame: Frame }) {
  const { categories, kind, series } = chart;
  return series.map(({ name, values }, at) => {
    const points = values.map((value, index) => `${frame.x(index)},${frame.y(value)}`);
    return (
      <g key={name} color={colorAt(at)}>
        {kind === 'area' && (
          <polygon
            className="area"
            points={[
              `${frame.x(0)},${frame.y(0)}`,
              ...points,
              `${frame.x(values.length - 1)},${frame.y(0)}`,
            ].join(' ')}
          />
        )}
        <polyline className="line" points={points.join(' ')} />
        {values.map((value, index) => {
          const category = categories[index] ?? '';
          return (
            <circle key={category} className="dot" cx={frame.x(index)} cy={frame.y(value)} r={3.5}>
              <title>{titleOf(chart, name, category, value)}</title>
            </circle>
          );
        })}
      </g>
    );
  });
}

function titleOf({ series }: AxisChart, name: string, category: string, value: number): string {
  const number = formatNumber(value);
  return series.length > 1 ? `${category}, ${name}: ${number}` : `${category}: ${number}`;
}
