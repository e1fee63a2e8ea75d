-- What Supabase's Realtime keeps in a database, as far as the embedded stack's relay needs it: the messages
-- with their policies, `realtime.send()` and `realtime.topic()`. A database that has its messages already,
-- such as Supabase's own, is left as it is.

do $do$
begin
  if to_regclass('realtime.messages') is not null then
    return;
  end if;

  create schema if not exists realtime;
  grant usage on schema realtime to anon, authenticated, service_role;

  -- Supabase cuts this table up by days and drops them; here the relay deletes what is old.
  create table realtime.messages (
    id uuid not null default gen_random_uuid() primary key,
    topic text not null,
    extension text not null,
    payload jsonb,
    event text,
    private boolean default false,
    inserted_at timestamp not null default (now() at time zone 'UTC'),
    updated_at timestamp not null default (now() at time zone 'UTC')
  );
  create index messages_inserted_at_topic_index on realtime.messages (inserted_at desc, topic);
  alter table realtime.messages enable row level security;
  -- As on Supabase: it is the policies that decide.
  grant select, insert, update on realtime.messages to anon, authenticated, service_role;

  create function realtime.topic() returns text language sql stable as $fn$
    select nullif(current_setting('realtime.topic', true), '')
  $fn$;

  create function realtime.send(payload jsonb, event text, topic text, private boolean default true)
  returns void language plpgsql as $fn$
  declare
    v_id uuid := gen_random_uuid();
  begin
    perform set_config('realtime.topic', topic, true);
    insert into realtime.messages (id, payload, event, topic, private, extension)
    values (v_id, case when payload ? 'id' then payload else jsonb_set(payload, '{id}', to_jsonb(v_id)) end,
      event, topic, private, 'broadcast');
  exception when others then
    -- What cannot be told must not undo what happened.
    raise warning 'WarnSendingBroadcastMessage: %', sqlerrm;
  end
  $fn$;

  -- PostgreSQL delivers a notification once its transaction is committed, in the order of the commits. It
  -- carries less than 8,000 bytes: the relay fetches what is longer.
  create function realtime.notify_message() returns trigger language plpgsql set search_path = '' as $fn$
  declare
    v_message jsonb := jsonb_build_object('id', new.id, 'topic', new.topic, 'event', new.event,
      'private', new.private, 'payload', new.payload);
  begin
    if octet_length(v_message::text) >= 8000 then
      v_message := jsonb_build_object('id', new.id);
    end if;
    perform pg_notify('realtime_messages', v_message::text);
    return null;
  end
  $fn$;
  -- A row without an event is a question to the policies, and is rolled back.
  create trigger notify_message after insert on realtime.messages for each row
    when (new.extension = 'broadcast' and new.event is not null and new.payload is not null)
    execute function realtime.notify_message();
end
$do$;
