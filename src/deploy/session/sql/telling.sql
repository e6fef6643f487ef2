-- Tells the program, which takes the INFO for itself, when a step of a test plan begins and ends, by the server's clock. From 11.
CREATE FUNCTION pg_temp._pgwright_tell_test(in_event text, in_plan int, in_step int) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    RAISE INFO USING ERRCODE = 'PGW02', MESSAGE = format('%s %s %s %s', in_event, in_plan, in_step,
        floor(extract(epoch FROM clock_timestamp()) * 1000000)::bigint);
END
$$;
