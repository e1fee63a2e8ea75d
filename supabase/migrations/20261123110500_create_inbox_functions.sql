-- Receiving: who it is from, what came, and where that person stands.

-- The person behind a WhatsApp identity, or null. Who is known by number alone gets the business-scoped id
-- that comes with it; a number that comes with another id than before is somebody else's.
create function mobility.find_person(p_whatsapp_user_id text, p_phone text) returns uuid
language sql stable
set search_path = ''
as $$
  select coalesce(
    (select user_id from mobility.profiles where whatsapp_user_id = p_whatsapp_user_id),
    (select user_id from mobility.profiles
      where phone = p_phone and (whatsapp_user_id is null or p_whatsapp_user_id is null))
  )
$$;
comment on function mobility.find_person is 'The person behind a WhatsApp identity, or null.';

-- Takes a number from who had it. Who was known by nothing else is the person who has it now: what was to be
-- sent there goes on being sent there. p_to is null for somebody new.
create function mobility.hand_over_phone(p_phone text, p_to uuid) returns void
language plpgsql
set search_path = ''
as $$
declare
  p mobility.profiles;
begin
  update mobility.profiles set phone = null
  where phone = p_phone and user_id is distinct from p_to returning * into p;
  if not found or p.whatsapp_user_id is not null or p_to is null then return; end if;
  update mobility.trusted_contacts c set contact_user_id = p_to
  where c.contact_user_id = p.user_id and c.user_id <> p_to and not exists (
    select 1 from mobility.trusted_contacts t where t.user_id = c.user_id and t.contact_user_id = p_to);
  update mobility.outbox set user_id = p_to where user_id = p.user_id and status = 'queued';
end
$$;
comment on function mobility.hand_over_phone is 'Takes a number from who had it.';

-- The person behind a WhatsApp identity, made on first sight, changed when something about them did.
create function mobility.identify(p_whatsapp_user_id text, p_phone text, p_display_name text) returns uuid
language plpgsql
set search_path = ''
as $$
declare
  p mobility.profiles;
  v_name text := left(nullif(trim(p_display_name), ''), 120);
begin
  loop
    select * into p from mobility.profiles where user_id = mobility.find_person(p_whatsapp_user_id, p_phone);
    exit when p.user_id is not null and (p.whatsapp_user_id, p.phone, p.display_name) is not distinct from
      (coalesce(p.whatsapp_user_id, p_whatsapp_user_id), coalesce(p_phone, p.phone), coalesce(v_name, p.display_name));
    -- Messages of one person at once follow each other: as conflicts of two unique keys they would deadlock.
    perform pg_advisory_xact_lock(hashtextextended('person:' || k.key, 0))
    from (select key from unnest(array[p_whatsapp_user_id, p_phone]) key where key is not null order by key) k;
    if p.user_id is not null then
      -- The conversation before the profile, as whoever answers the person locks them.
      insert into mobility.conversations as c (user_id) values (p.user_id)
      on conflict (user_id) do update set step = c.step;
    end if;
    continue when mobility.find_person(p_whatsapp_user_id, p_phone) is distinct from p.user_id;
    if p_phone is distinct from p.phone then
      perform mobility.hand_over_phone(p_phone, p.user_id);
    end if;
    if p.user_id is null then
      insert into mobility.profiles (whatsapp_user_id, phone, display_name)
      values (p_whatsapp_user_id, p_phone, v_name) returning * into p;
    else
      update mobility.profiles set whatsapp_user_id = coalesce(whatsapp_user_id, p_whatsapp_user_id),
        phone = coalesce(p_phone, phone), display_name = coalesce(v_name, display_name)
      where user_id = p.user_id;
    end if;
    exit;
  end loop;
  return p.user_id;
end
$$;
comment on function mobility.identify is 'The person behind a WhatsApp identity, made if new.';

-- While V1 serves part of the people: the messages of a webhook that belong to the other side than they are meant
-- for, {here, there} with their ids; null when there are none. What comes again goes where it went, and who is in
-- the middle of something with V2 stays with it (mobility.is_held), whatever the share is.
create function mobility.misdirected(p_messages jsonb, p_others jsonb) returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_here text[];
  v_there text[];
