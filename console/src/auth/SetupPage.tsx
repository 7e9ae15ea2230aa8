import { useMutation } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { CircleAlert } from 'lucide-react';
import { useEffect, useState, type SubmitEvent } from 'react';
import { ApiError } from '../api/client';
import { setUp } from '../api/queries';
import { useI18n } from '../i18n/context';
import { errorMessage } from '../i18n/errors';
import type { Translator } from '../i18n/translate';
import { PASSWORD_MIN, passwordStrength, type PasswordStrength } from '../lib/password';
import { Button, buttonClass } from '../ui/Button';
import { Field, PasswordField } from '../ui/Field';
import { Notice } from '../ui/states';
import { AuthFrame } from './AuthFrame';
import { useEnter } from './useEnter';

const route = getRouteApi('/setup');

/** Reads the token once and takes it out of the address bar and the history. */
function useToken(): string | undefined {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [token] = useState(search.token);
  useEffect(() => {
    if (search.token) void navigate({ to: '/setup', search: {}, replace: true });
  }, [search.token, navigate]);
  return token;
}

export function SetupPage() {
  const token = useToken();
  const [refused, setRefused] = useState(false);
  if (!token || refused) return <DeadLink />;
  return <SetupForm token={token} onRefused={() => setRefused(true)} />;
}

function DeadLink() {
  const { t } = useI18n();
  return (
    <AuthFrame title={t('setup.invalid')}>
      <p className="text-ink-2">{t('setup.invalid.body')}</p>
      <Link to="/login" className={buttonClass('plain')}>
        {t('setup.toLogin')}
      </Link>
    </AuthFrame>
  );
}

function isDeadLink(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 410 || error.status === 404);
}

/** What the server refused, by field. */
function refusedFields(error: unknown, { t }: Translator): Map<string, string> {
  const refused = error instanceof ApiError ? (error.problem.errors ?? []) : [];
  const words = ({ field, code }: { field: string; code: string }) => {
    if (field === 'password') return t('field.password', { min: PASSWORD_MIN });
    if (field === 'email') return t(code === 'exists' ? 'field.emailTaken' : 'field.email');
    return t('field.invalid');
  };
  return new Map(refused.map((each) => [each.field, words(each)]));
}

function SetupForm({ token, onRefused }: { token: string; onRefused: () => void }) {
  const translator = useI18n();
  const { t } = translator;
  const enter = useEnter();
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const setup = useMutation({
    mutationFn: setUp,
    onSuccess: (session) => enter(session),
    onError: (error) => isDeadLink(error) && onRefused(),
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setup.mutate({ token, name: name.trim(), email: email.trim(), password });
  };
  const strength = passwordStrength(password);
  const refused = refusedFields(setup.error, translator);
  return (
    <AuthFrame title={t('setup.title')}>
      <p className="text-ink-2">{t('setup.body')}</p>
      {setup.isError && refused.size === 0 && (
        <Notice tone="red" icon={CircleAlert} role="alert">
          {errorMessage(setup.error, translator)}
        </Notice>
      )}
      <form onSubmit={submit} className="grid gap-4">
        <Field
          label={t('setup.name')}
          name="name"
          autoComplete="name"
          required
          maxLength={120}
          value={name}
          error={refused.get('name')}
          onChange={(event) => setName(event.target.value)}
        />
        <Field
          label={t('login.email')}
          type="email"
          name="email"
          autoComplete="username"
          required
          value={email}
          error={refused.get('email')}
          onChange={(event) => setEmail(event.target.value)}
        />
        <PasswordField
          label={t('login.password')}
          name="password"
          autoComplete="new-password"
          required
          minLength={PASSWORD_MIN}
          value={password}
          error={refused.get('password')}
          hint={<Strength strength={strength} />}
          onChange={(event) => setPassword(event.target.value)}
        />
        <Button kind="primary" type="submit" className="md:!h-11" disabled={setup.isPending}>
          {setup.isPending ? t('setup.submitting') : t('setup.submit')}
        </Button>
      </form>
    </AuthFrame>
  );
}

const STEPS: Record<PasswordStrength, number> = { short: 0, weak: 1, fair: 2, strong: 3 };
const BAR: Record<PasswordStrength, string> = {
  short: 'bg-line',
  weak: 'bg-red',
  fair: 'bg-amber',
  strong: 'bg-green',
};

function Strength({ strength }: { strength: PasswordStrength }) {
  const { t } = useI18n();
  return (
    <span className="grid gap-1.5 pt-1">
      <span className="grid grid-cols-3 gap-1" aria-hidden>
        {[1, 2, 3].map((step) => (
          <span
            key={step}
            className={`h-1 rounded-full ${step <= STEPS[strength] ? BAR[strength] : 'bg-line'}`}
          />
        ))}
      </span>
      <span role="status">{t(`password.${strength}`, { min: PASSWORD_MIN })}</span>
    </span>
  );
}
