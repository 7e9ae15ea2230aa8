import type { RiskLevel, ShipmentDetail } from '../api/types';
import { useI18n } from '../i18n/context';
import { formatWhen } from '../lib/format';
import { useNow } from '../lib/hooks';
import { sumReasons, type ReasonSum } from '../lib/risk';

const FILL: Record<RiskLevel, string> = { HIGH: 'bg-red', MEDIUM: 'bg-amber', LOW: 'bg-grey' };

/** Every reason with its points, adding up to the score. */
export function Why({ shipment }: { shipment: ShipmentDetail }) {
  const { t } = useI18n();
  const { risk } = shipment;
  const sum = sumReasons(risk.reasons, risk.score);
  return (
    <section aria-label={t('detail.why')} className="grid gap-2">
      <div className="flex items-baseline justify-between gap-3">
        <h2 className="text-sm font-semibold">{t('detail.why')}</h2>
        <p className="nums text-sm text-ink-2">{t('detail.score', { score: risk.score })}</p>
      </div>
      {risk.terminal || sum.reasons.length === 0 ? (
        <p className="text-sm text-ink-2">
          {t(risk.terminal ? 'detail.closed' : 'detail.noReasons')}
        </p>
      ) : (
        <>
          <ScoreBar sum={sum} level={risk.level} />
          <Reasons sum={sum} />
        </>
      )}
      <Notes shipment={shipment} sum={sum} />
    </section>
  );
}

/** One segment per reason, as wide as its points out of 100. */
function ScoreBar({ sum, level }: { sum: ReasonSum; level: RiskLevel }) {
  return (
    <div aria-hidden className="flex h-2 gap-0.5 overflow-hidden rounded-full bg-sunken">
      {sum.reasons.map(({ code, points }) => (
        <span
          key={code}
          className={`h-full ${FILL[level]}`}
          style={{ width: `${(points * 100) / Math.max(100, sum.sum)}%` }}
        />
      ))}
    </div>
  );
}

function Reasons({ sum }: { sum: ReasonSum }) {
  const { t, lookUp } = useI18n();
  return (
    <ul className="text-sm">
      {sum.reasons.map(({ code, points }) => (
        <li key={code} className="flex justify-between gap-4 border-b py-2">
          <span>{lookUp(`why.${code}`) ?? code}</span>
          <span className="nums font-semibold">
            <span aria-hidden>+{points}</span>
            <span className="sr-only">{t('detail.points', { points })}</span>
          </span>
        </li>
      ))}
      <li className="flex justify-between gap-4 pt-2 font-semibold">
        <span>{t('detail.sum')}</span>
        <span className="nums">{sum.sum}</span>
      </li>
    </ul>
  );
}

function Notes({ shipment, sum }: { shipment: ShipmentDetail; sum: ReasonSum }) {
  const { t, locale } = useI18n();
  const now = useNow();
  const { score, terminal, next_change_at: nextChange } = shipment.risk;
  if (terminal) return null;
  return (
    <div className="text-xs text-ink-2">
      {sum.capped && sum.explained && <p>{t('detail.capped', { sum: sum.sum })}</p>}
      {!sum.explained && <p>{t('detail.unexplained', { sum: sum.sum, score })}</p>}
      {nextChange && <p>{t('detail.nextChange', { when: formatWhen(nextChange, now, locale) })}</p>}
    </div>
  );
}
