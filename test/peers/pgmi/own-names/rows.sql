SELECT replace(o.name, 'pgwright', 'pgmi') AS name, (SELECT p.columns = o.columns FROM seen.views p WHERE p.name = replace(o.name, 'pgwright', 'pgmi'))
FROM seen.views o WHERE o.name LIKE 'pgwright%' ORDER BY 1;
SELECT name FROM seen.functions WHERE name LIKE 'pgwright%' ORDER BY 1;
