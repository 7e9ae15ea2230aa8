import { useMutation } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { CircleAlert, Clock } from 'lucide-react';
import { useState, type SubmitEvent } from 'react';
import { ApiError } from '../api/client';
import { logIn } from '../api/queries';
import { useI18n } from '../i18n/context';
import { errorMessage } from '../i18n/errors';
import { Button } from '../ui/Button';
import { Field, PasswordField } from '../ui/Field';
import { Notice } from '../ui/states';
import { AuthFrame } from './AuthFrame';
import { useEnter } from './useEnter';

const route = getRouteApi('/login');

interface Credentials {
  email: string;
  password: string;
}

export function LoginPage() {
  const translator = useI18n();
  const { t } = translator;
  const { next, reason } = route.useSearch();
  const enter = useEnter();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const login = useMutation({
    mutationFn: (sent: Credentials) => logIn(sent.email, sent.password),
    onSuccess: (session) => enter(session, next),
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    login.mutate({ email: email.trim(), password });
  };
  return (
    <AuthFrame title={t('login.title')}>
      {reason === 'expired' && !login.isError && (
        <Notice tone="blue" icon={Clock} role="status">
          {t('login.expired')}
        </Notice>
      )}
      {login.isError && (
        <Notice tone="red" icon={CircleAlert} role="alert">
          {isWrong(login.error) ? t('login.wrong') : errorMessage(login.error, translator)}
        </Notice>
      )}
      <form onSubmit={submit} className="grid gap-4">
        <Field
          label={t('login.email')}
          type="email"
          name="email"
          autoComplete="username"
          required
          value={email}
          onChange={(event) => setEmail(event.target.value)}
        />
        <PasswordField
          label={t('login.password')}
          name="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        <Button kind="primary" type="submit" className="md:!h-11" disabled={login.isPending}>
          {login.isPending ? t('login.submitting') : t('login.submit')}
        </Button>
      </form>
      <p className="text-xs text-ink-2">{t('login.help')}</p>
    </AuthFrame>
  );
}

function isWrong(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 401 || error.status === 422);
}