begin
  -- The same message twice at once follows itself, though one of the two may be meant for V1.
  perform pg_advisory_xact_lock(k.key) from (
    select distinct hashtextextended('message:' || (m ->> 'message_id'), 0) as key
    from jsonb_array_elements(p_messages || p_others) m order by 1) k;
  select array_agg(m ->> 'message_id') into v_there from jsonb_array_elements(p_messages) m
  where exists (select from mobility.handed_over h where h.message_id = m ->> 'message_id');
  select array_agg(o.message_id) into v_here
  from jsonb_to_recordset(p_others) as o (message_id text, whatsapp_user_id text, phone text)
  where exists (select from mobility.inbox i where i.message_id = o.message_id)
    or mobility.is_held(mobility.find_person(o.whatsapp_user_id, o.phone))
      and not exists (select from mobility.handed_over h where h.message_id = o.message_id);
  if v_here is null and v_there is null then return null; end if;
  return jsonb_build_object('here', coalesce(to_jsonb(v_here), '[]'), 'there', coalesce(to_jsonb(v_there), '[]'));
end
$$;
comment on function mobility.misdirected is 'Messages that belong to the other side than they are meant for.';

-- Stores what a webhook brought, in one transaction: messages once each by their id, statuses applied, posts
-- for V1 queued. {stored, duplicates, statuses}. Beside a V1, p_others are the messages meant for it, {message_id,
-- whatsapp_user_id, phone}: where one of all of them belongs to the other side, nothing is done, and the answer
-- is {here, there}, the ids of those.
create function public.receive_whatsapp(
  p_messages jsonb, p_statuses jsonb default '[]', p_deliveries jsonb default '[]', p_others jsonb default null
) returns jsonb
language plpgsql security definer
set search_path = ''
as $$
declare
  r record;
  v_user_id uuid;
  v_stored integer := 0;
  v_statuses integer;
  v_misdirected jsonb;
begin
  if p_others is not null then
    v_misdirected := mobility.misdirected(p_messages, p_others);
    if v_misdirected is not null then return v_misdirected; end if;
    insert into mobility.handed_over (message_id)
    select o ->> 'message_id' from jsonb_array_elements(p_others) o on conflict do nothing;
  end if;
  -- In one order, so that two webhooks about the same people follow each other.
  for r in
    select * from rows from (
      jsonb_to_recordset(p_messages) as (message_id text, whatsapp_user_id text, phone text,
        display_name text, sent_at timestamptz, content jsonb)
    ) with ordinality
    -- Times are whole seconds: of one second, the order they came in.
    order by whatsapp_user_id, phone, sent_at, ordinality
  loop
    v_user_id := mobility.identify(r.whatsapp_user_id, r.phone, r.display_name);
    -- First, since it locks: the same message twice at once follows itself.
    insert into mobility.conversations as c (user_id, last_inbound_at) values (v_user_id, least(r.sent_at, now()))
    on conflict (user_id) do update set last_inbound_at = greatest(c.last_inbound_at, excluded.last_inbound_at);
    insert into mobility.inbox (message_id, user_id, content, sent_at)
    values (r.message_id, v_user_id, r.content, r.sent_at) on conflict do nothing;
    if found then v_stored := v_stored + 1; end if;
  end loop;
  -- After the people: whoever answers one has locked the conversation before what is said.
  v_statuses := mobility.apply_statuses(p_statuses);
  insert into mobility.deliveries (target, body, headers)
  select d.target, decode(d.body_base64, 'base64'), d.headers
  from jsonb_to_recordset(p_deliveries) as d (target text, body_base64 text, headers jsonb);
  return jsonb_build_object('stored', v_stored, 'duplicates', jsonb_array_length(p_messages) - v_stored,
    'statuses', v_statuses);
end
$$;
comment on function public.receive_whatsapp is 'Stores the messages of a webhook, each once: {stored, duplicates, statuses}, or {here, there}.';
revoke all on function public.receive_whatsapp from public, anon, authenticated;
grant execute on function public.receive_whatsapp to service_role;
