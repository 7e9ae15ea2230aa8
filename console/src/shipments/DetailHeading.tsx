import { Check, Copy, ExternalLink } from 'lucide-react';
import { useEffect, useState, type ReactNode, type Ref } from 'react';
import type { ShipmentDetail } from '../api/types';
import { useI18n } from '../i18n/context';
import { elapsedSince, formatSpan } from '../lib/format';
import { useNow } from '../lib/hooks';
import { Button, buttonClass } from '../ui/Button';
import { RiskMark, StatusChip } from '../ui/Chip';
import { Score } from './cells';

const COPIED_MS = 2_000;

interface DetailHeadingProps {
  shipment: ShipmentDetail;
  level: 1 | 2;
  actions: ReactNode;
  ref: Ref<HTMLHeadingElement>;
}

export function DetailHeading({ shipment, level, actions, ref }: DetailHeadingProps) {
  const Heading = level === 1 ? 'h1' : 'h2';
  return (
    <header
      className={`flex items-start gap-1 py-3 pr-2 pl-4 ${level === 2 ? 'sticky top-0 z-10 bg-surface md:pl-5' : ''}`}
    >
      <div className="grid min-w-0 flex-1 gap-1.5">
        <Heading
          ref={ref}
          tabIndex={-1}
          className="truncate font-mono text-xl font-semibold tracking-tight outline-none"
        >
          {shipment.tracking_number}
        </Heading>
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-ink-2">
          <StatusChip shipment={shipment} />
          <span className="inline-flex items-center gap-2">
            <RiskMark risk={shipment.risk} />
            <span className="text-ink">
              <Score risk={shipment.risk} />
            </span>
          </span>
          <Still shipment={shipment} />
        </div>
      </div>
      {actions}
    </header>
  );
}

function Still({ shipment }: { shipment: ShipmentDetail }) {
  const { t } = useI18n();
  const now = useNow();
  if (shipment.risk.terminal || !shipment.last_movement_at) return null;
  const span = formatSpan(elapsedSince(shipment.last_movement_at, now));
  return <span className="nums">{t('detail.still', { span })}</span>;
}

export function DetailActions({ shipment }: { shipment: ShipmentDetail }) {
  const { t } = useI18n();
  return (
    <div className="flex flex-wrap gap-2">
      <CopyButton text={shipment.tracking_number} />
      {shipment.tracking_url && (
        <a
          href={shipment.tracking_url}
          target="_blank"
          rel="noreferrer noopener"
          className={buttonClass('plain')}
        >
          <ExternalLink size={15} aria-hidden />
          {t('detail.track')}
        </a>
      )}
    </div>
  );
}

function CopyButton({ text }: { text: string }) {
  const { t } = useI18n();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), COPIED_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = () => {
    void navigator.clipboard.writeText(text).then(() => setCopied(true));
  };
  const Icon = copied ? Check : Copy;
  return (
    <Button onClick={copy}>
      <Icon size={15} aria-hidden />
      <span aria-live="polite">{copied ? t('detail.copied') : t('detail.copy')}</span>
    </Button>
  );
}
