-- Who runs roll_up() and prune(): pg_cron where it is loaded, elsewhere whoever runs the stack (scripts/stack/jobs).
do $$
begin
  if current_setting('shared_preload_libraries') like '%pg_cron%'
     and current_database() = current_setting('cron.database_name', true) then
    perform cron.schedule('mobility-roll-up', '* * * * *', 'select public.roll_up()');
    -- Not at the full hour, when everybody's jobs run.
    perform cron.schedule('mobility-prune', '17 * * * *', 'select public.prune()');
  end if;
end
$$;
