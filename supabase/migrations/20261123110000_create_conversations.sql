-- The chat's memory: where each conversation stands, what came in, what has to go out. Everything that
-- arrives is stored before it is answered and everything said is stored by the transaction that
-- causes it, so a worker that dies delays a message and loses none.

create table mobility.conversations (
  user_id uuid primary key references mobility.profiles (user_id) on delete cascade,
  step text not null default 'idle' check (char_length(step) between 1 and 40),
  context jsonb not null default '{}',
  -- Whether the language was detected or chosen.
  locale_known boolean not null default false,
  -- The last message of the person: free texts may be sent for 24 hours from it.
  last_inbound_at timestamptz,
  -- One worker at a time answers a person.
  lease uuid,
  lease_until timestamptz
);
comment on table mobility.conversations is 'Where each person is in the conversation.';
alter table mobility.conversations enable row level security;
create policy conversations_service_only on mobility.conversations for all to service_role
  using (true) with check (true);

create table mobility.inbox (
  id bigint generated always as identity primary key,
  -- WhatsApp's id of the message, or "task:<uuid>" for work that follows from an answer.
  message_id text not null unique check (char_length(message_id) between 1 and 300),
  user_id uuid not null references mobility.profiles (user_id) on delete cascade,
  content jsonb not null,
  sent_at timestamptz not null,
  received_at timestamptz not null default now(),
  not_before timestamptz not null default now(),
  attempts integer not null default 0,
  done_at timestamptz,
  -- Set when it was given up.
  error_code text
);
comment on table mobility.inbox is 'Messages received and tasks that follow from them; each handled once.';
create index inbox_pending on mobility.inbox (user_id, sent_at, id) where done_at is null;
create index inbox_done on mobility.inbox (done_at) where done_at is not null;
-- Those with more in them than their kind, which is forgotten after a day.
create index inbox_words on mobility.inbox (done_at) where content - 'kind' <> '{}';
alter table mobility.inbox enable row level security;
create policy inbox_service_only on mobility.inbox for all to service_role using (true) with check (true);

create table mobility.outbox (
  id uuid primary key default gen_random_uuid(),
  -- The order in which one person gets them.
  seq bigint generated always as identity,
  user_id uuid not null references mobility.profiles (user_id) on delete cascade,
  kind text not null check (kind ~ '^[a-z_]{1,40}$'),
  params jsonb not null default '{}',
  -- The offer it is about, so that it can be withdrawn before it is sent.
  subject uuid,
  status text not null default 'queued' check (status in (
    'queued', 'sent', 'delivered', 'read', 'dead', 'expired', 'withdrawn'
  )),
  as_template boolean not null default false,
  attempts integer not null default 0,
  not_before timestamptz not null default now(),
  -- Not worth sending after this time.
  valid_until timestamptz not null default 'infinity',
  lease uuid,
  lease_until timestamptz,
  message_id text,
  -- The attempt that is known to have failed: its status may come again.
  failed_message_id text,
  error_code integer,
  error_detail text check (char_length(error_detail) <= 500),
  created_at timestamptz not null default now(),
  sent_at timestamptz,
  delivered_at timestamptz,
  read_at timestamptz
);
comment on table mobility.outbox is 'Messages to send: what is said and to whom; the words are chosen when it is sent.';
create index outbox_queued on mobility.outbox (user_id, seq) where status = 'queued';
create index outbox_in_order on mobility.outbox (seq) where status = 'queued';
create index outbox_message on mobility.outbox (message_id) where message_id is not null;
create index outbox_subject on mobility.outbox (subject) where subject is not null;
create index outbox_dead on mobility.outbox (created_at) where status = 'dead';
create index outbox_user on mobility.outbox (user_id);
create index outbox_created on mobility.outbox (created_at) where status <> 'queued';
create index outbox_words on mobility.outbox (created_at)
  where status <> 'queued' and params - '{match_id,trip_id}'::text[] <> '{}';
alter table mobility.outbox enable row level security;
create policy outbox_service_only on mobility.outbox for all to service_role using (true) with check (true);

