/** Columns of times that stay as they are, and why. */
export const UNMOVED: Readonly<Record<string, string>> = {
  'messages.lease_until': 'The bot is sending this message right now.',
  'messages.due_at': 'Generated from the other columns.',
};

/** The columns to move, from the catalog, so that a new one can't be forgotten. */
const COLUMNS = `
  select a.attrelid::regclass as moved, a.attname as name, a.atttypid = 'jsonb'::regtype as nested,
         (select k.attname from pg_attribute k
           where k.attrelid = a.attrelid and k.attname = case c.relname when 'alerts' then 'id' else 'alert_id' end)
           as of_alert
    from pg_attribute a
    join pg_class c on c.oid = a.attrelid
   where c.relnamespace = 'lead_bot'::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
     and a.atttypid in ('timestamptz'::regtype, 'jsonb'::regtype)
     and c.relname || '.' || a.attname not in (${Object.keys(UNMOVED)
       .map((column) => `'${column}'`)
       .join(', ')})`;

/** Times inside of JSON, at any depth. */
const EARLIER = `
  create or replace function pg_temp.earlier(p_value jsonb, p_by interval)
  returns jsonb
  language plpgsql
  as $$
  begin
    return case jsonb_typeof(p_value)
      when 'object' then (
        select coalesce(jsonb_object_agg(o.key, pg_temp.earlier(o.value, p_by)), '{}') from jsonb_each(p_value) o
      )
      when 'array' then (
        select coalesce(jsonb_agg(pg_temp.earlier(o.value, p_by) order by o.n), '[]')
          from jsonb_array_elements(p_value) with ordinality o (value, n)
      )
      when 'string' then case
        when p_value #>> '{}' ~ '^\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d:\\d\\d[.\\d]*(Z|[+-]\\d\\d(:?\\d\\d)?)$'
          then to_jsonb((p_value #>> '{}')::timestamptz - p_by)
        else p_value
      end
      else p_value
    end;
  end;
  $$;`;

type Duration = `${number} ${'minutes' | 'hours' | 'days'}`;

/**
 * Moves the bot's clock forward, as far as it can tell: all times that it has noted become earlier, in one
 * transaction. The lead tables, Slack and the schedules don't notice. Needs a superuser.
 *
 * @param alerts SQL of an array of alert ids: moves only what is noted about these.
 */
export const laterSql = (by: Duration, alerts?: string): string => `
  ${EARLIER}
  -- Without the triggers of the tables: history is append-only, and nothing has changed but the time.
  set local session_replication_role = replica;
  -- Alerts before messages, like the bot.
  lock table lead_bot.alerts, lead_bot.messages in exclusive mode;
  do $$
  declare
    v_alerts uuid[] := ${alerts ?? 'null'};
    v_table record;
  begin
    for v_table in
      select c.moved, c.of_alert,
             string_agg(
               format(case when c.nested then '%1$I = pg_temp.earlier(%1$I, %2$L)' else '%1$I = %1$I - %2$L::interval' end,
                      c.name, '${by}'),
               ', ') as changes
        from (${COLUMNS}) c
       where v_alerts is null or c.of_alert is not null
       group by c.moved, c.of_alert
    loop
      execute format('update %s set %s', v_table.moved, v_table.changes)
        || case when v_alerts is null then '' else format(' where %I = any ($1)', v_table.of_alert) end
        using v_alerts;
    end loop;
  end;
  $$;
  set local session_replication_role = default;`;
