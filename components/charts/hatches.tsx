import type { ChartColor, Hatch } from './chart-data';

export const chartColor = (color: ChartColor): string => `var(--chart-${color})`;

export const hatchId = (prefix: string, key: string): string => `${prefix}-${key}`;

/** A colour with the marks that tell it from the others without its colour. */
export function HatchPattern({ id, color, hatch }: { id: string; color: ChartColor; hatch: Hatch }) {
  return (
    <pattern id={id} width={8} height={8} patternUnits="userSpaceOnUse">
      <rect width={8} height={8} fill={chartColor(color)} />
      <Marks hatch={hatch} />
    </pattern>
  );
}

function Marks({ hatch }: { hatch: Hatch }) {
  const line = { stroke: 'var(--card)', strokeWidth: 1.5, fill: 'none' };
  switch (hatch) {
    case 'rising':
      return <path d="M-2 2 L2 -2 M0 8 L8 0 M6 10 L10 6" {...line} />;
    case 'falling':
      return <path d="M-2 6 L2 10 M0 0 L8 8 M6 -2 L10 2" {...line} />;
    case 'upright':
      return <path d="M2 0 V8 M6 0 V8" {...line} />;
    case 'level':
      return <path d="M0 2 H8 M0 6 H8" {...line} />;
    case 'dots':
      return (
        <g fill="var(--card)">
          <circle cx={2} cy={2} r={1.2} />
          <circle cx={6} cy={6} r={1.2} />
        </g>
      );
    default:
      return null;
  }
}