-- The API lets one number send some 80 messages a second, received ones included, and one person be sent a
-- message each 6 s with bursts of 45. Both are kept as a generic cell rate: the time at which the next slot
-- would be free if they were used one after another. So that no second has more than a third above the rate,
-- a third of a second's messages may go out at once.
create table mobility.sending_rate (
  one boolean primary key default true check (one),
  per_second integer not null default 60 check (per_second between 1 and 1000),
  next_slot_at timestamptz not null default now()
);
comment on table mobility.sending_rate is 'The throughput of the WhatsApp number, one row.';
insert into mobility.sending_rate default values;
alter table mobility.sending_rate enable row level security;
create policy sending_rate_service_only on mobility.sending_rate for all to service_role using (true) with check (true);

create table mobility.sending_pairs (
  user_id uuid primary key references mobility.profiles (user_id) on delete cascade,
  next_slot_at timestamptz not null
);
comment on table mobility.sending_pairs is 'The rate at which each person may be sent messages.';
alter table mobility.sending_pairs enable row level security;
create policy sending_pairs_service_only on mobility.sending_pairs for all to service_role using (true) with check (true);

-- Posts to systems of the operator: webhooks that belong to V1, and SOS alerts.
create table mobility.deliveries (
  id uuid primary key default gen_random_uuid(),
  target text not null check (target in ('v1', 'sos')),
  body bytea not null,
  headers jsonb not null default '{}',
  status text not null default 'queued' check (status in ('queued', 'sent', 'dead')),
  attempts integer not null default 0,
  not_before timestamptz not null default now(),
  lease uuid,
  lease_until timestamptz,
  error_detail text check (char_length(error_detail) <= 500),
  created_at timestamptz not null default now(),
  sent_at timestamptz
);
comment on table mobility.deliveries is 'HTTP posts to the operator''s own systems, each until it is taken.';
create index deliveries_queued on mobility.deliveries (not_before) where status = 'queued';
create index deliveries_created on mobility.deliveries (created_at) where status <> 'queued';
alter table mobility.deliveries enable row level security;
create policy deliveries_service_only on mobility.deliveries for all to service_role using (true) with check (true);

create table mobility.handed_over (
  message_id text primary key check (char_length(message_id) between 1 and 300),
  at timestamptz not null default now()
);
comment on table mobility.handed_over is 'Messages that V1 was given: what comes again goes where it went.';
create index handed_over_at on mobility.handed_over (at);
alter table mobility.handed_over enable row level security;
create policy handed_over_service_only on mobility.handed_over for all to service_role using (true) with check (true);

-- Says something to somebody, in the transaction that causes it; gives its id. People without WhatsApp are told
-- nothing: null.
create function mobility.say(
  p_user_id uuid, p_kind text, p_params jsonb default '{}', p_subject uuid default null,
  p_valid_until timestamptz default now() + interval '1 day'
) returns uuid
language sql
set search_path = ''
as $$
  insert into mobility.outbox (user_id, kind, params, subject, valid_until)
  select user_id, p_kind, jsonb_strip_nulls(p_params), p_subject, p_valid_until
  from mobility.profiles
  where user_id = p_user_id and (whatsapp_user_id is not null or phone is not null)
  returning id
$$;
comment on function mobility.say is 'Queues a message to a person.';

-- Takes back what was not sent yet about a subject. Tells whether anything about it went out, or is going
-- out right now, so that somebody has to be told that it is over.
create function mobility.withdraw(p_subject uuid, p_status text default 'withdrawn') returns boolean
language plpgsql
set search_path = ''
as $$
begin
  update mobility.outbox set status = p_status
  where subject = p_subject and status = 'queued' and lease is null;
  return exists (
    select 1 from mobility.outbox where subject = p_subject and status in ('queued', 'sent', 'delivered', 'read')
  );
end
$$;
comment on function mobility.withdraw is 'Takes back what was not sent yet about a subject; whether any of it was.';

-- Lets the worker do something for a person after this transaction, such as a search.
create function mobility.enqueue_task(p_user_id uuid, p_content jsonb) returns void
language plpgsql
set search_path = ''
as $$
begin
  insert into mobility.inbox (message_id, user_id, content, sent_at)
  select 'task:' || gen_random_uuid(), c.user_id, p_content || '{"kind": "task"}', now()
  from mobility.conversations c where c.user_id = p_user_id;
end
$$;
comment on function mobility.enqueue_task is 'Queues work for somebody who is in a conversation.';
