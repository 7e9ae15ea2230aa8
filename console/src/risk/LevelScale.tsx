import { LevelMark } from '../ui/Chip';

/** Which scores are of which level; figures beside shapes, so that colour is never alone. */
export function LevelScale({ medium, high }: { medium: number; high: number }) {
  return (
    <ul className="grid grid-cols-3 gap-2">
      <li className="grid gap-1 rounded-lg border bg-sunken px-3 py-2 text-sm">
        <LevelMark level="LOW" />
        <Range from={0} to={medium - 1} />
      </li>
      <li className="grid gap-1 rounded-lg border border-amber-line bg-amber-soft px-3 py-2 text-sm">
        <LevelMark level="MEDIUM" />
        <Range from={medium} to={high - 1} />
      </li>
      <li className="grid gap-1 rounded-lg border border-red-line bg-red-soft px-3 py-2 text-sm">
        <LevelMark level="HIGH" />
        <Range from={high} to={100} />
      </li>
    </ul>
  );
}

function Range({ from, to }: { from: number; to: number }) {
  if (to < from) return <span>–</span>;
  return <span className="nums">{from === to ? from : `${from}–${to}`}</span>;
}
