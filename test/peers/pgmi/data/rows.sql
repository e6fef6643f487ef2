SELECT * FROM roles ORDER BY name;
SELECT * FROM limits ORDER BY name COLLATE "C";
SELECT * FROM countries ORDER BY code;
